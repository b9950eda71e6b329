// The points in time of a metrics query. Intervals are open on the left and closed on the right, and named by their end.

const nanosPerSecond = 1_000_000_000n;
const nanosPerMs = 1_000_000n;

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
    const offset = (sec - this.startSec) * Number(nanosPerSecond) + (nano - this.startNano);
    if (offset <= 0 || offset > this.lengthNs) return -1;
    return Math.ceil(offset / this.stepNs) - 1;
  }

  /** Milliseconds since 1970 that name the interval. */
  timestampMs(interval: number): number {
    const { startNs, endNs, stepNs, isInstant } = this.window;
    return Number((isInstant ? endNs : startNs + BigInt(interval + 1) * stepNs) / nanosPerMs);
  }
}
