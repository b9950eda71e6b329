// Fills the store of logs with a million lines (256 bytes each, half of them in JSON fields that queries ask for) and times
// queries over them. A process of its own: it needs more memory than a stack is given. Prints one JSON document.
import { performance } from 'node:perf_hooks';
import { LogStore } from '../../../src/keeper/store/logs/log-store.ts';
import { evaluate } from '../../../src/logql/evaluate.ts';
import { parse } from '../../../src/logql/parser.ts';
import { type Labels, makeLabels } from '../../../src/logql/values.ts';

const lines = Number(process.argv[2] ?? 1_000_000);
const runs = 5;
const firstNs = 1_795_000_000_000_000_000n;
const gapNs = 600_000n;
const endNs = firstNs + BigInt(lines) * gapNs;
const minuteNs = 60_000_000_000n;

const services = ['gateway', 'checkout', 'inventory', 'worker'].map((name) =>
  makeLabels([
    ['service_name', name],
    ['deployment_environment', 'prod'],
  ]),
); // prettier-ignore
const levels = ['info', 'info', 'info', 'warn', 'error', 'debug'];

function makeLine(i: number): string {
  const needle = i === Math.floor(lines * 0.7) ? 'needle-in-a-haystack' : 'usual';
  const fields = {
    level: levels[i % levels.length],
    msg: `request ${i} was handled in the ${needle} way`,
    status: [200, 201, 404, 500][(i * 13) % 4],
    duration_ms: (i * 37) % 2_000,
    path: `/api/v1/items/${i % 1_000}`,
  };
  const open = `${JSON.stringify(fields).slice(0, -1)},"pad":"`;
  return `${open.padEnd(254, 'x-y ')}"}`;
}

function makeMetadata(i: number): Labels {
  const trace = (i * 2_654_435_761).toString(16).padStart(32, '0');
  return makeLabels([
    ['detected_level', levels[i % levels.length] ?? ''],
    ['severity_text', 'INFO'],
    ['trace_id', trace],
  ]); // prettier-ignore
}

function fill(): LogStore {
  const store = new LogStore(() => 0);
  for (const [index, labels] of services.entries()) {
    for (let from = index; from < lines; from += 4_000) {
      const entries = [];
      for (let i = from; i < Math.min(lines, from + 4_000); i += services.length) {
        entries.push({ timeNs: firstNs + BigInt(i) * gapNs, line: makeLine(i), metadata: makeMetadata(i) });
      }
      store.append(labels, entries);
    }
  }
  return store;
}

const all = '{service_name=~".+"}';
const questions: readonly { name: string; query: string; stepNs: bigint }[] = [
  { name: 'logql.selector', query: '{service_name="gateway"}', stepNs: 0n },
  { name: 'logql.needle', query: `${all} |= "needle-in-a-haystack"`, stepNs: 0n },
  { name: 'logql.json', query: `${all} | json | status=500 | duration_ms > 1990`, stepNs: 0n },
  { name: 'logql.rate', query: `sum by (service_name) (rate(${all}[1m]))`, stepNs: minuteNs / 6n },
  {
    name: 'logql.quantile',
    query: `quantile_over_time(0.95, ${all} | json | unwrap duration_ms [10m]) by (status)`,
    stepNs: 0n,
  },
]; // prettier-ignore

async function timeOnce(store: LogStore, query: string, stepNs: bigint): Promise<number> {
  const startedAt = performance.now();
  const expr = parse(query);
  await evaluate(expr, store, {
    startNs: expr.kind !== 'log' && stepNs === 0n ? endNs : firstNs,
    endNs,
    stepNs,
    intervalNs: 0n,
    limit: 1_000,
    direction: 'backward',
    maxSeries: 500,
    breather: { nowMs: () => performance.now() },
    stats: { lines: 0, bytes: 0 },
  });
  return performance.now() - startedAt;
}

const store = fill();
const figures: { name: string; values: number[] }[] = [];
for (const { name, query, stepNs } of questions) {
  const values: number[] = [];
  for (let i = 0; i < runs; i++) values.push(await timeOnce(store, query, stepNs));
  figures.push({ name, values });
}
process.stdout.write(JSON.stringify(figures));
