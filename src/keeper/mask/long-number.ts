// Could a digit be one of a card's number? The pattern of std/secrets decides; this says "no" only where that would, too.
import type { PlaceInText } from './secret-signs.ts';

/** The digits of payment cards that are masked. */
const [fewestDigits, mostDigits] = [15, 16];

/** Do so many digits stand at `at` and around it, with at most one blank or dash between them, as a card has? */
export function isLongNumber(bytes: Uint8Array, { start, at, end }: PlaceInText): boolean {
  if (!isDigit(bytes[at])) return false;
  let from = at;
  while (from > start && isDigit(bytes[from - 1]) && at - from <= mostDigits) from--;
  let to = at + 1;
  while (to < end && isDigit(bytes[to]) && to - at <= mostDigits) to++;
  if (to - from > mostDigits) return false;
  if (from > start && (isLetter(bytes[from - 1]) || bytes[from - 1] === 0x2e)) return false;
  if (to < end && isLetter(bytes[to])) return false;
  return to - from + countBefore(bytes, start, from) + countBehind(bytes, to, end) >= fewestDigits;
}

function countBefore(bytes: Uint8Array, start: number, from: number): number {
  let count = 0;
  for (let i = from - 1; i >= start && count < fewestDigits; i--) {
    if (isDigit(bytes[i])) count++;
    else if (!isSeparator(bytes[i]) || !isDigit(bytes[i - 1])) break;
  }
  return count;
}

function countBehind(bytes: Uint8Array, to: number, end: number): number {
  let count = 0;
  for (let i = to; i < end && count < fewestDigits; i++) {
    if (isDigit(bytes[i])) count++;
    else if (!isSeparator(bytes[i]) || !isDigit(bytes[i + 1])) break;
  }
  return count;
}

function isDigit(byte = 0): boolean {
  return byte >= 0x30 && byte <= 0x39;
}

function isSeparator(byte = 0): boolean {
  return byte === 0x20 || byte === 0x2d;
}

/** As `\w` without digits. */
function isLetter(byte = 0): boolean {
  return byte === 0x5f || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a);
}
