// Exemplars: for some traces, one span of the answer, so that a point on a graph leads to a trace.
import type { AttributeRef } from '../ast.ts';
import type { Seen } from '../items.ts';
import type { Block } from '../loops.ts';
import { printAttribute } from '../print.ts';
import type { TraceSource } from '../source.ts';
import type { SpanBatch } from '../span-batch.ts';
import type { Exemplar, Label } from './series.ts';

interface Offered {
  readonly row: number;
  readonly series: number;
}

const perBucket = 2;
/** Of a batch so many spans are looked at; of larger ones they are spread over all of it. */
const mostLookedAt = 16;

interface ExemplarOptions {
  readonly exemplars: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly isInstant: boolean;
}

export class ExemplarCollector {
  private readonly limit: number;
  private readonly source: TraceSource;
  private readonly show: (row: number) => Seen[];
  private readonly startMs: number;
  private readonly bucketMs: number;
  private readonly buckets: number[];
  private readonly offered: Offered[] = [];
  private readonly names = new Map<AttributeRef, string>();
  private lastTrace = -1;

  /** `show`: what an exemplar tells of its span. */
  constructor(options: ExemplarOptions, source: TraceSource, show: (row: number) => Seen[]) {
    this.limit = options.isInstant ? 0 : options.exemplars;
    this.source = source;
    this.show = show;
    const count = Math.max(1, Math.floor(this.limit / perBucket));
    this.startMs = Number(options.startNs / 1_000_000n);
    this.bucketMs = Math.max(1, Math.floor((Number(options.endNs / 1_000_000n) - this.startMs) / count));
    this.buckets = new Array<number>(count).fill(0);
  }

  /** Takes a span if its trace has none yet and its part of the window is not full. `seriesAt`: where each went, -1: nowhere. */
  offer({ rows, count, block }: SpanBatch, seriesAt: (i: number, row: number) => number): void {
    const { trace: traces } = this.source.spans;
    const size = block ? block.to - block.from : count;
    const stride = Math.ceil(size / mostLookedAt);
    for (let i = 0; i < size && this.offered.length < this.limit; i += stride) {
      const row = block ? nextMarked(block, block.from + i) : rows[i]!; // batches hold as many
      if (row === -1) return;
      const trace = traces[row]!; // rows are of the source
      if (trace === this.lastTrace) continue;
      const series = seriesAt(i, row);
      if (series === -1) continue;
      this.lastTrace = trace;
      this.take(row, series);
    }
  }

  private take(row: number, series: number): void {
    const at = Math.floor((this.timestampMs(row) - this.startMs) / this.bucketMs);
    const bucket = Math.min(this.buckets.length - 1, at);
    if (this.buckets[bucket]! >= perBucket) return; // clamped to the last one
    this.buckets[bucket]!++;
    this.offered.push({ row, series });
  }

  /** Adds what was taken to its series. `read`: the value to show; without it, that of the sample. */
  attach(series: readonly { exemplars: readonly Exemplar[] }[], read: ((row: number) => number) | undefined): void {
    const bySeries = new Map<number, Exemplar[]>();
    for (const { row, series: index } of this.offered) {
      const exemplar = {
        labels: this.labelsOf(row),
        value: read?.(row) ?? Number.NaN,
        timestampMs: this.timestampMs(row),
      };
      const known = bySeries.get(index);
      if (known) known.push(exemplar);
      else bySeries.set(index, [exemplar]);
    }
    for (const [index, exemplars] of bySeries) {
      const target = series[index];
      if (target) target.exemplars = exemplars;
    }
  }

  private timestampMs(row: number): number {
    const { startSec, startNano } = this.source.spans;
    return startSec[row]! * 1000 + Math.floor(startNano[row]! / 1e6); // rows are of the source
  }

  private labelsOf(row: number): Label[] {
    const traceId = this.source.traceId(this.source.spans.trace[row]!).replace(/^0+/, '');
    const labels = new Map<string, Label>([
      ['trace:id', { name: 'trace:id', value: { type: 'string', value: traceId } }],
    ]);
    for (const { ref, value } of this.show(row)) {
      const name = this.nameOf(ref);
      labels.set(name, { name, value });
    }
    return [...labels.values()];
  }

  private nameOf(ref: AttributeRef): string {
    const known = this.names.get(ref);
    if (known !== undefined) return known;
    const name = printAttribute(ref);
    this.names.set(ref, name);
    return name;
  }
}

// The first marked row from `row` on, -1 if none is left.
function nextMarked({ marks, to }: Block, row: number): number {
  if (marks[row] === 1) return row;
  const next = marks.indexOf(1, row);
  return next < to ? next : -1;
}
