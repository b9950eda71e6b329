// Numbers in label values, read as Go's strconv.ParseFloat does: its messages end up in __error_details__.
import { parseGoFloat } from '../std/go-strconv.ts';

/** Reads a number. @throws Error with strconv's message. */
export function readNumber(text: string): number {
  const plain = readDigits(text);
  if (plain !== undefined) return plain;
  const value = parseGoFloat(text);
  if (typeof value === 'number') return value;
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/.exec(text);
  if (hex && (hex[2] || hex[3])) {
    const digits = Number.parseInt(`${hex[2]}${hex[3]}`, 16) / 16 ** (hex[3]?.length ?? 0);
    return (hex[1] === '-' ? -1 : 1) * digits * 2 ** Number(hex[4]);
  }
  throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${value}`);
}

// Most numbers in lines are a few digits; reading those by hand is many times faster than by patterns.
function readDigits(text: string): number | undefined {
  if (text.length === 0 || text.length > 15) return undefined;
  let value = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return undefined;
    value = value * 10 + digit;
  }
  return value;
}

const point = 0x2e;
const minus = 0x2d;
const maxDigits = 15;

/** The number that plain decimal digits stand for (`-12.5`); NaN for any other way to write one, and for no number. */
export function readPlainNumber(bytes: Uint8Array, start: number, end: number): number {
  const negative = bytes[start] === minus;
  let at = negative ? start + 1 : start;
  // More digits than a double holds exactly, and nothing at all, are for readNumber.
  if (at >= end || end - at > maxDigits) return Number.NaN;
  let digits = 0;
  let scale = 0;
  for (; at < end; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === point && scale === 0) {
      scale = 1;
      continue;
    }
    if (byte < 0x30 || byte > 0x39) return Number.NaN;
    digits = digits * 10 + (byte - 0x30);
    scale *= 10;
  }
  if (scale === 1) return Number.NaN; // a point without digits behind it
  // Both are whole and exact, so the quotient is the double nearest to what is written.
  const value = scale === 0 ? digits : digits / scale;
  return negative ? -value : value;
}
