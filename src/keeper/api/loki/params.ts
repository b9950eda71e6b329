// Parameters of Loki's API: times as nanoseconds, seconds, floats or RFC 3339; durations as seconds or 5m; limits. The
// texts of refusals are Loki's.

import type { Bounds as Limits } from '../../../model/limits.ts';
import { DurationError, parsePrometheusDuration } from '../../../std/go-duration.ts';
import { HttpRefusal, refuseBeyond } from '../../http/refusal.ts';

const defaultSinceNs = 3_600_000_000_000n;
const defaultLimit = 100;

export interface Bounds {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** `start`, `end` and `since`. Default: the last hour. @throws HttpRefusal */
export function readBounds(query: URLSearchParams, nowMs: number): Bounds {
  const nowNs = BigInt(nowMs) * 1_000_000n;
  const endNs = readNamedTime(query, 'end', nowNs);
  const since = query.get('since') ?? '';
  let sinceNs = defaultSinceNs;
  if (since !== '') {
    try {
      sinceNs = BigInt(parsePrometheusDuration(since));
    } catch (error) {
      if (error instanceof DurationError) throw refuse(`could not parse 'since' parameter: ${error.message}`);
      throw error;
    }
  }
  const reference = endNs > nowNs ? nowNs : endNs;
  return { startNs: readNamedTime(query, 'start', reference - sinceNs), endNs };
}

function readNamedTime(query: URLSearchParams, name: 'start' | 'end', otherwise: bigint): bigint {
  try {
    return readTime(query.get(name) ?? '', otherwise);
  } catch (error) {
    if (error instanceof HttpRefusal) throw refuse(`could not parse '${name}' parameter: ${error.message}`);
    throw error;
  }
}

/** One time; '' means `otherwise`. @throws HttpRefusal */
export function readTime(text: string, otherwise: bigint): bigint {
  if (text === '') return otherwise;
  if (/^-?[0-9]*\.[0-9]*(?:e[+-]?[0-9]+)?$/i.test(text) && Number.isFinite(Number(text))) {
    const [whole = '0', fraction = ''] = Number(text).toFixed(3).split('.');
    return BigInt(whole) * 1_000_000_000n + BigInt(fraction.padEnd(9, '0')) * (text.startsWith('-') ? -1n : 1n);
  }
  if (/^[+-]?[0-9]+$/.test(text)) {
    const value = BigInt(text);
    return text.length <= 10 ? value * 1_000_000_000n : value;
  }
  const found = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/.exec(text);
  const epochMs = found ? Date.parse(text.replace(found[1] ?? '', '')) : Number.NaN;
  if (found && !Number.isNaN(epochMs)) {
    return BigInt(epochMs) * 1_000_000n + BigInt((found[1] ?? '.0').slice(1).padEnd(9, '0').slice(0, 9));
  }
  throw refuse(`strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
}

/** Seconds as a number, or a duration; nanoseconds. @throws HttpRefusal */
export function readDuration(text: string): bigint {
  if (/^[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[+-]?[0-9]+)?$/i.test(text)) {
    return BigInt(Math.round(Number(text) * 1000)) * 1_000_000n;
  }
  try {
    return BigInt(parsePrometheusDuration(text));
  } catch (error) {
    if (error instanceof DurationError) throw refuse(`cannot parse ${JSON.stringify(text)} to a valid duration`);
    throw error;
  }
}

/** `step`; default a 250th of the range in whole seconds. @throws HttpRefusal */
export function readStep(query: URLSearchParams, { startNs, endNs }: Bounds, limits: Limits): bigint {
  const text = query.get('step') ?? '';
  const wholeSeconds = (endNs - startNs) / 250_000_000_000n;
  const stepNs = text === '' ? (wholeSeconds > 1n ? wholeSeconds : 1n) * 1_000_000_000n : readDuration(text);
  if (stepNs <= 0n) {
    throw refuse('zero or negative query resolution step widths are not accepted. Try a positive integer');
  }
  // At ten points a second for hours an answer would never end.
  if ((endNs - startNs) / stepNs > BigInt(limits.querySteps)) {
    const points = limits.querySteps.toLocaleString('en-US');
    throw refuseBeyond(
      400,
      { limit: 'querySteps', bounds: limits },
      `exceeded maximum resolution of ${points} points per time series. Try increasing the value of the step parameter`,
    );
  }
  return stepNs;
}

/** `interval`: entries of a stream at least so far apart; 0: all. @throws HttpRefusal */
export function readInterval(query: URLSearchParams): bigint {
  const text = query.get('interval') ?? '';
  if (text === '') return 0n;
  const intervalNs = readDuration(text);
  if (intervalNs < 0n) throw refuse('interval must be >= 0');
  return intervalNs;
}

/** @throws HttpRefusal */
export function readLimit(query: URLSearchParams, name = 'limit', otherwise = defaultLimit): number {
  const text = query.get(name) ?? '';
  if (text === '') return otherwise;
  if (!/^[+-]?[0-9]+$/.test(text)) throw refuse(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
  const limit = Number(text);
  if (limit <= 0) throw refuse('limit must be a positive value');
  return limit;
}

/** @throws HttpRefusal */
export function readDirection(query: URLSearchParams): 'forward' | 'backward' {
  const text = query.get('direction') ?? '';
  const direction = text === '' ? 'backward' : text.toLowerCase();
  if (direction === 'forward' || direction === 'backward') return direction;
  throw refuse(`invalid direction '${text}'`);
}

/** @throws HttpRefusal when the end is before the start. */
export function requireOrder({ startNs, endNs }: Bounds): void {
  if (endNs < startNs) throw refuse('end timestamp must not be before or equal to start time');
}

/** Entries a query may ask for. @throws HttpRefusal */
export function failIfTooManyRows(limit: number, bounds: Limits): void {
  if (limit <= bounds.queryRows) return;
  const numbers = `(${limit} > ${bounds.queryRows})`;
  const text = `max entries limit per query exceeded, limit > max_entries_limit_per_query ${numbers}`;
  throw refuseBeyond(400, { limit: 'queryRows', bounds }, text);
}

export function refuse(message: string): HttpRefusal {
  return new HttpRefusal(400, message);
}
