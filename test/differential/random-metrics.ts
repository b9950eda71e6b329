// Random OTLP metrics: every kind, both temporalities, names and units that need translation, exemplars, missing values.
import type { Random } from '../promql/random.ts';
import { makeAttributes, makeId, makeList, makeResource, makeScope } from './random-values.ts';

const names = [
  'http.server.duration',
  'requests',
  'requests_total',
  '1st.metric',
  'a b/c',
  'größe',
  'x::y',
  '__internal',
  'cpu.utilization',
  'ratio',
  'mem%used',
  'queue_bytes',
  'system.io',
  'a__b..c_',
] as const;
const units = ['', '1', 's', 'ms', 'By', 'KiBy', '{packet}', '%', 'By/s', '1/s', 'm/s', 'W', 'bananas', 'Cel'].concat([
  'Hz',
  'h',
  '{a}/s',
  'By/{op}',
  '/s',
]);
const noRecordedValue = 1;
const { max: most, min: least } = { max: 9, min: -9 };

type Point = Record<string, unknown>;

/** An export of up to three metrics of one service, all points at one time. */
export function makeMetricsExport(random: Random, { service, timeNs }: { service: string; timeNs: bigint }): object {
  const metrics = makeList(random, () => makeMetric(random, timeNs));
  const scopeMetrics = [{ scope: makeScope(random), metrics }];
  return { resourceMetrics: [{ resource: makeResource(random, service), scopeMetrics }] };
}

function makeMetric(random: Random, timeNs: bigint): object {
  const points = (make: () => Point): Point[] =>
    Array.from({ length: 1 + random.below(2) }, (_, index) => makePoint(random, { timeNs, index, own: make() }));
  const aggregationTemporality = random.pick([1, 2, 2, 2]);
  const kinds: readonly (() => object)[] = [
    () => ({ gauge: { dataPoints: points(() => makeNumber(random)) } }),
    () => ({
      sum: {
        aggregationTemporality,
        isMonotonic: random.chance(0.6),
        dataPoints: points(() => makeNumber(random)),
      },
    }),
    () => ({ histogram: { aggregationTemporality, dataPoints: points(() => makeHistogram(random)) } }),
    () => ({ exponentialHistogram: { aggregationTemporality, dataPoints: points(() => makeExponential(random)) } }),
    () => ({ summary: { dataPoints: points(() => makeSummary(random)) } }),
  ];
  return { name: random.pick(names), unit: random.pick(units), description: 'd', ...random.pick(kinds)() };
}

function makePoint(random: Random, { timeNs, index, own }: { timeNs: bigint; index: number; own: Point }): Point {
  const attributes = [...makeAttributes(random, 1), { key: 'point', value: { intValue: String(index) } }];
  const point = { attributes, timeUnixNano: String(timeNs), ...own };
  const started = random.chance(0.5) ? { startTimeUnixNano: String(timeNs - 60_000_000_000n) } : {};
  const isMissing = random.chance(0.1);
  return { ...point, ...started, ...(isMissing ? { flags: noRecordedValue } : makeExemplars(random, timeNs)) };
}

function makeExemplars(random: Random, timeNs: bigint): object {
  if (random.chance(0.6)) return {};
  const exemplar = {
    timeUnixNano: String(timeNs - 1_000_000n),
    asDouble: random.below(9),
    traceId: makeId(random, 16),
    spanId: makeId(random, 8),
    filteredAttributes: makeAttributes(random, 0),
  };
  return { exemplars: [exemplar] };
}

function makeNumber(random: Random): Point {
  return random.chance(0.5)
    ? { asInt: String(random.below(100) - 10) }
    : { asDouble: random.pick([0.5, -3, 1e9, 'NaN', 'Infinity']) };
}

function makeHistogram(random: Random): Point {
  const explicitBounds = random.pick([[], [1], [0.005, 0.1, 2.5, 10], [-1, 0, 1e6]]);
  const bucketCounts = random.chance(0.1)
    ? []
    : Array.from({ length: explicitBounds.length + 1 }, () => random.below(9));
  const count = bucketCounts.reduce((sum, one) => sum + one, 0);
  return { explicitBounds, bucketCounts: bucketCounts.map(String), count: String(count), ...makeSum(random) };
}

function makeExponential(random: Random): Point {
  const makeBuckets = () => ({
    offset: random.below(20) - 10,
    bucketCounts: makeList(random, () => random.below(5)).map(String),
  });
  const [positive, negative, zeroCount] = [makeBuckets(), makeBuckets(), random.below(3)];
  const counts = [...positive.bucketCounts, ...negative.bucketCounts].map(Number);
  const count = counts.reduce((sum, one) => sum + one, zeroCount);
  const scale = random.pick([-4, 0, 3, 8, 10]);
  return { scale, positive, negative, zeroCount: String(zeroCount), count: String(count), ...makeSum(random) };
}

function makeSummary(random: Random): Point {
  const quantileValues = random
    .pick([[], [0.5], [0, 0.99, 1]])
    .map((quantile) => ({ quantile, value: random.below(50) }));
  return { count: String(random.below(50)), sum: random.below(500), quantileValues };
}

function makeSum(random: Random): Point {
  return random.chance(0.2) ? {} : { sum: random.below(1_000) / 8, min: least, max: most };
}
