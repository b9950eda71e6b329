// Which stretch of time a query is about: `--since 15m`, or `--from` and `--to`.
import { z } from 'zod';
import { ObsError } from '../../errors/obs-error.ts';
import { parseDurationMs } from '../../std/quantity.ts';

export interface QueryWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** What a query looks back on if nothing is said; long enough for a working session. */
export const defaultSince = '1h';

/** Input fields of every tool that asks for a window. */
export const windowFields = {
  since: z.string().optional().describe(`look back this far, such as 15m or 2h; default ${defaultSince}`),
  from: z.string().optional().describe('start: RFC 3339, seconds or milliseconds since 1970, or an age such as 2h'),
  to: z.string().optional().describe('end, written like --from; default now'),
};

/** Reads the window fields. @throws ObsError OBS_BAD_TIME, OBS_EMPTY_WINDOW */
export function readWindow(
  input: { readonly since?: string; readonly from?: string; readonly to?: string },
  nowMs: number,
): QueryWindow {
  const endMs = input.to === undefined ? nowMs : readTime('--to', input.to, nowMs);
  const startMs =
    input.from === undefined
      ? endMs - readAge('--since', input.since ?? defaultSince)
      : readTime('--from', input.from, nowMs);
  if (endMs <= startMs) throw new ObsError('OBS_EMPTY_WINDOW', describeWindow({ startMs, endMs }));
  return { startMs, endMs };
}

/** A length of time such as `15m`, in milliseconds. @throws ObsError OBS_BAD_TIME */
export function readAge(field: string, text: string): number {
  const ms = parseDurationMs(text.trim());
  if (ms === undefined || ms <= 0) throw new ObsError('OBS_BAD_TIME', { field, given: text });
  return ms;
}

// Seconds stay below this until the year 5138; milliseconds passed it in 1973.
const largestSeconds = 1e11;

function readTime(field: string, text: string, nowMs: number): number {
  const trimmed = text.trim();
  const ageMs = parseDurationMs(trimmed);
  if (ageMs !== undefined) return nowMs - ageMs;
  if (trimmed === 'now') return nowMs;
  if (/^\d+(?:\.\d+)?$/.test(trimmed)) {
    const number = Number(trimmed);
    return number < largestSeconds ? number * 1000 : number;
  }
  const ms = /^\d{4}-\d\d-\d\d/.test(trimmed) ? Date.parse(trimmed) : Number.NaN;
  if (Number.isNaN(ms)) throw new ObsError('OBS_BAD_TIME', { field, given: text });
  return ms;
}

/** Both ends as RFC 3339. */
export function describeWindow(window: QueryWindow): { from: string; to: string } {
  return { from: formatTime(window.startMs), to: formatTime(window.endMs) };
}

/** RFC 3339 in UTC with milliseconds; times that no calendar holds as a number. */
export function formatTime(ms: number): string {
  return Math.abs(ms) <= 8.64e15 ? new Date(ms).toISOString() : String(ms);
}
