// The points in time of a metrics query. Intervals are open on the left and closed on the right, and named by their end.
import { type Block, listMarked } from '../loops.ts';
import type { SpanColumns } from '../source.ts';

const nanosPerSecond = 1_000_000_000n;
const nanosPerSecondNumber = 1e9;
const nanosPerMs = 1_000_000n;
// Whole numbers less a half are nowhere near a multiple of the step, so below this the product is on the right side of it.
const half = 0.5;
const longestByProduct = 2 ** 50;

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
  private readonly startSec: number;
  private readonly startNano: number;
  private readonly stepNs: number;
  private readonly lengthNs: number;

  constructor(window: MetricsWindow) {
    this.window = window;
    this.startSec = Number(window.startNs / nanosPerSecond);
    this.startNano = Number(window.startNs % nanosPerSecond);
    this.lengthNs = Number(window.endNs - window.startNs);
    this.stepNs = window.isInstant ? this.lengthNs : Number(window.stepNs);
    this.stepSeconds = this.stepNs / Number(nanosPerSecond);
    this.count = window.isInstant ? 1 : Number((window.endNs - window.startNs) / window.stepNs);
  }

  /** The interval of a time; -1 if it is outside. */
  find(sec: number, nano: number): number {
    const offset = (sec - this.startSec) * nanosPerSecondNumber + (nano - this.startNano);
    if (offset <= 0 || offset > this.lengthNs) return -1;
    return Math.ceil(offset / this.stepNs) - 1;
  }

  /** Finds the interval of each of `found` rows; those outside are left out of the lists. Says how many stay. */
  keepWithin(
    { startSec, startNano }: Pick<SpanColumns, 'startSec' | 'startNano'>,
    found: number,
    { rows, intervals }: { readonly rows: Uint32Array; readonly intervals: Int32Array },
  ): number {
    const { startSec: fromSec, startNano: fromNano, lengthNs, stepNs } = this;
    let kept = 0;
    for (let i = 0; i < found; i++) {
      const row = rows[i]!; // rows are of the columns, and fill the list up to `found`
      const offset = (startSec[row]! - fromSec) * nanosPerSecondNumber + (startNano[row]! - fromNano);
      if (offset <= 0 || offset > lengthNs) continue;
      rows[kept] = row;
      intervals[kept++] = Math.ceil(offset / stepNs) - 1;
    }
    return kept;
  }

  /** Lists the marked rows of a block that started within the window, with their intervals. Says how many. */
  listWithin(
    { startSec, startNano }: Pick<SpanColumns, 'startSec' | 'startNano'>,
    { from, to, marks }: Block,
    { rows, intervals }: { readonly rows: Uint32Array; readonly intervals: Int32Array },
  ): number {
    const { startSec: fromSec, startNano: fromNano, lengthNs, stepNs } = this;
    if (lengthNs >= longestByProduct)
      return this.keepWithin({ startSec, startNano }, listMarked({ from, to, marks }, rows), { rows, intervals });
    const perNs = 1 / stepNs;
    let kept = 0;
    for (let row = from; row < to; row++) {
      if (marks[row] === 0) continue;
      const offset = (startSec[row]! - fromSec) * nanosPerSecondNumber + (startNano[row]! - fromNano); // rows are of the columns
      if (offset <= 0 || offset > lengthNs) continue;
      rows[kept] = row;
      intervals[kept++] = (offset - half) * perNs;
    }
    return kept;
  }

  /** Milliseconds since 1970 that name the interval. */
  timestampMs(interval: number): number {
    const { startNs, endNs, stepNs, isInstant } = this.window;
    return Number((isInstant ? endNs : startNs + BigInt(interval + 1) * stepNs) / nanosPerMs);
  }
}
