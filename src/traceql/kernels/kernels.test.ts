// Kernels against the same said plainly, and the room that they work in.
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../../../test/traceql/random-query.ts';
import { CompareRoom } from '../compare-room.ts';
import { Intervals } from '../functions/intervals.ts';
import { log2Power } from '../functions/log2.ts';
import { isInRange, rangeOf } from '../number-range.ts';
import { blockRows } from '../source.ts';
import { openVectors, Room, Table, type VectorKernels, wordBytes } from './room.ts';

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

const seed = Number(process.env.OBS_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));

describe.skipIf(!openVectors(new WebAssembly.Memory({ initial: 1 })))(
  `kernels by vectors do what plain ones do (seed ${seed}; skipped where the processor has none)`,
  () => {
    const random = makeRandom(seed);
    const below = (bound: number) => Math.floor(random() * bound);
    const listOf = (count: number, bound: number) => Array.from({ length: count }, () => below(bound));

    it.each([
      ['known', 15, 1],
      ['partly unknown', 15, 0],
    ])('keeping bits by slots that are %s', (_, bound, least) => {
      for (let round = 0; round < 50; round++) {
        const room = new Room();
        // Where slots may be unknown, those behind the rows have their say, too.
        const size = least === 1 ? 1 + below(blockRows) : 16 * (1 + below(blockRows / 16));
        const marks = listOf(blockRows, 2);
        const slots = listOf(blockRows, bound);
        const table = room.take(bound + 1);
        room.bytes.set(
          listOf(bound, 4).map((verdict) => verdict + least),
          table,
        );
        room.bytes.set(slots, room.slots);
        const keep = (kernel: 'keepSmallBit' | 'keepByteBit') => {
          room.bytes.set(marks, room.marks);
          const isKnown = room.kernels[kernel](room.marks, size, room.slots, table, 0);
          return { isKnown, kept: [...room.bytes.subarray(room.marks, room.marks + size)] };
        };
        expect(keep('keepSmallBit')).toEqual(keep('keepByteBit'));
      }
    });

    it('taking slots from 16 on for unknown', () => {
      const room = new Room();
      room.bytes.fill(1, room.marks, room.marks + blockRows);
      room.bytes.fill(1, room.keys, room.keys + 32);
      room.bytes.fill(16, room.slots, room.slots + blockRows);
      expect(room.kernels.keepByteBit(room.marks, blockRows, room.slots, room.keys, 0)).toBe(1);
      expect(room.kernels.keepSmallBit(room.marks, blockRows, room.slots, room.keys, 0)).toBe(0);
    });

    it('listing pairs', () => {
      const room = new CompareRoom();
      const most = 1_000;
      const [totals, keys] = [room.take((most + 1) * 8), room.takeZeros(most + 1)];
      const [enough, list] = [room.take(8 * 8), room.take((most + 1) * wordBytes)];
      for (let round = 0; round < 50; round++) {
        const [from, to] = [2 * below(most / 4), most / 2 + below(most / 2)];
        room.words(totals, 2 * most).set(listOf(2 * most, 5));
        room.words(keys, to).set(listOf(to, 8));
        room.words(keys, most).fill(0, to);
        room.words(enough, 16).set([2 ** 32 - 1, 2 ** 32 - 1, ...listOf(14, 6)]);
        const listBy = ({ listPairs }: Pick<VectorKernels, 'listPairs'>) => {
          const end = listPairs(from, to, totals, keys, enough, list);
          return [...room.words(list, (end - list) / wordBytes)];
        };
        const found = listBy(room.kernels);
        expect(found.length).toBeGreaterThan(0);
        expect(found).toEqual(listBy(room.plain));
      }
    });

    it('dividing spans, around the ends of intervals and between them', () => {
      const room = new CompareRoom();
      const [places, intervals, stepNs] = [room.take(blockRows * 8), 7, 1_000_000_007];
      const [marks, selected, slots] = [room.take(blockRows), room.take(blockRows), room.take(blockRows * wordBytes)];
      for (let round = 0; round < 50; round++) {
        const size = 1 + below(blockRows);
        const before = below(1e9);
        const times = Array.from({ length: blockRows }, () => (1 + below(intervals)) * stepNs - before - below(3));
        const listed = listOf(blockRows, 2).fill(0, size);
        room.doubles(places, blockRows).set(times);
        room.bytes(marks, blockRows).set(listed);
        room.bytes(selected, blockRows).set(listOf(blockRows, 2));
        const divide = (kernels: Pick<VectorKernels, 'divide'>) => {
          const end = places + size * 8;
          const totals = kernels.divide(places, end, before - 0.5, marks, selected, 1 / stepNs, intervals, slots);
          return { totals, slots: [...room.words(slots, size)] };
        };
        const found = divide(room.kernels);
        expect(found).toEqual(divide(room.plain));
        const expected = times.map((time) => Math.ceil((time + before) / stepNs) - 1);
        expect(found.slots.map((slot) => (slot === 2 * intervals ? -1 : slot % intervals))).toEqual(
          expected.slice(0, size).map((interval, row) => (listed[row] === 1 ? interval : -1)),
        );
      }
    });
  },
);

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
