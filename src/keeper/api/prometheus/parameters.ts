// Parameters of the Prometheus API, read and refused as Prometheus does.
import { QueryError } from '../../../errors/query-error.ts';
import { parseDuration } from '../../../promql/duration.ts';
import type { Matcher } from '../../../promql/matcher.ts';
import { parseSelector } from '../../../promql/parser.ts';
import type { TimeRange } from '../../../promql/source.ts';
import { parseGoAtoi, parseGoFloat } from '../../../std/go-strconv.ts';
import { describeFailure } from '../../http/error-shape.ts';

/** Answers 400 with `text` as it stands. */
export function refuseParameter(text: string): never {
  throw new QueryError({
    language: 'promql',
    kind: 'invalid',
    message: text,
    serverText: text,
    httpStatus: 400,
    errorType: 'bad_data',
  });
}

/** Runs `read`; what it refuses is reported as `invalid parameter "name": …`. */
export function reading<T>(name: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const failure = describeFailure(error);
    if (failure?.status !== 400) throw error;
    return refuseParameter(`invalid parameter ${JSON.stringify(name)}: ${failure.message}`);
  }
}

/** A time as seconds since 1970 or RFC 3339, in milliseconds. */
export function parseTime(text: string): number {
  const seconds = parseGoFloat(text);
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return Math.round(seconds * 1000);
  const isRfc3339 = /^\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/.test(text);
  const parsed = isRfc3339 ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(parsed)) return parsed;
  return boundaryTimes[text] ?? refuseParameter(`cannot parse ${JSON.stringify(text)} to a valid timestamp`);
}

// Go's earliest and latest times, which some clients send for "no limit".
const boundaryTimes: Readonly<Record<string, number>> = {
  '-292273086-05-16T16:47:06Z': Number.NEGATIVE_INFINITY,
  '292277025-08-18T07:12:54.999999999Z': Number.POSITIVE_INFINITY,
};

/** A time that may be left out. */
export function parseOptionalTime(query: URLSearchParams, name: string, fallback: number): number {
  const text = query.get(name) ?? '';
  if (text === '') return fallback;
  return reading(name, () => {
    try {
      return parseTime(text);
    } catch {
      return refuseParameter(
        `invalid time value for '${name}': cannot parse ${JSON.stringify(text)} to a valid timestamp`,
      );
    }
  });
}

/** `start` and `end`; everything if they are left out. */
export function parseTimeRange(query: URLSearchParams): TimeRange {
  return {
    startMs: parseOptionalTime(query, 'start', Number.NEGATIVE_INFINITY),
    endMs: parseOptionalTime(query, 'end', Number.POSITIVE_INFINITY),
  };
}

/** A duration as seconds or `1m30s`, in milliseconds. */
export function parseDurationParameter(text: string): number {
  const quoted = JSON.stringify(text);
  const seconds = parseGoFloat(text);
  if (typeof seconds === 'number') {
    if (!(Math.abs(seconds) < 2 ** 63 / 1e9)) {
      refuseParameter(`cannot parse ${quoted} to a valid duration. It overflows int64`);
    }
    return seconds * 1000;
  }
  const durationMs = parseDuration(text);
  return typeof durationMs === 'number' ? durationMs : refuseParameter(`cannot parse ${quoted} to a valid duration`);
}

/** `limit`; 0 means none. */
export function parseLimit(query: URLSearchParams): number {
  const text = query.get('limit') ?? '';
  if (text === '') return 0;
  return reading('limit', () => {
    const limit = parseGoAtoi(text);
    if (typeof limit === 'string') return refuseParameter(`strconv.Atoi: parsing ${JSON.stringify(text)}: ${limit}`);
    return limit < 0 ? refuseParameter('limit must be non-negative') : limit;
  });
}

/** The selectors of `match[]`; each must exclude something. */
export function parseMatchers(query: URLSearchParams): (readonly Matcher[])[] {
  const sets = query.getAll('match[]').map((text) => parseSelector(text).matchers);
  if (sets.some((matchers) => matchers.every((matcher) => matcher.matches('')))) {
    refuseParameter('match[] must contain at least one non-empty matcher');
  }
  return sets;
}

/** Cuts a list to the limit, with Prometheus's note. */
export function applyLimit<T>(list: readonly T[], limit: number): { items: readonly T[]; warnings: string[] } {
  if (limit === 0 || list.length <= limit) return { items: list, warnings: [] };
  return { items: list.slice(0, limit), warnings: ['results truncated due to limit'] };
}
