// One row per trace: its id, its chain of spans, its bounds in time and its root. Kept up to date span by span, so that
// a trace still arriving is answered as far as it is known.
import type { TraceColumns } from '../../../traceql/source.ts';
import type { Span } from '../../../wire/otlp/types.ts';
import { float64, int32, uint8, uint32 } from './column.ts';

const nanosPerSecond = 1_000_000_000n;

export class TraceTable {
  private readonly numbers = new Map<string, number>();
  private readonly ids: string[] = [];
  private readonly columns = {
    firstRow: int32(),
    lastRow: int32(),
    startSec: float64(),
    startNano: uint32(),
    endSec: float64(),
    endNano: uint32(),
    rootRow: int32(),
    /** 1: the nested sets of this trace are out of date. */
    isTreeStale: uint8(),
  };

  get count(): number {
    return this.ids.length;
  }

  get bytes(): number {
    const idBytes = 140;
    return Object.values(this.columns).reduce((sum, column) => sum + column.bytes, this.ids.length * idBytes);
  }

  id(trace: number): string {
    return this.ids[trace]!; // numbers are given out by intern
  }

  find(traceId: string): number | undefined {
    return this.numbers.get(traceId);
  }

  intern(traceId: string): number {
    const known = this.numbers.get(traceId);
    if (known !== undefined) return known;
    const c = this.columns;
    c.firstRow.push(-1);
    c.lastRow.push(-1);
    c.rootRow.push(-1);
    c.isTreeStale.push(1);
    for (const column of [c.startSec, c.startNano, c.endSec, c.endNano]) column.push(0);
    this.numbers.set(traceId, this.ids.length);
    return this.ids.push(traceId) - 1;
  }

  /** Takes a span that was stored at `row`; says the trace's row before it, -1 for the first. */
  addSpan(trace: number, row: number, span: Span): number {
    const c = this.columns;
    const previous = c.lastRow.data[trace]!; // the trace was interned
    if (previous === -1) c.firstRow.data[trace] = row;
    c.lastRow.data[trace] = row;
    c.isTreeStale.data[trace] = 1;
    if (previous === -1 || span.startTimeUnixNano < this.startNs(trace)) this.setStart(trace, span.startTimeUnixNano);
    if (previous === -1 || span.endTimeUnixNano > this.endNs(trace)) this.setEnd(trace, span.endTimeUnixNano);
    if (span.parentSpanId === '' && !isChildByLink(span)) c.rootRow.data[trace] = row;
    return previous;
  }

  startNs(trace: number): bigint {
    return BigInt(this.columns.startSec.data[trace]!) * nanosPerSecond + BigInt(this.columns.startNano.data[trace]!);
  }

  endNs(trace: number): bigint {
    return BigInt(this.columns.endSec.data[trace]!) * nanosPerSecond + BigInt(this.columns.endNano.data[trace]!);
  }

  /** How many traces ended before a time. */
  countEndedBefore(ns: bigint): number {
    const { endSec, endNano } = this.columns;
    const sec = Number(ns / nanosPerSecond);
    const nano = Number(ns % nanosPerSecond);
    let count = 0;
    for (let trace = 0; trace < this.count; trace++) {
      const end = endSec.data[trace]!; // traces are below count
      if (end < sec || (end === sec && endNano.data[trace]! < nano)) count++;
    }
    return count;
  }

  /** All traces, those that ended first first. */
  listByEnd(): number[] {
    const { data: sec } = this.columns.endSec;
    const { data: nano } = this.columns.endNano;
    const all = Array.from({ length: this.count }, (_, trace) => trace);
    return all.sort((a, b) => sec[a]! - sec[b]! || nano[a]! - nano[b]!); // traces are below count
  }

  firstRow(trace: number): number {
    return this.columns.firstRow.data[trace]!;
  }

  /** Is the tree out of date? Asking marks it as fresh. */
  takeStaleTree(trace: number): boolean {
    const stale = this.columns.isTreeStale.data[trace] === 1;
    this.columns.isTreeStale.data[trace] = 0;
    return stale;
  }

  snapshot(): TraceColumns {
    const { firstRow, startSec, startNano, endSec, endNano, rootRow } = this.columns;
    return {
      count: this.count,
      firstRow: firstRow.data,
      startSec: startSec.data,
      startNano: startNano.data,
      endSec: endSec.data,
      endNano: endNano.data,
      rootRow: rootRow.data,
    };
  }

  private setStart(trace: number, ns: bigint): void {
    this.columns.startSec.data[trace] = Number(ns / nanosPerSecond);
    this.columns.startNano.data[trace] = Number(ns % nanosPerSecond);
  }

  private setEnd(trace: number, ns: bigint): void {
    this.columns.endSec.data[trace] = Number(ns / nanosPerSecond);
    this.columns.endNano.data[trace] = Number(ns % nanosPerSecond);
  }
}

// OpenTracing bridges say "child of" by a link within the trace instead of a parent id.
function isChildByLink(span: Span): boolean {
  return span.links.some(
    (link) =>
      link.traceId === span.traceId &&
      link.attributes.some(
        (a) => a.key === 'opentracing.ref_type' && a.value.kind === 'string' && a.value.value === 'child_of',
      ),
  );
}
