// Every recorded question of the conformance kit, asked twice as one stack: of servers that hold nothing but that stack's
// telemetry, and of servers that hold another stack's, too, which is the same shop once more. Both answers have to be equal.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import { createBackends } from '../../src/keeper/backends.ts';
import { HttpRefusal } from '../../src/keeper/http/refusal.ts';
import { makeRouter } from '../../src/keeper/http/router.ts';
import { makeMasker } from '../../src/keeper/mask/mask-request.ts';
import { makeSharedTenancy } from '../../src/keeper/tenancy/shared/shared.ts';
import { fillBounds } from '../../src/model/limits.ts';
import { decodeJson, signals } from '../../src/wire/otlp/request.ts';
import { makeRequest, normalise } from '../conformance/lib/ask.mjs';
import { readCategories } from '../conformance/lib/cases.mjs';
import { Clock } from '../conformance/lib/clock.mjs';
import { compare } from '../conformance/lib/compare.mjs';
import { languageNames } from '../conformance/lib/languages.mjs';
import { moveTimes } from '../conformance/lib/load.mjs';

const kit = join(dirname(fileURLToPath(import.meta.url)), '../conformance');
const tenMinutesMs = 600_000;
const t0Ms = Math.floor(Date.now() / tenMinutesMs) * tenMinutesMs - 2 * tenMinutesMs;
const clock = new Clock(t0Ms);
const nowMs = () => t0Ms + 2 * tenMinutesMs;

const own = makeSharedTenancy('0123456789ab');
const foreign = makeSharedTenancy('ba9876543210');
const targets = { loki: 'http://loki', prometheus: 'http://prometheus', tempo: 'http://tempo', otlp: {} };

function makeServers() {
  const backends = createBackends({
    nowMs,
    masker: makeMasker(),
    learnMetrics: () => undefined,
    listScrapedMetadata: () => ({}),
    bounds: fillBounds(),
    limits: { maxBytes: Number.MAX_SAFE_INTEGER, retentionMs: Number.MAX_SAFE_INTEGER },
  });
  const routers = Object.fromEntries(Object.entries(backends).map(([role, { routes }]) => [role, makeRouter(routes)]));
  return { backends, routers };
}

/** Sends an export as the keeper of a stack does. */
function send({ backends }, { marker }, signal, body) {
  const request = decodeJson(signal, Buffer.from(JSON.stringify(body)));
  const receivedNs = BigInt(nowMs()) * 1_000_000n;
  const marked = marker.markExport(signal, request);
  if (signal === 'logs') backends.loki.pushStore.prepare(marker.streamsOf(marked, receivedNs)).commit();
  else (signal === 'metrics' ? backends.prometheus : backends.tempo).store.ingest(marked, receivedNs);
}

// Traces of the other shop have ids of their own; one that both had would be one trace to Tempo.
const withOtherIds = (body) =>
  JSON.parse(
    JSON.stringify(body, (key, value) => (key === 'traceId' && value ? [...value].reverse().join('') : value)),
  );

const alone = makeServers();
const shared = makeServers();
for (const signal of signals)
  for (const { body } of JSON.parse(readFileSync(join(kit, 'data', `${signal}.json`), 'utf8')).requests) {
    const moved = moveTimes(body, clock.t0Ns);
    send(shared, foreign, signal, withOtherIds(moved));
    send(alone, own, signal, moved);
    send(shared, own, signal, moved);
  }

/** Seven thousand answers take their time: all of them in .ci/run, of each thirty one otherwise. */
const step = process.env.OBS_LONG === '1' ? 1 : 30;
const listCases = (language) =>
  readCategories(join(kit, 'cases'), language)
    .flatMap((category) => category.cases)
    .filter(({ type }, i) => type !== 'otlp' && i % step === 0);

/** Lets everything through, as no keeper does. */
const open = { narrow: (question) => question };

async function ask({ routers }, language, testCase, { narrowers = own.narrowers } = {}) {
  const { url, init } = makeRequest(language, testCase, { targets, clock });
  const { hostname: role, pathname: path, searchParams: query } = new URL(url);
  const form = init.method === 'POST' ? new URLSearchParams(init.body) : undefined;
  try {
    const narrowed = narrowers[role].narrow({ method: init.method, path, query, form, hasOtherBody: false });
    const { route, params } = routers[role](init.method, narrowed.path) ?? {};
    if (route === undefined) return { status: 404, text: '' };
    const parameters = new URLSearchParams([...(narrowed.form ?? []), ...narrowed.query]);
    const { signal } = new AbortController();
    const rest = { method: init.method, path, params, headers: init.headers, body: Buffer.alloc(0), signal };
    const answer = await route.handler({ ...rest, query: parameters });
    const whole = { status: answer.status, headers: answer.headers ?? {}, body: Buffer.from(answer.body) };
    const { status, body } = narrowed.changeAnswer?.(whole) ?? whole;
    return { status, text: body.toString('utf8') };
  } catch (error) {
    if (error instanceof HttpRefusal) return { status: error.status, text: error.message };
    if (error instanceof QueryError) return { status: 400, text: error.message };
    throw error;
  }
}

/** Answers to a case, alone and in company, in the form in which they are compared. */
async function askBoth(language, testCase, options) {
  return Promise.all(
    [alone, shared].map(async (servers) => {
      const { status, text } = await ask(servers, language, testCase, options);
      return normalise(language, testCase, { status, text, clock });
    }),
  );
}

test.each(languageNames)(
  'another stack’s telemetry changes no answer to %s',
  { timeout: 300_000 },
  async (language) => {
    const cases = listCases(language);
    const different = [];
    let answered = 0;
    for (const testCase of cases) {
      const [expected, actual] = await askBoth(language, testCase);
      if (expected.status === 200) answered += 1;
      const why = compare(language, testCase, { expected, actual, options: {} });
      if (why !== undefined) different.push(`${testCase.id} ${testCase.query ?? ''}: ${why}`);
    }
    expect(different).toEqual([]);
    expect(answered).toBeGreaterThan(cases.length / 2);
  },
);

test.each(languageNames)('without a narrower, answers to %s would change', { timeout: 60_000 }, async (language) => {
  const narrowers = { loki: open, prometheus: open, tempo: open };
  let different = 0;
  for (const testCase of listCases(language).slice(0, 60)) {
    const [expected, actual] = await askBoth(language, testCase, { narrowers });
    if (compare(language, testCase, { expected, actual, options: {} }) !== undefined) different += 1;
  }
  expect(different).toBeGreaterThan(10);
});

/** What a narrower changes about one's own telemetry, each for its reason; docs/decisions/0008 has the list. */
const knownChanges = [
  /absent/, // the matcher is a label of what is missing
  /metadata/, // is answered by the keeper itself
  /info\(/, // without names of labels it is refused
  /compare\(/, // counts the condition's attribute twice
  /\{ *!\(|\|\| *true|= *nil/, // Tempo finds nothing, or too much, where a filter has no condition it can use
];
const knownKinds = /^traceql\/(?:legacy|discovery|window)\/|^(?:promql|logql)\/discovery\//;

test.each(languageNames)(
  'narrowing changes no answer to %s about one’s own telemetry',
  { timeout: 300_000 },
  async (language) => {
    const narrowers = { loki: open, prometheus: open, tempo: open };
    const different = [];
    const isCompared = ({ id, query = '' }) =>
      !knownKinds.test(id) && !knownChanges.some((change) => change.test(query));
    for (const testCase of listCases(language).filter(isCompared)) {
      const [plain, narrowed] = await Promise.all(
        [{ narrowers }, {}].map(async (options) => {
          const { status, text } = await ask(alone, language, testCase, options);
          return normalise(language, testCase, { status, text, clock });
        }),
      );
      const why = compare(language, testCase, { expected: plain, actual: narrowed, options: {} });
      if (why !== undefined) different.push(`${testCase.id} ${testCase.query ?? ''}: ${why}`);
    }
    expect(different).toEqual([]);
  },
);
