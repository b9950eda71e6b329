// Metrics the plain way: decoded spans, one after the other, into maps. Slow, and simple enough to be believed.
import type { MetricsWindow } from '../../src/traceql/functions/intervals.ts';
import { groupKey, type Static } from '../../src/traceql/values.ts';
import type { AnyValue, KeyValue, ResourceGroup, Span } from '../../src/wire/otlp/types.ts';

interface PlainSpan {
  readonly span: Span;
  readonly resource: readonly KeyValue[];
  readonly root: Span;
}

interface Question {
  readonly op: string;
  readonly by: readonly string[];
  /** One of `filters`. */
  readonly wanted: string;
}

type SeriesByLabels = Map<string, number[]>;

const filters: Readonly<Record<string, (span: Span) => boolean>> = {
  '{ }': () => true,
  '{ status = error }': (span) => span.status.code === 2,
  '{ duration > 100ms }': (span) => durationNs(span) > 100_000_000n,
  '{ duration > 1500ms }': (span) => durationNs(span) > 1_500_000_000n,
};
const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;
const numbers: Readonly<Record<string, (values: readonly number[]) => number>> = {
  count_over_time: (values) => values.length,
  histogram_over_time: (values) => values.length,
  min_over_time: (values) => Math.min(...values),
  max_over_time: (values) => Math.max(...values),
  avg_over_time: (values) => values.reduce((mean, value, i) => mean + (value - mean) / (i + 1), 0),
};

export class PlainMetrics {
  private readonly spans: readonly PlainSpan[];
  private readonly window: MetricsWindow;

  constructor(groups: readonly ResourceGroup<Span>[], window: MetricsWindow) {
    this.window = window;
    const all = groups.flatMap(({ resource, scopes }) =>
      scopes.flatMap(({ items }) => items.map((span) => ({ span, resource: resource.attributes }))),
    );
    const roots = new Map(all.filter(({ span }) => span.parentSpanId === '').map(({ span }) => [span.traceId, span]));
    this.spans = all.flatMap((one) => {
      const root = roots.get(one.span.traceId);
      const isInTime = one.span.startTimeUnixNano > window.startNs && one.span.startTimeUnixNano <= window.endNs;
      return root && isInTime ? [{ ...one, root }] : [];
    });
  }

  /** Series by their labels; an interval without a number is NaN, or 0 for counts. */
  run({ op, by, wanted }: Question): SeriesByLabels {
    const gathered = new Map<string, number[][]>();
    const isHistogram = op === 'histogram_over_time';
    const isCount = op === 'count_over_time' || isHistogram;
    if (by.length === 0 && op !== 'avg_over_time' && !isHistogram)
      gathered.set(`__name__=string:${op}`, this.makeIntervals());
    for (const one of this.spans) {
      if (!filters[wanted]?.(one.span)) continue;
      if (isHistogram && durationNs(one.span) < 2n) continue; // below the first bucket
      const labels = by.flatMap((name) => {
        const value = readField(one, name);
        return value ? [`${name}=${groupKey(value)}`] : [];
      });
      if (isHistogram) labels.push(`__bucket=float:${bucketOf(durationNs(one.span)) / 1e9}`);
      const key = by.length === 0 && !isHistogram ? `__name__=string:${op}` : labels.join() || `${by[0]}=string:nil`;
      const intervals = gathered.get(key) ?? this.makeIntervals();
      gathered.set(key, intervals);
      intervals[this.intervalOf(one.span)]?.push(Number(durationNs(one.span)) / 1e9);
    }
    const total = (values: readonly number[]) =>
      values.length === 0 && !isCount ? Number.NaN : (numbers[op]?.(values) ?? Number.NaN);
    return new Map([...gathered].map(([key, intervals]) => [key, intervals.map(total)]));
  }

  /** The series of compare() for some attributes; both filters are some of `filters`. */
  compare(wanted: string, selected: string, names: readonly string[]): SeriesByLabels {
    const series: SeriesByLabels = new Map();
    const count = (key: string, interval: number) => {
      const counts = series.get(key) ?? this.makeIntervals().map(() => 0);
      series.set(key, counts);
      counts[interval]! += 1; // intervals are of the window
    };
    for (const one of this.spans) {
      if (!filters[wanted]?.(one.span)) continue;
      const side = filters[selected]?.(one.span) ? 'selection' : 'baseline';
      for (const name of names) {
        const value = readField(one, name);
        if (!value) continue;
        count(`${side} ${name}=${groupKey(value)}`, this.intervalOf(one.span));
        count(`${side}_total ${name}=nil`, this.intervalOf(one.span));
      }
    }
    return series;
  }

  private makeIntervals(): number[][] {
    const { startNs, endNs, stepNs } = this.window;
    return Array.from({ length: Number((endNs - startNs) / stepNs) }, () => []);
  }

  // Open on the left and closed on the right.
  private intervalOf({ startTimeUnixNano }: Span): number {
    const { startNs, stepNs } = this.window;
    return Number((startTimeUnixNano - startNs - 1n) / stepNs);
  }
}

// The least power of two that is not below it.
function bucketOf(number: bigint): number {
  let power = 2n;
  while (power < number) power *= 2n;
  return Number(power);
}

function durationNs(span: Span): bigint {
  return span.endTimeUnixNano - span.startTimeUnixNano;
}

function readField({ span, resource, root }: PlainSpan, name: string): Static | undefined {
  if (name === 'name') return { type: 'string', value: span.name };
  if (name === 'rootName') return { type: 'string', value: root.name };
  if (name === 'kind') return { type: 'kind', value: kinds[span.kind] ?? 'unspecified' };
  if (name === 'status') return { type: 'status', value: statuses[span.status.code] ?? 'unset' };
  const [scope, key] = name.split(/\.(.*)/s);
  const found = (scope === 'span' ? span.attributes : resource).find((one) => one.key === key);
  return found && toStatic(found.value);
}

function toStatic(value: AnyValue): Static | undefined {
  if (value.kind === 'string') return { type: 'string', value: value.value };
  if (value.kind === 'int') return { type: 'int', value: value.value };
  if (value.kind === 'double') return { type: 'float', value: value.value };
  return value.kind === 'bool' ? { type: 'boolean', value: value.value } : undefined;
}
