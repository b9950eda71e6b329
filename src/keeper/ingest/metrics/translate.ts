// OTLP metrics → series and samples, as Prometheus's OTLP receiver makes them. An export is taken whole or not at all.
import { Labels, metricNameLabel } from '../../../promql/labels.ts';
import { formatGoFixed } from '../../../std/go-strconv.ts';
import type { Metric, MetricData, MetricsRequest } from '../../../wire/otlp/types.ts';
import type { Exemplar } from '../../store/metrics/exemplars.ts';
import { AppendError } from '../../store/metrics/metrics-store.ts';
import type { NewSample } from '../../store/metrics/sample-column.ts';
import { translateExemplars } from './exemplars.ts';
import { schemaRange, translateExponential } from './exponential.ts';
import type { LabelsMemo } from './labels-memo.ts';
import { translateMetricName } from './metric-name.ts';
import { joinLabels } from './point-labels.ts';
import { describeAttributes, type ResourceLabels, readResource, UntranslatableName } from './resource-labels.ts';
import { listTargetInfoTimes } from './target-info.ts';

/** What cannot be translated refuses the whole export, in Prometheus's words. */
export class TranslationError extends Error {}

const cumulative = 2;
const noRecordedValue = 1;

/** What takes the samples: a transaction of the store, or a request that is to be forwarded. */
export interface SampleTaker {
  /** @throws AppendError for a sample that it does not take. */
  append(labels: Labels, timeMs: number, sample: NewSample): void;
  appendExemplar(labels: Labels, exemplar: Exemplar): void;
}

export interface TranslateOptions {
  readonly transaction: SampleTaker;
  readonly memo: LabelsMemo;
  /** Stands in for missing times. */
  readonly receivedNs: bigint;
}

/**
 * Appends all samples of a request.
 * @throws AppendError if there was one, else TranslationError; its text is that of all metrics that were refused.
 */
export function translateMetrics(request: MetricsRequest, { transaction, memo, receivedNs }: TranslateOptions): void {
  const refusals = new Refusals();
  const seenTargetInfo = new Set<string>();
  for (const { resource, scopes } of request) {
    const labels = refusals.collect(() => readResource(resource));
    if (labels === undefined) continue;
    const context: Context = { transaction, memo, receivedNs, labels };
    const times = { firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
    for (const { items } of scopes) {
      for (const metric of items) {
        observeTimes(metric.data, times, receivedNs);
        refusals.collect(() => translateMetric(metric, context));
      }
    }
    refusals.collect(() => appendTargetInfo(context, times, seenTargetInfo));
  }
  refusals.throwAll();
}

/** Why an export is refused: the first reason does not hide the others. */
class Refusals {
  readonly #errors: Error[] = [];

  /** What `run` gives; undefined if it was refused. */
  collect<T>(run: () => T): T | undefined {
    try {
      return run();
    } catch (error) {
      const isRefusal =
        error instanceof AppendError || error instanceof TranslationError || error instanceof UntranslatableName;
      if (!isRefusal) throw error;
      this.#errors.push(error);
      return undefined;
    }
  }

  throwAll(): void {
    if (this.#errors.length === 0) return;
    const text = this.#errors.map(({ message }) => message).join('\n');
    throw this.#errors.some((one) => one instanceof AppendError) ? new AppendError(text) : new TranslationError(text);
  }
}

function translateMetric(metric: Metric, context: Context): void {
  const problem = findProblem(metric);
  if (problem !== undefined) throw new TranslationError(problem);
  new MetricTranslator(metric, context).run();
}

/** Why Prometheus would refuse the whole of an export; undefined if it would not. */
export function findRefusal(request: MetricsRequest): string | undefined {
  const problems = request.flatMap(({ scopes }) =>
    scopes.flatMap(({ items }) => items.flatMap((one) => findProblem(one) ?? [])),
  );
  return problems.length === 0 ? undefined : problems.join('\n');
}

interface Context extends TranslateOptions {
  readonly labels: ResourceLabels;
}

type Point = Exclude<MetricData, { kind: 'none' }>['points'][number];
type PointOf<K extends MetricData['kind']> = Extract<MetricData, { kind: K; points: unknown }>['points'][number];

/** Why a metric cannot be taken, in Prometheus's words; undefined if it can. */
export function findProblem({ name, data, unit }: Metric): string | undefined {
  if (data.kind === 'none')
    return `could not get aggregation temporality for ${name} as it has unsupported metric type Empty`;
  if ('temporality' in data && data.temporality !== cumulative) {
    return `invalid temporality and type combination for metric ${JSON.stringify(name)}`;
  }
  if (translateMetricName({ name, data, unit }) === undefined) {
    return name === '' || /^[^a-zA-Z0-9:]*$/.test(name)
      ? `normalization for metric ${JSON.stringify(name)} resulted in empty name`
      : `normalization for metric ${JSON.stringify(name)} resulted in invalid name`;
  }
  return undefined;
}

class MetricTranslator {
  readonly #metric: Metric;
  readonly #context: Context;
  readonly #family: string;

  constructor(metric: Metric, context: Context) {
    this.#metric = metric;
    this.#context = context;
    this.#family = translateMetricName(metric) ?? '';
  }

  run(): void {
    const { data } = this.#metric;
    switch (data.kind) {
      case 'gauge':
      case 'sum':
        for (const point of data.points) this.#appendNumber(point, data.kind);
        break;
      case 'histogram':
        for (const point of data.points) this.#appendHistogram(point);
        break;
      case 'exponentialHistogram':
        for (const point of data.points) this.#appendExponential(point);
        break;
      case 'summary':
        for (const point of data.points) this.#appendSummary(point);
        break;
      default:
    }
  }

  #appendNumber(point: PointOf<'gauge'>, kind: 'gauge' | 'sum'): void {
    const labels = this.#makeNamer(point)('');
    this.#append(labels, point, Number(point.value ?? 0));
    if (kind === 'sum') this.#appendExemplars(labels, point.exemplars);
  }

  #appendHistogram(point: PointOf<'histogram'>): void {
    const name = this.#makeNamer(point);
    if (point.sum !== undefined) this.#append(name('_sum'), point, point.sum);
    this.#append(name('_count'), point, point.count);
    const exemplars = translateExemplars(point.exemplars);
    let next = 0;
    let total = 0;
    const buckets = Math.min(point.explicitBounds.length, point.bucketCounts.length);
    for (let i = 0; i < buckets; i++) {
      const bound = point.explicitBounds[i] ?? 0;
      total += point.bucketCounts[i] ?? 0;
      const labels = name('_bucket', ['le', formatGoFixed(bound)]);
      this.#append(labels, point, total);
      for (let found = exemplars[next]; found !== undefined && found.value <= bound; found = exemplars[++next]) {
        this.#context.transaction.appendExemplar(labels, found);
      }
    }
    const last = name('_bucket', ['le', '+Inf']);
    this.#append(last, point, point.count);
    for (const exemplar of exemplars.slice(next)) this.#context.transaction.appendExemplar(last, exemplar);
  }

  #appendExponential(point: PointOf<'exponentialHistogram'>): void {
    if (point.scale < schemaRange.min) {
      throw new TranslationError(
        `cannot convert exponential to native histogram. Scale must be >= ${schemaRange.min}, was ${point.scale}`,
      );
    }
    const labels = this.#makeNamer(point)('');
    const sample: NewSample = isStale(point)
      ? { kind: 'stale' }
      : { kind: 'histogram', histogram: translateExponential(point) };
    this.#context.transaction.append(labels, this.#timeOf(point), sample);
    this.#appendExemplars(labels, point.exemplars);
  }

  #appendSummary(point: PointOf<'summary'>): void {
    const name = this.#makeNamer(point);
    this.#append(name('_sum'), point, point.sum);
    this.#append(name('_count'), point, point.count);
    for (const { quantile, value } of point.quantileValues) {
      this.#append(name('', ['quantile', formatGoFixed(quantile)]), point, value);
    }
  }

  #append(labels: Labels, point: Point, value: number): void {
    const sample: NewSample = isStale(point) ? { kind: 'stale' } : { kind: 'float', value };
    this.#context.transaction.append(labels, this.#timeOf(point), sample);
  }

  #timeOf({ timeUnixNano }: Point): number {
    return toMs(timeUnixNano || this.#context.receivedNs);
  }

  #appendExemplars(labels: Labels, exemplars: PointOf<'sum'>['exemplars']): void {
    for (const exemplar of translateExemplars(exemplars)) {
      this.#context.transaction.appendExemplar(labels, exemplar);
    }
  }

  /** Makes the label sets of one point: by suffix of the metric's name and, for parts of it, one more label. */
  #makeNamer(point: Point): (suffix: string, extra?: readonly [string, string]) => Labels {
    const { memo, labels } = this.#context;
    const rest = `${labels.text} ${describeAttributes(point.attributes)}`;
    let pairs: readonly [string, string][] | undefined;
    return (suffix, extra = ['', '']) =>
      memo.recall(`${this.#family}${suffix} ${extra[1]} ${rest}`, () => {
        pairs ??= this.#makePairs(point);
        return Labels.from([...pairs, extra, [metricNameLabel, this.#family + suffix]]);
      });
  }

  #makePairs({ attributes }: Point): [string, string][] {
    return [...joinLabels(this.#context.labels, attributes)];
  }
}

function isStale({ flags }: Point): boolean {
  return (flags & noRecordedValue) !== 0;
}

function observeTimes(data: MetricData, times: { firstMs: number; lastMs: number }, receivedNs: bigint): void {
  if (data.kind === 'none') return;
  for (const { timeUnixNano } of data.points) {
    const timeMs = toMs(timeUnixNano || receivedNs);
    times.firstMs = Math.min(times.firstMs, timeMs);
    times.lastMs = Math.max(times.lastMs, timeMs);
  }
}

function appendTargetInfo(
  { transaction, labels }: Context,
  times: { readonly firstMs: number; readonly lastMs: number },
  seen: Set<string>,
): void {
  const { targetInfo } = labels;
  if (targetInfo === undefined) return;
  const append = (timeMs: number) => {
    const key = `${timeMs} ${targetInfo.key}`;
    if (seen.has(key)) return;
    seen.add(key);
    transaction.append(targetInfo, timeMs, { kind: 'float', value: 1 });
  };
  for (const timeMs of listTargetInfoTimes(times)) append(timeMs);
}

function toMs(timeNs: bigint): number {
  return Number(timeNs / 1_000_000n);
}
