// The points in time of a metrics query. Intervals are open on the left and closed on the right, and named by their end.
import { type Block, listMarked, placeInTime, type Scale } from '../loops.ts';
import { blockRows, type SpanColumns } from '../source.ts';
import { SpanBatch } from '../span-batch.ts';

const nanosPerSecond = 1_000_000_000n;
const nanosPerSecondNumber = 1e9;
const nanosPerMs = 1_000_000n;
/** Places in longer windows are found by division, which is exact. */
const longestByProduct = 2 ** 50;

type Starts = Pick<SpanColumns, 'startSec' | 'startNano' | 'startSecExtremes'>;

export interface MetricsWindow {
  /** Nanoseconds since 1970; spans count that started after `startNs`, up to and with `endNs`. */
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly stepNs: bigint;
  /** One interval, the whole window. */
  readonly isInstant: boolean;
}

/** The window moved outwards to multiples of the step, with one interval more in front, as Tempo answers it. */
export function alignWindow(window: MetricsWindow): MetricsWindow {
  const { startNs, endNs, stepNs, isInstant } = window;
  if (isInstant || stepNs === 0n) return window;
  const start = startNs - (startNs % stepNs);
  const over = endNs % stepNs;
  return {
    ...window,
    startNs: start > stepNs ? start - stepNs : start,
    endNs: over === 0n ? endNs : endNs + stepNs - over,
  };
}

export class Intervals {
  readonly count: number;
  readonly stepSeconds: number;
  private readonly window: MetricsWindow;
  readonly scale: Scale;
  readonly stepNs: number;
  private readonly lengthNs: number;

  constructor(window: MetricsWindow) {
    this.window = window;
    this.lengthNs = Number(window.endNs - window.startNs);
    this.stepNs = window.isInstant ? this.lengthNs : Number(window.stepNs);
    this.scale = {
      fromSec: Number(window.startNs / nanosPerSecond),
      fromNano: Number(window.startNs % nanosPerSecond),
      perNs: 1 / this.stepNs,
    };
    this.stepSeconds = this.stepNs / Number(nanosPerSecond);
    this.count = window.isInstant ? 1 : Number((window.endNs - window.startNs) / window.stepNs);
  }

  /** The interval of a time; -1 if it is outside. */
  find(sec: number, nano: number): number {
    const offset = this.offsetNs(sec, nano);
    if (offset <= 0 || offset > this.lengthNs) return -1;
    return Math.ceil(offset / this.stepNs) - 1;
  }

  /** Did all spans of the block that begins at a row start before or after the window? */
  isBeyond({ startSecExtremes: { least, greatest } }: Starts, row: number): boolean {
    const block = Math.floor(row / blockRows);
    // There are extremes for every block; spans start within the second after them.
    return this.offsetNs(greatest[block]! + 1, 0) <= 0 || this.offsetNs(least[block]!, 0) > this.lengthNs;
  }

  /** A batch to be filled again and again. */
  makeBatch(starts: Starts): SpanBatch {
    return new SpanBatch((batch) => placeInTime(starts, batch, this.scale, batch.intervals));
  }

  /** Makes the marked rows of a block that started within the window the batch. */
  takeBlock(starts: Starts, block: Block, batch: SpanBatch): void {
    if (this.holdsBlock(starts, block.from)) batch.block = block;
    else this.keepWithin(starts, listMarked(block, batch.rows), batch);
  }

  /** Finds the interval of each of the first `found` rows of a batch; those outside are left out. */
  keepWithin({ startSec, startNano }: Starts, found: number, batch: SpanBatch): void {
    const { rows, intervals } = batch;
    const { lengthNs, stepNs } = this;
    let kept = 0;
    for (let i = 0; i < found; i++) {
      const row = rows[i]!; // rows are of the columns, and fill the list up to `found`
      const offset = this.offsetNs(startSec[row]!, startNano[row]!);
      if (offset <= 0 || offset > lengthNs) continue;
      rows[kept] = row;
      intervals[kept++] = Math.ceil(offset / stepNs) - 1;
    }
    batch.count = kept;
  }

  // Did all spans of the block start within the window?
  private holdsBlock({ startSecExtremes: { least, greatest } }: Starts, row: number): boolean {
    const block = Math.floor(row / blockRows);
    const { lengthNs } = this;
    // As above.
    return (
      lengthNs < longestByProduct &&
      this.offsetNs(least[block]!, 0) > 0 &&
      this.offsetNs(greatest[block]! + 1, 0) <= lengthNs
    );
  }

  private offsetNs(sec: number, nano: number): number {
    const { fromSec, fromNano } = this.scale;
    return (sec - fromSec) * nanosPerSecondNumber + (nano - fromNano);
  }

  /** Milliseconds since 1970 that name the interval. */
  timestampMs(interval: number): number {
    const { startNs, endNs, stepNs, isInstant } = this.window;
    return Number((isInstant ? endNs : startNs + BigInt(interval + 1) * stepNs) / nanosPerMs);
  }
}
