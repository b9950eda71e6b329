// Nothing lost: keepers are killed with signal 9 at random moments while senders note what was acknowledged. The next keeper of
// the same stack must find every acknowledged record. OBS_FUZZ_SEED repeats a run, OBS_KILLS sets the number of kills.
import { expect, test } from 'vitest';
import { encodePushJson } from '../../src/wire/loki/push.ts';
import { decodeJson, encodeProtobuf, type Signal } from '../../src/wire/otlp/request.ts';
import { Random, readSeed } from '../fuzz/random.ts';
import { makeStackFolder, type RunningKeeper, startKeeper } from '../keeper/keeper-process.ts';
import { getJson } from '../keeper/telemetry.ts';

const seed = readSeed();
const kills = Number(process.env.OBS_KILLS ?? 20);
/** A stack lives through this many kills, so that logs are read that were written by several keepers. */
const killsOfStack = 10;
/** A keeper is killed after so many acknowledgements at most, and some milliseconds more. */
const mostAcknowledgements = 100;
const longestDelayMs = 10;
const recordsOfRequest = 20;

type Kind = Signal | 'push';
const kinds: readonly Kind[] = ['logs', 'push', 'metrics', 'traces'];
type Acknowledged = Readonly<Record<Kind, Set<string>>>;

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const resource = { attributes: [text('service.name', 'kill')] };
const nowNs = () => BigInt(Date.now()) * 1_000_000n;
const scopesOf = (field: string, items: readonly object[]) => [{ [field]: items }];

/** The body of a request that holds these ids, and where it goes. */
const requests: Readonly<Record<Kind, (ids: readonly string[]) => { path: string; type: string; body: Uint8Array }>> = {
  logs: (ids) =>
    otlp('logs', {
      resourceLogs: [
        {
          resource,
          scopeLogs: scopesOf(
            'logRecords',
            ids.map((id) => ({ timeUnixNano: String(nowNs()), body: { stringValue: id } })),
          ),
        },
      ],
    }),
  metrics: (ids) => {
    const dataPoints = ids.map((id) => ({
      timeUnixNano: String(nowNs()),
      asDouble: 1,
      attributes: [text('kill_id', id)],
    }));
    return otlp('metrics', {
      resourceMetrics: [{ resource, scopeMetrics: scopesOf('metrics', [{ name: 'killed', gauge: { dataPoints } }]) }],
    });
  },
  traces: (ids) =>
    otlp('traces', {
      resourceSpans: [
        {
          resource,
          scopeSpans: scopesOf(
            'spans',
            ids.map((traceId) => ({
              traceId,
              spanId: traceId.slice(16),
              name: 's',
              startTimeUnixNano: String(nowNs()),
              endTimeUnixNano: String(nowNs()),
            })),
          ),
        },
      ],
    }),
  push: (ids) => {
    const entries = ids.map((line) => ({ timeNs: nowNs(), line, metadata: [] }));
    const body = encodePushJson([{ labels: { service_name: 'kill-push' }, entries }]);
    return { path: 'loki', type: 'application/json', body };
  },
};

function otlp(signal: Signal, json: object) {
  const body = encodeProtobuf(signal, decodeJson(signal, Buffer.from(JSON.stringify(json))));
  return { path: signal, type: 'application/x-protobuf', body };
}

/** Sends requests of one kind until the keeper dies; notes the ids that it acknowledged. */
async function sendUntilDeath(keeper: RunningKeeper, kind: Kind, sending: Sending): Promise<void> {
  const { ids, acknowledged } = sending;
  for (;;) {
    const batch = Array.from({ length: recordsOfRequest }, () => ids());
    const { path, type, body } = requests[kind](batch);
    const url =
      path === 'loki' ? `${keeper.endpoints.loki}/loki/api/v1/push` : `${keeper.endpoints.otlpHttp}/v1/${path}`;
    try {
      const { ok } = await fetch(url, { method: 'POST', headers: { 'content-type': type }, body });
      if (!ok) throw new Error('refused');
    } catch {
      return;
    }
    for (const id of batch) acknowledged[kind].add(id);
    sending.onAcknowledged();
  }
}

interface Sending {
  readonly ids: () => string;
  readonly acknowledged: Acknowledged;
  readonly onAcknowledged: () => void;
}

/** All lines of a service, page by page: an answer holds 5,000 at most. */
async function linesOf({ endpoints }: RunningKeeper, service: string): Promise<string[]> {
  const found = new Set<string>();
  let start = String(BigInt(Date.now() - 3_600_000) * 1_000_000n);
  for (;;) {
    const page = { query: `{service_name="${service}"}`, start, limit: '5000', direction: 'forward' };
    const { data } = await getJson(`${endpoints.loki}/loki/api/v1/query_range?${new URLSearchParams(page)}`);
    const values = (data as { result: { values: [string, string][] }[] }).result.flatMap((stream) => stream.values);
    for (const [, line] of values) found.add(line);
    if (values.length < 5000) return [...found];
    start = values.map(([timeNs]) => timeNs).reduce((a, b) => (a > b ? a : b));
  }
}

/** The ids that a keeper's APIs find. */
const finders: Readonly<Record<Kind, (keeper: RunningKeeper) => Promise<readonly string[]>>> = {
  logs: (keeper) => linesOf(keeper, 'kill'),
  push: (keeper) => linesOf(keeper, 'kill-push'),
  metrics: async ({ endpoints }) =>
    (await getJson(`${endpoints.prometheus}/api/v1/label/kill_id/values`)).data as string[],
  traces: async ({ endpoints }) => {
    const query = new URLSearchParams({ q: '{}', limit: '100000' });
    const { traces } = await getJson(`${endpoints.tempo}/api/search?${query}`);
    return (traces as { traceID: string }[]).map(({ traceID }) => traceID.padStart(32, '0'));
  },
};

async function listMissing(keeper: RunningKeeper, acknowledged: Acknowledged): Promise<string[]> {
  const missing = kinds.map(async (kind) => {
    const found = new Set(await finders[kind](keeper));
    return [...acknowledged[kind]].filter((id) => !found.has(id)).map((id) => `${kind} ${id}`);
  });
  return (await Promise.all(missing)).flat();
}

test(`whatever was acknowledged is there after kill -9, ${kills} times at random moments (seed ${seed})`, async () => {
  const random = new Random(seed);
  const ids = () =>
    Array.from({ length: 4 }, () => (random.below(2 ** 32) + 1).toString(16).padStart(8, '0').slice(-8)).join('');
  let total = 0;
  for (let kill = 0; kill < kills; ) {
    const folder = await makeStackFolder();
    const acknowledged: Acknowledged = { logs: new Set(), push: new Set(), metrics: new Set(), traces: new Set() };
    for (let i = 0; i < killsOfStack && kill < kills; i++, kill++) {
      const keeper = await startKeeper(folder);
      expect(await listMissing(keeper, acknowledged), `before kill ${kill}, seed ${seed}`).toEqual([]);
      let left = random.below(mostAcknowledgements);
      const delayMs = random.below(longestDelayMs);
      const kill9 = () => keeper.process.kill('SIGKILL');
      const onAcknowledged = () => void (left-- === 0 && setTimeout(kill9, delayMs));
      await Promise.all(kinds.map((kind) => sendUntilDeath(keeper, kind, { ids, acknowledged, onAcknowledged })));
      await keeper.gone;
    }
    const last = await startKeeper(folder);
    expect(await listMissing(last, acknowledged), `after kill ${kill}, seed ${seed}`).toEqual([]);
    expect((await last.control('GET', '/obs/status')).json).toMatchObject({ warnings: [] });
    last.process.kill('SIGKILL');
    await last.gone;
    total += kinds.reduce((sum, kind) => sum + acknowledged[kind].size, 0);
  }
  expect(total).toBeGreaterThan(kills * recordsOfRequest);
  process.stdout.write(`${total} acknowledged records, ${kills} kills, none lost (seed ${seed})\n`);
});
