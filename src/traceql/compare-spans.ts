// The spans of the two sides of compare(), kept as lists of rows and intervals: counting walks them several times.
import type { CompareRoom } from './compare-room.ts';
import { wordBytes } from './kernels/room.ts';
import type { Block, Scale } from './loops.ts';
import { blockRows, type SpanColumns } from './source.ts';
import type { SpanBatch } from './span-batch.ts';

const wordsPerSpan = 2;
const bytesPerSpan = wordsPerSpan * wordBytes;
const doubleBytes = 8;

export class SpanList {
  count = 0;
  readonly room: CompareRoom;
  /** Where the list begins. */
  place: number;
  private most: number;

  /** `most`: how many it will hold, unless spans are listed twice. */
  constructor(room: CompareRoom, most: number) {
    this.room = room;
    this.most = most + 1; // one more is written than is listed
    this.place = room.take(this.most * bytesPerSpan);
  }

  /** Where the list ends. */
  get end(): number {
    return this.place + this.count * bytesPerSpan;
  }

  /** Row and interval of each span, one after the other; valid until more room is taken. */
  get pairs(): Uint32Array {
    return this.room.words(this.place, this.count * wordsPerSpan);
  }

  /** Makes room for so many more. */
  reserve(more: number): void {
    if (this.count + more < this.most) return;
    const known = this.place;
    this.most = this.most * 2 + more;
    this.place = this.room.take(this.most * bytesPerSpan);
    this.pairs.set(this.room.words(known, this.count * wordsPerSpan));
  }

  listRows(): Uint32Array {
    const { pairs } = this;
    return Uint32Array.from({ length: this.count }, (_, i) => pairs[i * wordsPerSpan]!); // each has one
  }

  forEach(visit: (row: number, interval: number) => void): void {
    const pairs = this.pairs.slice();
    for (let i = 0; i < pairs.length; i += wordsPerSpan) visit(pairs[i]!, pairs[i + 1]!); // each has both
  }
}

export interface Sides {
  readonly selection: SpanList;
  readonly baseline: SpanList;
}

/** Adds the spans of a batch to one of two lists; `selected` is by place in the batch, 1 or 0. */
export function divide({ rows, intervals, count }: SpanBatch, selected: Uint8Array, sides: Sides): void {
  const { selection, baseline } = sides;
  selection.reserve(count);
  baseline.reserve(count);
  const { room } = selection;
  for (let i = 0; i < count; i++) {
    const side = selected[i] === 1 ? selection : baseline;
    const pair = room.words(side.end, wordsPerSpan);
    pair[0] = rows[i]!; // as many as the batch says
    pair[1] = intervals[i]!;
    side.count++;
  }
}

/** Divides blocks whose spans are all within the window. */
export class BlockDivider {
  private readonly room: CompareRoom;
  private readonly columns: Pick<SpanColumns, 'startSec' | 'startNano'>;
  private readonly scale: Scale;
  /** Where the columns of a block stand. */
  private readonly at: {
    readonly sec: number;
    readonly nano: number;
    readonly marks: number;
    readonly selected: number;
  };

  constructor(room: CompareRoom, columns: Pick<SpanColumns, 'startSec' | 'startNano'>, scale: Scale) {
    this.room = room;
    this.columns = columns;
    this.scale = scale;
    this.at = {
      sec: room.take(blockRows * doubleBytes),
      nano: room.take(blockRows * wordBytes),
      marks: room.take(blockRows),
      selected: room.take(blockRows),
    };
  }

  /** Adds the marked rows of a block to one of two lists; `selected` is by row, 1 or 0. */
  divide({ from, to, marks }: Block, selected: Uint8Array, { selection, baseline }: Sides): void {
    const { room, columns, at, scale } = this;
    const size = to - from;
    selection.reserve(size);
    baseline.reserve(size);
    room.doubles(at.sec, size).set(columns.startSec.subarray(from, to));
    room.words(at.nano, size).set(columns.startNano.subarray(from, to));
    room.bytes(at.marks, size).set(marks.subarray(from, to));
    room.bytes(at.selected, size).set(selected.subarray(from, to));
    const [ones, others] = room.kernels.divide(
      ...[from, to, at.sec, at.nano, at.marks, at.selected],
      ...[scale.fromSec, scale.fromNano, scale.perNs, selection.end, baseline.end],
    );
    selection.count += (ones - selection.end) / bytesPerSpan;
    baseline.count += (others - baseline.end) / bytesPerSpan;
  }
}
