// Numbers in label values, read as Go's strconv.ParseFloat does: its messages end up in __error_details__.
import { parseGoFloat } from '../std/go-strconv.ts';

/** Reads a number. @throws Error with strconv's message. */
export function readNumber(text: string): number {
  const value = parseGoFloat(text);
  if (typeof value === 'number') return value;
  const hex = /^([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)[pP]([+-]?[0-9]+)$/.exec(text);
  if (hex && (hex[2] || hex[3])) {
    const digits = Number.parseInt(`${hex[2]}${hex[3]}`, 16) / 16 ** (hex[3]?.length ?? 0);
    return (hex[1] === '-' ? -1 : 1) * digits * 2 ** Number(hex[4]);
  }
  throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: ${value}`);
}
