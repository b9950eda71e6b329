// PromQL over 2,000 series × 1 h at 5 s: the median time of each class of query, over HTTP, as a client sees it. With
// `--against prometheus=URL` (started with its OTLP receiver and an out-of-order window) a real server gets the same load and the
// same questions, turn by turn, in the same run. Literals and times differ from one question to the next, so that no cache answers.
import { everyMs, lengthMs, makeTick } from '../lib/promql-load.mjs';
import { median } from '../lib/workbench.mjs';

const rounds = 15;
const warmUps = 5;

/** `i` differs in every round; `range` makes it a range query of that many steps. */
const classes = [
  { name: 'promql.instant_rate', ask: (i) => `sum(rate(bench_requests_total[${240 + i}s]))` },
  { name: 'promql.range_rate', steps: 180, ask: (i) => `sum(rate(bench_requests_total[${240 + i}s]))` },
  { name: 'promql.range_rate_all', steps: 180, ask: (i) => `rate(bench_requests_total[${240 + i}s])` },
  { name: 'promql.range_avg_by', steps: 180, ask: (i) => `avg by (service) (bench_load + ${i})` },
  {
    name: 'promql.quantile_classic',
    steps: 180,
    ask: (i) => `histogram_quantile(0.${50 + i}, sum by (le, service) (rate(bench_duration_bucket[${240 + i}s])))`,
  },
  {
    name: 'promql.quantile_native',
    steps: 180,
    ask: (i) => `histogram_quantile(0.${50 + i}, sum by (service) (rate(bench_latency[${240 + i}s])))`,
  },
  { name: 'promql.topk', steps: 180, ask: (i) => `topk(5, max_over_time(bench_load[${590 + i}s]))` },
  {
    name: 'promql.subquery',
    steps: 60,
    ask: (i) => `max_over_time(sum by (service) (rate(bench_requests_total[${120 + i}s]))[10m:30s])`,
  },
  {
    name: 'promql.join',
    steps: 180,
    ask: (i) => `sum by (version) (bench_load * on (instance) group_left (version) (bench_info + ${i}))`,
  },
];

export const group = {
  name: 'promql',
  about: '2,000 series of an hour at 5 s',
  figures: classes.map((one) => one.name),
  async *measure(bench, isWanted) {
    const { stack } = await bench.json('up', '--runtime', 'embedded');
    const own = stack.endpoints.prometheus;
    const real = bench.against?.prometheus;
    const startMs = Math.floor(Date.now() / everyMs) * everyMs - lengthMs;
    for (const base of real === undefined ? [own] : [own, real]) await load(base, startMs);
    for (const one of classes.filter(({ name }) => isWanted(name))) {
      const times = { own: [], real: [] };
      for (let i = 0; i < warmUps + rounds; i += 1) {
        const ownAnswer = await time(own, one, { i, startMs });
        const realAnswer = real === undefined ? undefined : await time(real, one, { i, startMs });
        failUnlessAlike(one.name, ownAnswer, realAnswer);
        if (i < warmUps) continue;
        times.own.push(ownAnswer.tookMs);
        if (realAnswer !== undefined) times.real.push(realAnswer.tookMs);
      }
      const against = real === undefined ? undefined : median(times.real);
      yield { name: one.name, value: median(times.own), unit: 'ms', against };
    }
  },
};

async function load(base, startMs) {
  for (let tick = 0; tick * everyMs < lengthMs; tick += 1) {
    const response = await fetch(`${base}/api/v1/otlp/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: makeTick(tick, startMs + tick * everyMs),
    });
    if (!response.ok) throw new Error(`${base} refused the load: ${response.status} ${await response.text()}`);
    await response.arrayBuffer();
  }
}

async function time(base, { ask, steps }, { i, startMs }) {
  const endS = (startMs + lengthMs) / 1_000 - i * 7;
  const stepS = 15;
  const parameters =
    steps === undefined
      ? { query: ask(i), time: endS }
      : { query: ask(i), start: endS - steps * stepS, end: endS, step: stepS };
  const path = steps === undefined ? 'query' : 'query_range';
  const askedAt = performance.now();
  const response = await fetch(`${base}/api/v1/${path}?${new URLSearchParams(parameters)}`);
  const text = await response.text();
  const tookMs = performance.now() - askedAt;
  if (!response.ok) throw new Error(`${parameters.query} was refused: ${text}`);
  return { tookMs, series: JSON.parse(text).data.result.length };
}

function failUnlessAlike(name, own, real) {
  if (own.series === 0) throw new Error(`${name}: no series in the answer`);
  if (real !== undefined && real.series !== own.series)
    throw new Error(`${name}: ${own.series} series in the answer, ${real.series} in the real one`);
}
