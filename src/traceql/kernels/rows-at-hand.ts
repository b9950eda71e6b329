// Copies columns into a room for the rows at hand: a block as it stands, or rows from anywhere, one behind the other.
import type { Coded, Part } from '../fields.ts';
import type { Room } from './room.ts';

/** Rows from `from` on, or those listed; at most as many as a block has. */
export interface RowsAtHand {
  readonly size: number;
  readonly from: number;
  /** Set if they do not stand together; `from` is 0. */
  readonly rows?: Uint32Array | undefined;
}

/** The row at a place. */
export function rowAt({ from, rows }: RowsAtHand, at: number): number {
  return rows ? rows[at]! : from + at; // there are as many as `size`
}

export function loadWords(room: Room, column: Uint8Array | Uint32Array, hand: RowsAtHand, into: number): void {
  load(room.words, column, hand, into / room.words.BYTES_PER_ELEMENT);
}

export function loadDoubles(room: Room, column: Float64Array, hand: RowsAtHand, into: number): void {
  load(room.doubles, column, hand, into / room.doubles.BYTES_PER_ELEMENT);
}

function load<T extends Uint8Array | Uint32Array | Float64Array>(
  target: Uint32Array | Float64Array,
  column: T,
  { from, size, rows }: RowsAtHand,
  first: number,
): void {
  if (!rows) target.set(column.subarray(from, from + size), first);
  else for (let i = 0; i < size; i++) target[first + i] = column[rows[i]!]!; // rows are of the column
}

/** Copies slots; says what to add to them, as `Part` does. */
export function loadSlots(room: Room, { slots, shift, rootOf }: Part, hand: RowsAtHand, into: number): number {
  if (!rootOf) {
    loadWords(room, slots, hand, into);
    return shift;
  }
  const first = into / room.words.BYTES_PER_ELEMENT;
  const { words } = room;
  for (let at = 0; at < hand.size; at++) {
    const root = rootOf(rowAt(hand, at));
    words[first + at] = root === -1 ? 0 : slots[root]! + shift; // the column holds every row
  }
  return 0;
}

/** Copies the slots of a field, of marked rows at least; of others any that the field has. Says what to add to them. */
export function loadCodes(room: Room, { parts, idOf, powersOf }: Coded, hand: RowsAtHand, into: number): number {
  const [part, ...more] = parts ?? [];
  if (part && more.length === 0) return loadSlots(room, part, hand, into);
  if (powersOf) {
    loadDoubles(room, powersOf, hand, room.numbers);
    room.kernels.powers(room.numbers, hand.size, into);
    return 0;
  }
  const { bytes, words, marks } = room;
  const first = into / words.BYTES_PER_ELEMENT;
  for (let at = 0; at < hand.size; at++) words[first + at] = bytes[marks + at] === 1 ? idOf(rowAt(hand, at)) + 1 : 0;
  return 0;
}
