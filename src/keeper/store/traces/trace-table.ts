// One row per trace: its id, its chain of spans, its bounds in time and its root. Kept up to date span by span, so that
// a trace still arriving is answered as far as it is known.
import type { TraceColumns } from '../../../traceql/source.ts';
import { float64, int32, uint8, uint32 } from './column.ts';
import type { SpanBatch } from './span-batch.ts';
import { nanosOf, secondsOf } from './split-time.ts';

const nanosPerSecond = 1_000_000_000n;
const idWords = 4;
const wordDigits = 8;

export class TraceTable {
  /** A hash table of numbers + 1; 0 is empty. Twice as many places as traces at least. */
  private slots = new Int32Array(128);
  /** The one asked for last; -1: none yet. */
  private latest = -1;
  /** Four words of each id, most significant first. */
  private readonly ids = uint32();
  private readonly columns = {
    firstRow: int32(),
    lastRow: int32(),
    startSec: float64(),
    startNano: uint32(),
    endSec: float64(),
    endNano: uint32(),
    rootRow: int32(),
    spanCount: uint32(),
    /** 1: the nested sets of this trace are out of date. */
    isTreeStale: uint8(),
  };

  get count(): number {
    return this.columns.firstRow.length;
  }

  get bytes(): number {
    const own = this.ids.bytes + this.slots.byteLength;
    return Object.values(this.columns).reduce((sum, column) => sum + column.bytes, own);
  }

  /** 32 hex digits. */
  id(trace: number): string {
    const { data } = this.ids;
    let text = '';
    for (let i = trace * idWords; i < (trace + 1) * idWords; i++)
      text += data[i]!.toString(16).padStart(wordDigits, '0'); // an id has four
    return text;
  }

  /** Copies the four words of an id. */
  copyId(trace: number, words: Uint32Array, at: number): void {
    words.set(this.ids.data.subarray(trace * idWords, (trace + 1) * idWords), at);
  }

  find(traceId: string): number | undefined {
    const words = Uint32Array.from({ length: idWords }, (_, i) =>
      Number.parseInt(traceId.slice(i * wordDigits, (i + 1) * wordDigits), 16),
    );
    const known = this.slots[this.slotOf(words, 0)]! - 1; // the mask keeps the slot inside
    return known === -1 ? undefined : known;
  }

  /** The number of the trace whose id begins at `words[at]`. */
  intern(words: Uint32Array, at: number): number {
    if (this.latest !== -1 && this.hasId(this.latest, words, at)) return this.latest; // spans of a trace come together
    const slot = this.slotOf(words, at);
    const known = this.slots[slot]! - 1; // as above
    this.latest = known === -1 ? this.add(slot, words, at) : known;
    return this.latest;
  }

  private add(slot: number, words: Uint32Array, at: number): number {
    const trace = this.count;
    const c = this.columns;
    c.firstRow.push(-1);
    c.lastRow.push(-1);
    c.rootRow.push(-1);
    c.isTreeStale.push(1);
    for (const column of [c.startSec, c.startNano, c.endSec, c.endNano, c.spanCount]) column.push(0);
    for (let word = 0; word < idWords; word++) this.ids.push(words[at + word]!); // an id has four
    this.slots[slot] = trace + 1;
    if (this.count * 2 > this.slots.length) this.grow();
    return trace;
  }

  /** Takes a span of a batch that was stored at `row`; says the trace's row before it, -1 for the first. */
  addSpan(trace: number, row: number, batch: SpanBatch, span: number): number {
    const c = this.columns;
    const previous = c.lastRow.data[trace]!; // the trace was interned
    if (previous === -1) c.firstRow.data[trace] = row;
    c.lastRow.data[trace] = row;
    c.isTreeStale.data[trace] = 1;
    c.spanCount.data[trace]!++; // the trace was interned
    // Spans of a batch are in all of its columns.
    const startSec = secondsOf(batch.startHigh[span]!, batch.startLow[span]!);
    const startNano = nanosOf(batch.startLow[span]!, startSec);
    const first = c.startSec.data[trace]!;
    if (previous === -1 || startSec < first || (startSec === first && startNano < c.startNano.data[trace]!)) {
      c.startSec.data[trace] = startSec;
      c.startNano.data[trace] = startNano;
    }
    const endSec = secondsOf(batch.endHigh[span]!, batch.endLow[span]!);
    const endNano = nanosOf(batch.endLow[span]!, endSec);
    const last = c.endSec.data[trace]!;
    if (previous === -1 || endSec > last || (endSec === last && endNano > c.endNano.data[trace]!)) {
      c.endSec.data[trace] = endSec;
      c.endNano.data[trace] = endNano;
    }
    if (batch.hasParent[span] === 0 && !this.isChildByLink(trace, batch, span)) c.rootRow.data[trace] = row;
    return previous;
  }

  /** How many spans of a trace there are. */
  spanCount(trace: number): number {
    return this.columns.spanCount.data[trace]!; // the trace was interned
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

  /** When the trace ended, milliseconds since 1970. */
  endMs(trace: number): number {
    return this.columns.endSec.data[trace]! * 1_000 + this.columns.endNano.data[trace]! / 1e6; // traces are below count
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
    const { firstRow, startSec, startNano, endSec, endNano, rootRow, spanCount } = this.columns;
    return {
      count: this.count,
      firstRow: firstRow.data,
      startSec: startSec.data,
      startNano: startNano.data,
      endSec: endSec.data,
      endNano: endNano.data,
      rootRow: rootRow.data,
      spanCount: spanCount.data,
    };
  }

  // OpenTracing bridges say "child of" by a link within the trace instead of a parent id.
  private isChildByLink(trace: number, batch: SpanBatch, span: number): boolean {
    const links = batch.extrasOf(span)?.links ?? [];
    return (
      links.length > 0 &&
      links.some(
        (link) =>
          link.attributes.some(
            (a) => a.key === 'opentracing.ref_type' && a.value.kind === 'string' && a.value.value === 'child_of',
          ) && link.traceId === this.id(trace),
      )
    );
  }

  /** Where the id is, or where it would be put. */
  private slotOf(words: Uint32Array, at: number): number {
    const mask = this.slots.length - 1;
    for (let slot = hashId(words, at) & mask; ; slot = (slot + 1) & mask) {
      const trace = this.slots[slot]! - 1; // the mask keeps the slot inside
      if (trace === -1) return slot;
      if (this.hasId(trace, words, at)) return slot;
    }
  }

  private hasId(trace: number, words: Uint32Array, at: number): boolean {
    const { data } = this.ids;
    const id = trace * idWords;
    return (
      data[id + 3] === words[at + 3] &&
      data[id + 2] === words[at + 2] &&
      data[id + 1] === words[at + 1] &&
      data[id] === words[at]
    );
  }

  private grow(): void {
    this.slots = new Int32Array(this.slots.length * 2);
    for (let trace = 0; trace < this.count; trace++)
      this.slots[this.slotOf(this.ids.data, trace * idWords)] = trace + 1;
  }
}

// Murmur3's finisher: ids of some tracers differ in few bits only.
function hashId(words: Uint32Array, at: number): number {
  // An id has four words.
  let h =
    Math.imul(words[at]!, 0x9e3779b1) ^
    Math.imul(words[at + 1]!, 0x85ebca6b) ^
    Math.imul(words[at + 2]!, 0xc2b2ae35) ^
    Math.imul(words[at + 3]!, 0x27d4eb2f);
  h ^= h >>> 16;
  h = Math.imul(h, 0x85ebca6b);
  h ^= h >>> 13;
  h = Math.imul(h, 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 1;
}
