// The windows of all signs as the six tables that find-signs.wat reads: a byte is in a class when both of its halves are, and
// three bytes in a row that share a class could be the window of a sign.
import { type Sign, signs, windowBytes } from './secret-signs.ts';

/** A byte has halves of four bits. */
export const halves = 16;
const classCount = 8;
const tableBytes = windowBytes * 2 * halves;

/** A class as bits: for each byte of the window which lower halves and which upper halves are in it. */
interface WindowClass {
  readonly low: readonly number[];
  readonly high: readonly number[];
}

const nothing: WindowClass = { low: [0, 0, 0], high: [0, 0, 0] };

/** For each byte of the window sixteen bytes by its lower half and sixteen by its upper; each bit of them is a class. */
export function makeClassTables(): Uint8Array {
  const tables = new Uint8Array(tableBytes);
  classesOf(signs).forEach(({ low, high }, number) => {
    for (let at = 0; at < windowBytes; at++)
      for (let half = 0; half < halves; half++) {
        const table = at * 2 * halves + half;
        if (((low[at] ?? 0) >> half) & 1) tables[table] = (tables[table] ?? 0) | (1 << number);
        if (((high[at] ?? 0) >> half) & 1) tables[table + halves] = (tables[table + halves] ?? 0) | (1 << number);
      }
  });
  return tables;
}

// Each window goes where it adds the fewest strings that are no window.
function classesOf(all: readonly Sign[]): readonly WindowClass[] {
  const classes: WindowClass[] = Array.from({ length: classCount }, () => nothing);
  for (const sign of all) {
    const wider = classes.map((one) => widen(one, sign));
    const costs = wider.map((one, i) => countStrings(one) - countStrings(classes[i] ?? nothing));
    const best = costs.indexOf(Math.min(...costs));
    classes[best] = wider[best] ?? nothing;
  }
  return classes;
}

function widen({ low, high }: WindowClass, { bytes, windowAt, anyCase }: Sign): WindowClass {
  const at = (i: number) => bytes[windowAt + i] ?? 0;
  const isLetter = (i: number) => anyCase && (at(i) | 0x20) >= 0x61 && (at(i) | 0x20) <= 0x7a;
  return {
    low: low.map((bits, i) => bits | (1 << (at(i) & 15))),
    // A letter's two cases differ in one bit of the upper half.
    high: high.map((bits, i) => bits | (1 << (at(i) >> 4)) | (isLetter(i) ? 1 << ((at(i) >> 4) ^ 2) : 0)),
  };
}

function countStrings({ low, high }: WindowClass): number {
  return low.reduce((product, bits, i) => product * countBits(bits) * countBits(high[i] ?? 0), 1);
}

function countBits(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
