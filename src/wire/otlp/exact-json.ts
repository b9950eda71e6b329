// JSON.parse that does not round integers beyond 2^53: nanosecond times may come as bare numbers.
import { MalformedOtlp } from './malformed.ts';

// A cheap look whether there may be one at all; most senders write them as strings.
const longInteger = /[:[,]\s*-?\d{16,}/;
// Strings are matched so that digits inside them are left alone.
const stringOrNumber = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

/** Parses JSON; integers of 16 and more digits come out as decimal strings. @throws MalformedOtlp */
export function parseExactJson(text: string): unknown {
  try {
    return JSON.parse(longInteger.test(text) ? text.replace(stringOrNumber, quoteLongInteger) : text);
  } catch (error) {
    throw new MalformedOtlp(`no JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function quoteLongInteger(token: string): string {
  return token.length >= 16 && /^-?\d{16,}$/.test(token) ? `"${token}"` : token;
}
