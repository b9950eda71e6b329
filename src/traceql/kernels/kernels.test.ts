// Kernels against the same said plainly, and the room that they work in.
import { describe, expect, it } from 'vitest';
import { Intervals } from '../functions/intervals.ts';
import { log2Power } from '../functions/log2.ts';
import { isInRange, rangeOf } from '../number-range.ts';
import { Room, Table, wordBytes } from './room.ts';

function putDoubles(room: Room, place: number, numbers: readonly number[]): void {
  room.doubles.set(numbers, place / room.doubles.BYTES_PER_ELEMENT);
}

function wordsAt(room: Room, place: number, count: number): number[] {
  return [...room.words.subarray(place / wordBytes, place / wordBytes + count)];
}

describe('kernels', () => {
  const numbers = [
    0,
    1,
    2,
    3,
    4,
    5,
    1000,
    2 ** 31,
    2 ** 32,
    2 ** 32 + 1,
    2 ** 53,
    2 ** 62 + 2 ** 10,
    2 ** 63,
    2 ** 64 - 2 ** 11,
  ];

  it('find the powers of two that log2Power finds', () => {
    const room = new Room();
    putDoubles(room, room.numbers, numbers);
    room.kernels.powers(room.numbers, numbers.length, room.slots);
    expect(wordsAt(room, room.slots, numbers.length)).toEqual(numbers.map((number) => (log2Power(number) ?? -1) + 1));
  });

  it.each(['=', '!=', '<', '<=', '>', '>='])('keep the numbers that are %s 5', (op) => {
    const range = rangeOf(op, 5)!; // all of these compare sizes
    const room = new Room();
    putDoubles(room, room.numbers, numbers);
    room.bytes.fill(1, room.marks, room.marks + numbers.length);
    const { low, high, isExcluded } = range;
    room.kernels.keepRange(room.marks, numbers.length, room.numbers, low, high, isExcluded ? 0 : 1);
    const marks = [...room.bytes.subarray(room.marks, room.marks + numbers.length)];
    expect(marks).toEqual(numbers.map((number) => Number(isInRange(number, range))));
  });

  const day = 86_400_000_000_000n;
  it.each([
    [1_000_000n, 3_600_000_000_000n],
    [7_000_000_000n, day],
    [day, 13n * day],
  ])('place spans around the ends of intervals of %d ns where division places them', (stepNs, lengthNs) => {
    const startNs = 1_700_000_000_123_456_789n;
    const intervals = new Intervals({ startNs, endNs: startNs + lengthNs, stepNs, isInstant: false });
    const ends = [1n, 2n, lengthNs / stepNs - 1n, lengthNs / stepNs].map((i) => startNs + i * stepNs);
    const times = ends.flatMap((end) => [end - stepNs + 1n, end - 1n, end]);
    const seconds = times.map((time) => Number(time / 1_000_000_000n));
    const nanos = times.map((time) => Number(time % 1_000_000_000n));
    const room = new Room();
    putDoubles(room, room.seconds, seconds);
    room.words.set(nanos, room.nanos / wordBytes);
    const { fromSec, fromNano, perNs } = intervals.scale;
    room.kernels.intervals(room.seconds, times.length, room.nanos, fromSec, fromNano, perNs, room.intervals);
    expect(wordsAt(room, room.intervals, times.length)).toEqual(
      seconds.map((second, i) => intervals.find(second, nanos[i]!)), // one for each
    );
  });
});

describe('a room', () => {
  it('keeps what it holds when it outgrows the shared memory', () => {
    const room = new Room();
    const table = new Table(room, 'doubles', Number.NaN);
    table.reserve(3);
    table.data[2] = 4.5;
    table.reserve(2_000_000);
    expect([...table.data.subarray(0, 4)]).toEqual([Number.NaN, Number.NaN, 4.5, Number.NaN]);
  });

  it('starts empty tables where another question left its own', () => {
    for (const left of [7, 0]) {
      const table = new Table(new Room(), 'words');
      table.reserve(1000);
      expect(new Set(table.data)).toEqual(new Set([0]));
      table.data.fill(left);
    }
  });

  it('is closed when the next one is opened', () => {
    const first = new Room();
    new Room();
    expect(() => first.words).toThrow('another one was opened');
  });
});
