// Sends the same random exports to real servers and to the embedded engine and counts those that they answer or store
// differently.
import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { ask } from '../conformance/lib/ask.mjs';
import { Clock } from '../conformance/lib/clock.mjs';
import { compare } from '../conformance/lib/compare.mjs';
import { makeTargets, startEngine } from '../conformance/lib/engine.mjs';

/** Exports are so far apart; all of a run lie within the ten minutes that Prometheus takes late samples for. */
const apartS = 1;
const agoMs = 10_000;
const visibleTimeoutMs = 10_000;
const pollMs = 200;

const signals = {
  metrics: {
    language: 'promql',
    make: (makers, random, at) => ({ body: makers.makeMetricsExport(random, at) }),
    questions: ({ service, offsetS }) => [
      { type: 'series', match: [`{job=~".*${service}"}`], start: offsetS - 60, end: offsetS + 60 },
      { type: 'instant', query: `{job=~".*${service}"}[2m]`, at: offsetS + 60 },
      { type: 'range', query: `{job=~".*${service}"}`, start: offsetS - 5, end: offsetS + 5, step: '1' },
      { type: 'exemplars', query: `{job=~".*${service}"}`, start: offsetS - 60, end: offsetS + 60 },
    ],
  },
  logs: {
    language: 'logql',
    make: (makers, random, at) => ({ body: makers.makeLogsExport(random, at) }),
    questions: ({ service, offsetS }) => {
      const window = { start: offsetS - 5, end: offsetS + 5, limit: 100, direction: 'forward' };
      return [
        { type: 'range', query: `{service_name="${service}"}`, ...window },
        { type: 'series', match: [`{service_name="${service}"}`], ...window },
      ];
    },
  },
  traces: {
    language: 'traceql',
    make: (makers, random, at) => ({ body: makers.makeTraceExport(random, at) }),
    questions: ({ service, offsetS, traceId }) => [
      { type: 'trace_v2', name: traceId, headers: { accept: 'application/json' } },
      {
        type: 'search',
        query: `{ resource.service.name = "${service}" }`,
        start: offsetS - 60,
        end: offsetS + 60,
        params: { spss: '100' },
      },
    ],
  },
};

/** @returns {Promise<number>} exit code: 1 if any answer differs */
export async function runIngestDifferential(words, makers) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '200' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      'otlp-traces': { type: 'string' },
    },
  });
  const [signal, url] = positionals;
  if (signals[signal] === undefined || url === undefined)
    throw new Error('usage: run-ingest.mjs metrics|logs|traces URL [--otlp-traces URL] [--count N] [--seed N]');
  const { language } = signals[signal];
  const clock = new Clock(Date.now() - agoMs - Number(values.count) * apartS * 1_000);
  const real = makeTargets({ [{ promql: 'prometheus', logql: 'loki', traceql: 'tempo' }[language]]: url });
  if (values['otlp-traces'] !== undefined) real.otlp.traces = values['otlp-traces'];
  const engine = await startEngine();
  try {
    console.log(`${values.count} exports of ${signal}, seed ${values.seed}`);
    const given = { random: new makers.Random(Number(values.seed)), makers, count: Number(values.count) };
    return (await sendAll({ signal, clock, both: [real, engine.targets] }, given)) === 0 ? 0 : 1;
  } finally {
    await engine.stop();
  }
}

async function sendAll(pair, { random, makers, count }) {
  const run = Math.floor(Math.random() * 1e9).toString(36);
  const tally = { equal: 0, refused: 0, different: 0 };
  for (let i = 0; i < count; i += 1) {
    const offsetS = i * apartS;
    const traceId = randomBytes(16).toString('hex'); // servers keep those of earlier runs
    const at = { service: `s${run}-${i}`, traceId, timeNs: BigInt(pair.clock.toNs(offsetS)) };
    const sent = signals[pair.signal].make(makers, random, at);
    const { outcome, why } = await compareExport(pair, { ...at, ...sent, offsetS });
    tally[outcome] += 1;
    if (why) console.log(`#${i} ${JSON.stringify(sent.body)}\n    ${why}`);
  }
  console.log(
    Object.entries(tally)
      .map(([name, number]) => `${name} ${number}`)
      .join(', '),
  );
  return tally.different;
}

async function compareExport({ signal, clock, both }, sent) {
  const answers = await Promise.all(both.map((targets) => post(targets.otlp[signal], sent.body)));
  const [expected, actual] = answers;
  if (expected.status !== actual.status || (expected.status >= 400 && expected.text !== actual.text))
    return { outcome: 'different', why: `answered ${show(expected)}, by obs ${show(actual)}` };
  const { language, questions } = signals[signal];
  for (const question of questions(sent)) {
    const why = await compareAnswers({ language, clock, both }, question);
    if (why) return { outcome: 'different', why: `${JSON.stringify(question)}: ${why}` };
  }
  return { outcome: expected.status >= 400 ? 'refused' : 'equal' };
}

// Real servers show some telemetry only after a while.
async function compareAnswers({ language, clock, both }, question) {
  const end = Date.now() + visibleTimeoutMs;
  for (;;) {
    const [expected, actual] = await Promise.all(both.map((targets) => ask(language, question, { targets, clock })));
    const why = compare(language, question, { expected, actual, options: {} });
    if (!why || Date.now() > end) return why;
    await sleep(pollMs);
  }
}

const show = ({ status, text }) => `${status} ${JSON.stringify(text.slice(0, 300))}`;

async function post(url, body) {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  return { status: response.status, text: await response.text() };
}
