// Spans of a trace by their id. Most traces have a handful of spans that came together, so looking through them misses fewer
// caches than a table of all spans does, and takes no memory; only large traces are indexed.
import { SpanIndex, type SpanKey } from './span-index.ts';
import type { SpanTable } from './span-table.ts';
import type { TraceTable } from './trace-table.ts';

/** Larger traces are indexed. */
const mostLookedThrough = 16;

export class SpanFinder {
  private readonly spans: SpanTable;
  private readonly traces: TraceTable;
  private readonly index = new SpanIndex();

  constructor(spans: SpanTable, traces: TraceTable) {
    this.spans = spans;
    this.traces = traces;
  }

  get bytes(): number {
    return this.index.bytes;
  }

  has(trace: number, key: SpanKey): boolean {
    if (this.isIndexed(trace)) return this.index.find(trace, key, this.spans.identity).length > 0;
    return this.spans.findInTrace(this.traces.firstRow(trace), key) !== -1;
  }

  /** Rows with this id in this trace, in the order they came. */
  find(trace: number, key: SpanKey): number[] {
    const { spans, traces } = this;
    if (this.isIndexed(trace)) return this.index.find(trace, key, spans.identity);
    const found: number[] = [];
    for (let row = traces.firstRow(trace); row !== -1; row = spans.next(row)) {
      row = spans.findInTrace(row, key);
      if (row === -1) break;
      found.push(row);
    }
    return found;
  }

  /** Learns of a row that was added to its trace last. */
  add(trace: number, row: number): void {
    const { spans, traces, index } = this;
    if (!this.isIndexed(trace)) return;
    const isFirst = traces.spanCount(trace) === mostLookedThrough + 1;
    // The row is the last of its chain.
    for (let at = isFirst ? traces.firstRow(trace) : row; at !== -1; at = spans.next(at)) index.add(at, spans.identity);
  }

  private isIndexed(trace: number): boolean {
    return this.traces.spanCount(trace) > mostLookedThrough;
  }
}
