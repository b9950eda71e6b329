// The window of a search, and which traces are in it.
import type { TraceSource } from './source.ts';

export interface Window {
  /** Seconds since 1970 between which a trace has to be at some time; 0 and 0: no window. */
  readonly startSec: number;
  readonly endSec: number;
}

/** Does the trace overlap the window? */
export function touchesWindow({ traces }: TraceSource, trace: number, { startSec, endSec }: Window): boolean {
  if (startSec === 0 || endSec === 0) return true;
  // Traces are of the source.
  const startsInTime =
    traces.startSec[trace]! < endSec || (traces.startSec[trace] === endSec && traces.startNano[trace] === 0);
  return startsInTime && traces.endSec[trace]! >= startSec;
}
