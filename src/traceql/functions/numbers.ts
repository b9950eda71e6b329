// The numbers that a function of values is over, read for the spans that a room lists.
import type { Coded } from '../fields.ts';
import { type Room, Table } from '../kernels/room.ts';
import { loadCodes, loadDoubles, type RowsAtHand, rowAt } from '../kernels/rows-at-hand.ts';
import { nil, toFloat } from '../values.ts';

/** Spans of the rows at hand: the first `count` of the room's rows, at least one. */
export interface Listed {
  readonly hand: RowsAtHand;
  readonly count: number;
}

/** Writes the values of listed spans into the room. */
export type ReadNumbers = (listed: Listed) => void;

/** The numbers of a column, in another unit. */
export function readColumn(room: Room, column: Float64Array, divisor: number): ReadNumbers {
  return ({ hand, count }) => {
    loadDoubles(room, column, hand, room.numbers);
    room.kernels.divide(room.rows, count, room.numbers, divisor, room.values);
  };
}

/** What a field says; each id is worked out once. */
export function readCoded(room: Room, coded: Coded): ReadNumbers {
  const known = new Table(room, 'bytes');
  const numbers = new Table(room, 'doubles');
  known.reserve(coded.size + 1);
  numbers.reserve(coded.size + 1);
  return ({ hand, count }) => {
    const shift = loadCodes(room, coded, hand, room.slots);
    const table = numbers.at + shift * room.doubles.BYTES_PER_ELEMENT;
    const lookUp = () =>
      room.kernels.lookUp(room.rows, count, room.slots, known.at + shift, table, room.values, room.list);
    const unknown = lookUp();
    if (unknown === 0) return;
    const { data } = numbers;
    for (const at of room.listed(unknown)) {
      const slot = room.wordAt(room.slots, at) + shift;
      if (room.bytes[known.at + slot] === 1) continue;
      data[slot] = toFloat(coded.at(slot - 1) ?? nil);
      room.bytes[known.at + slot] = 1;
    }
    lookUp();
  };
}

/** What is read span by span. */
export function readEach(room: Room, read: (row: number) => number): ReadNumbers {
  return ({ hand, count }) => {
    const { doubles } = room;
    const first = room.values / doubles.BYTES_PER_ELEMENT;
    for (let i = 0; i < count; i++) doubles[first + i] = read(rowAt(hand, room.wordAt(room.rows, i)));
  };
}
