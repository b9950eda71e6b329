// The spans of both sides of compare(): the slot of each row says its side and its interval.
import type { CompareRoom } from './compare-room.ts';
import { wordBytes } from './kernels/room.ts';
import { type Block, half, type Scale } from './loops.ts';
import { blockRows, type SpanColumns } from './source.ts';
import type { SpanBatch } from './span-batch.ts';

const timeBytes = 8;
const nanosPerSecond = 1e9;
/** Slots are there for so many rows or a multiple of that; those behind the last row are of none. */
export const rowsAtOnce = 4;

/** The sides of compare(), by which numbers stand in lists of two. */
export const sides = { baseline: 0, selection: 1 } as const;
export const bothSides = Object.values(sides);
export type Side = (typeof sides)[keyof typeof sides];
export type BySide<T> = [baseline: T, selection: T];

/** Rows in the room. */
export interface Rows {
  /** Where the list begins and ends. */
  readonly place: number;
  readonly end: number;
  readonly count: number;
}

/**
 * Slots are the intervals of the baseline, from 0 on, then those of the selection; the last one holds what is not counted. Cells
 * and sums of compare() have a word for each.
 */
export class Slots {
  readonly room: CompareRoom;
  /** Where they begin, one for each row. */
  readonly place: number;
  /** The number of rows. */
  readonly rows: number;
  /** The number of intervals. */
  readonly intervals: number;
  /** Spans of each side. */
  readonly totals: BySide<number> = [0, 0];

  /** Nothing counts yet. */
  constructor(room: CompareRoom, rows: number, intervals: number) {
    this.room = room;
    this.rows = rows;
    this.intervals = intervals;
    const written = Math.ceil(rows / rowsAtOnce) * rowsAtOnce;
    this.place = room.take(written * wordBytes);
    room.words(this.place, written).fill(this.none);
  }

  /** Where they end. */
  get end(): number {
    return this.place + this.rows * wordBytes;
  }

  /** The slot of what is not counted. */
  get none(): number {
    return 2 * this.intervals;
  }

  /** The number of slots. */
  get count(): number {
    return this.none + 1;
  }

  /** The side of a span that counts. */
  sideOf(row: number): Side {
    return this.room.wordAt(this.place, row) < this.intervals ? sides.baseline : sides.selection;
  }

  /** Calls back for each span that counts. */
  forEach(visit: (row: number, side: Side, slot: number) => void): void {
    const { none, intervals } = this;
    const slots = this.room.words(this.place, this.rows).slice(); // who is called may take room
    for (let row = 0; row < slots.length; row++) {
      const slot = slots[row]!; // below the length
      if (slot !== none) visit(row, slot < intervals ? sides.baseline : sides.selection, slot);
    }
  }

  /** The rows that count, or all but those of the baseline. */
  list(which: 'counted' | 'not baseline'): Rows {
    const { room, none, intervals, rows } = this;
    const place = room.take((rows + rowsAtOnce) * wordBytes);
    const range = which === 'counted' ? [0, none] : [intervals, -intervals]; // from the first one on; up to the largest number
    let end = room.kernels.listRows(this.place, this.end, ...range, place);
    while (end > place && room.wordAt(end - wordBytes) >= rows) end -= wordBytes; // listed two by two
    return { place, end, count: (end - place) / wordBytes };
  }

  /** Places the spans of a batch; `selected` is by place in the batch, 1 or 0. No span comes twice: sets of an answer share none. */
  divide({ rows, intervals, count }: SpanBatch, selected: Uint8Array): void {
    const slots = this.room.words(this.place, this.rows);
    // Batches hold as many as they say.
    for (let i = 0; i < count; i++) slots[rows[i]!] = intervals[i]! + selected[i]! * this.intervals;
    const ones = selected.subarray(0, count).reduce((sum, one) => sum + one, 0);
    this.totals[sides.baseline] += count - ones;
    this.totals[sides.selection] += ones;
  }
}

/** Divides blocks whose spans are all within the window. */
export class BlockDivider {
  private readonly slots: Slots;
  private readonly columns: Pick<SpanColumns, 'startSec' | 'startNano'>;
  private readonly scale: Scale;
  /** Where the marks of a block stand. */
  private readonly marks: number;
  private readonly selected: number;

  constructor(slots: Slots, columns: Pick<SpanColumns, 'startSec' | 'startNano'>, scale: Scale) {
    this.slots = slots;
    this.columns = columns;
    this.scale = scale;
    this.marks = slots.room.take(blockRows);
    this.selected = slots.room.take(blockRows);
  }

  /** Places the marked rows of a block; `selected` is by row, 1 or 0. */
  divide({ from, to, marks }: Block, selected: Uint8Array): void {
    const { slots, scale, columns } = this;
    const { room, totals } = slots;
    const size = to - from;
    const listed = room.bytes(this.marks, blockRows);
    listed.fill(0, size, size + rowsAtOnce); // of an earlier block
    listed.set(marks.subarray(from, to));
    room.bytes(this.selected, size).set(selected.subarray(from, to));
    // Times count from the first row of the block.
    const base =
      (columns.startSec[from]! - scale.fromSec) * nanosPerSecond + (columns.startNano[from]! - scale.fromNano);
    const times = room.columns.at.times + from * timeBytes;
    const [baseline, selection] = room.kernels.divide(
      ...[times, times + size * timeBytes, base - half, this.marks, this.selected],
      ...[scale.perNs, slots.intervals, slots.place + from * wordBytes],
    );
    totals[sides.baseline] += baseline;
    totals[sides.selection] += selection;
  }
}
