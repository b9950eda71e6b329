// Parameters of Tempo's API, with Go's words for what cannot be read.
import { DurationError, parseGoDuration, parsePrometheusDuration, tryDuration } from '../../../std/go-duration.ts';
import { HttpRefusal } from '../../http/refusal.ts';

const badRequest = 400;
const maxUint32 = 2 ** 32 - 1;
const nanosPerSecond = 1_000_000_000n;
// Longer numbers are nanoseconds.
const secondDigits = 10;

/** A 400 with this text. */
export function refuse(message: string): HttpRefusal {
  return new HttpRefusal(badRequest, message);
}

/** A parameter; an empty one counts as not given. */
export function readText(query: URLSearchParams, name: string): string | undefined {
  return query.get(name) || undefined;
}

/** A whole number of 32 bits. @throws HttpRefusal `invalid name: strconv.ParseUint: …` */
export function readUint32(query: URLSearchParams, name: string): number | undefined {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  const problem = /^\d+$/.test(text) ? (Number(text) > maxUint32 ? 'value out of range' : undefined) : 'invalid syntax';
  if (problem) throw refuse(`invalid ${name}: strconv.ParseUint: parsing ${JSON.stringify(text)}: ${problem}`);
  return Number(text);
}

/** A signed whole number of 64 bits. @throws HttpRefusal */
export function readInt64(query: URLSearchParams, name: string): bigint | undefined {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text))
    throw refuse(`invalid ${name}: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`);
  return BigInt(text);
}

/** A Go duration in milliseconds, rounded down. @throws HttpRefusal with Go's text */
export function readDurationMs(query: URLSearchParams, name: string): number | undefined {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  try {
    return Math.trunc(parseGoDuration(text) / 1e6);
  } catch (error) {
    if (error instanceof DurationError) throw refuse(`invalid ${name}: ${error.message}`);
    throw error;
  }
}

export interface Bounds {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

const defaultSinceNs = 3_600_000_000_000n;

/** `start`, `end` and `since` of metrics queries; by default the last hour. @throws HttpRefusal */
export function readBounds(query: URLSearchParams, nowMs: number): Bounds {
  const nowNs = BigInt(Math.round(nowMs)) * 1_000_000n;
  const since = readText(query, 'since');
  const sinceNs = since === undefined ? defaultSinceNs : readSince(since);
  const endNs = readTime(query, 'end') ?? nowNs;
  const base = endNs > nowNs ? nowNs : endNs;
  return { startNs: readTime(query, 'start') ?? base - sinceNs, endNs };
}

function readSince(text: string): bigint {
  const nanos = tryDuration(parsePrometheusDuration, text);
  if (nanos === undefined)
    throw refuseRpc(`could not parse 'since' parameter: not a valid duration string: ${JSON.stringify(text)}`);
  return BigInt(nanos);
}

// Seconds (with a fraction or not), nanoseconds, or RFC 3339.
function readTime(query: URLSearchParams, name: string): bigint | undefined {
  const text = readText(query, name);
  if (text === undefined) return undefined;
  if (/^[+-]?\d*\.\d+$/.test(text)) {
    const ms = Math.round(Number(text) * 1000);
    return BigInt(ms) * 1_000_000n;
  }
  if (/^[+-]?\d+$/.test(text)) return text.length <= secondDigits ? BigInt(text) * nanosPerSecond : BigInt(text);
  const ms = Date.parse(text);
  if (Number.isNaN(ms) || !text.includes('T'))
    throw refuseRpc(
      `could not parse '${name}' parameter: strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  return BigInt(ms) * 1_000_000n;
}

/** Seconds or a Go duration, in nanoseconds. @throws HttpRefusal */
export function readStepNs(query: URLSearchParams): bigint | undefined {
  const text = readText(query, 'step');
  if (text === undefined) return undefined;
  if (/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return BigInt(Math.trunc(Number(text) * 1e9));
  const nanos = tryDuration(parseGoDuration, text);
  if (nanos === undefined) throw refuseRpc(`cannot parse ${JSON.stringify(text)} to a valid duration`);
  return BigInt(Math.trunc(nanos));
}

// These errors come wrapped from an inner call.
function refuseRpc(message: string): HttpRefusal {
  return refuse(`rpc error: code = Code(400) desc = ${message}`);
}
