// Duration literals of TraceQL: Prometheus's form (1d12h) or Go's (1.5s, 300us).
import { parseGoDuration, parsePrometheusDuration, tryDuration } from '../std/go-duration.ts';

/** Nanoseconds of a duration literal; undefined if it is none or does not fit 64 bits. */
export function parseTraceqlDuration(text: string): number | undefined {
  return tryDuration(parsePrometheusDuration, text) ?? tryDuration(parseGoDuration, text);
}
