// The arithmetic of metrics: buckets, quantiles, accumulators, intervals, and what follows a function.
import { describe, expect, it } from 'vitest';
import { makeRandom } from '../../../test/traceql/random-query.ts';
import { Room, Table } from '../kernels/room.ts';
import { alignWindow, Intervals } from './intervals.ts';
import { log2Power, log2Quantile } from './log2.ts';
import { type Accumulator, avgOverTime, countOverTime, maxOverTime, minOverTime, sumOverTime } from './over-time.ts';
import { toQuantiles } from './quantile.ts';
import { applySecondStages } from './second-stages.ts';
import type { Label, Series } from './series.ts';
import type { Tally } from './series-table.ts';

const seed = Number(process.env.OBS_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const nothing = Number.NaN;
const place = { start: 0, end: 0 };

function series(name: string, ...values: number[]): Series {
  return {
    labels: [{ name: 'l', value: { type: 'string', value: name } }],
    values: Float64Array.from(values),
    exemplars: [],
  };
}

function texts(all: readonly Series[]): string[] {
  return all.map(
    ({ labels, values }) => `${labels.map((l) => String('value' in l.value && l.value.value))} ${values.join(' ')}`,
  );
}

describe('buckets', () => {
  it.each([
    [0, undefined],
    [1, undefined],
    [2, 1],
    [3, 2],
    [4, 2],
    [5, 3],
    [2 ** 40, 40],
    [2 ** 40 + 1, 41],
    [2 ** 52 + 1, 53],
    [2 ** 62, 62],
  ])('%d goes to the power %s of two', (value, power) => {
    expect(log2Power(value)).toBe(power);
  });

  it.each([
    [0.5, [], 0],
    [0.5, [{ max: 4, count: 1 }], 4],
    [
      1,
      [
        { max: 4, count: 2 },
        { max: 8, count: 2 },
      ],
      8,
    ],
    [
      0.5,
      [
        { max: 4, count: 2 },
        { max: 8, count: 2 },
      ],
      4,
    ],
    [
      0.75,
      [
        { max: 4, count: 2 },
        { max: 8, count: 2 },
      ],
      4 * Math.SQRT2,
    ],
    [0, [{ max: 4, count: 2 }], 2 * Math.SQRT2],
  ])('the quantile %d of %j is %d', (quantile, buckets, expected) => {
    expect(log2Quantile(quantile, columnsOf(buckets))).toBeCloseTo(expected, 9);
  });

  it('become one series per quantile', () => {
    const labels: readonly Label[] = [];
    const bucket = (value: number, first: number): Tally => ({
      labels,
      bucket: { type: 'float', value },
      first,
      exemplars: [],
    });
    const options = { quantiles: [0.5, 1], intervals: 2, ...putCounts([0, 1, 1, 0]) };
    const quantiles = toQuantiles([bucket(8, 0), bucket(4, 2)], options);
    expect(texts(quantiles)).toEqual(['0.5 4 8', '1 4 8']);
  });

  it(`are those of the counts of each interval (seed ${seed})`, () => {
    const random = makeRandom(seed);
    const below = (bound: number) => Math.floor(random() * bound);
    const intervals = 50;
    for (let round = 0; round < 40; round++) {
      const maxima = Array.from({ length: below(12) }, (_, i) => 2 ** (i * 2) / 1e9);
      const counts = maxima.map(() =>
        Array.from({ length: intervals }, () => Math.max(0, below(9) - 4) * 10 ** below(3)),
      );
      const tallies = maxima.map(
        (value, i): Tally => ({ labels: [], bucket: { type: 'float', value }, first: i * intervals, exemplars: [] }),
      );
      const labels: readonly Label[] = [];
      const quantiles = [0, 0.5, random(), 0.99, 1, 2];
      const found = toQuantiles(
        tallies.map((tally) => ({ ...tally, labels })),
        { quantiles, intervals, ...putCounts(counts.flat()) },
      );
      const expected = quantiles.map((quantile) =>
        Array.from({ length: intervals }, (_, interval) => {
          const buckets = maxima.flatMap((max, i) =>
            counts[i]![interval]! > 0 ? [{ max, count: counts[i]![interval]! }] : [],
          );
          return log2Quantile(quantile, columnsOf(buckets));
        }),
      );
      expect(found.map(({ values }) => [...values])).toEqual(maxima.length > 0 ? expected : []);
    }
  });
});

describe('accumulators', () => {
  const functions: readonly [string, (room: Room) => Accumulator, number[]][] = [
    ['count', (room) => countOverTime(room, 1), [3, 0]],
    ['rate', (room) => countOverTime(room, 0.1), [0.30000000000000004, 0]],
    ['min', minOverTime, [1, nothing]],
    ['max', maxOverTime, [5, nothing]],
    ['sum', sumOverTime, [9, nothing]],
    ['avg', avgOverTime, [3, nothing]],
  ];

  it.each(functions)('%s of 1, 5 and 3 in the first of two cells', (_, make, expected) => {
    expect(accumulate(make, 1, 5, 3)).toEqual(expected);
  });

  it.each([
    [[1, nothing, 3], 3],
    [[1, nothing, 3, 4], nothing],
    [[1, nothing, 3, 4, 5], 5],
  ])('sum of %j is spoilt by what is no number, every other time, as Tempo’s is', (values, expected) => {
    expect(accumulate(sumOverTime, ...values)).toEqual([expected, nothing]);
  });

  it('avg leaves out what is no number', () => {
    expect(accumulate(avgOverTime, 1, nothing, 3)).toEqual([2, nothing]);
  });
});

// The values in the second of three cells.
function accumulate(make: (room: Room) => Accumulator, ...values: number[]): number[] {
  const room = new Room();
  const accumulator = make(room);
  accumulator.reserve(3);
  const places = new Table(room, 'words', 1);
  places.reserve(1);
  values.forEach((value, i) => {
    room.bytes[room.marks + i] = 1;
    for (const zeros of [room.keys, room.intervals]) room.setWordAt(zeros, i, 0);
    room.setWordAt(room.cells, i, 1);
    room.doubles[room.values / room.doubles.BYTES_PER_ELEMENT + i] = value;
  });
  accumulator.add?.(values.length);
  accumulator.count?.(values.length, places.at);
  return [...accumulator.read(1, 3)];
}

describe('intervals', () => {
  const window = { startNs: 0n, endNs: 30_000_000_000n, stepNs: 10_000_000_000n, isInstant: false };

  it.each([
    [0, 0, -1],
    [0, 1, 0],
    [10, 0, 0],
    [10, 1, 1],
    [30, 0, 2],
    [30, 1, -1],
  ])('%d s and %d ns is in interval %d', (sec, nano, interval) => {
    expect(new Intervals(window).find(sec, nano)).toBe(interval);
  });

  it('are named by their end', () => {
    const intervals = new Intervals(window);
    expect([0, 1, 2].map((i) => intervals.timestampMs(i))).toEqual([10_000, 20_000, 30_000]);
  });

  it('are one for an instant', () => {
    const instant = new Intervals({ ...window, isInstant: true });
    expect([instant.count, instant.stepSeconds, instant.timestampMs(0)]).toEqual([1, 30, 30_000]);
  });

  it('start a step early and end on a step', () => {
    const aligned = alignWindow({ ...window, startNs: 25_000_000_000n, endNs: 41_000_000_000n });
    expect(aligned).toMatchObject({ startNs: 10_000_000_000n, endNs: 50_000_000_000n });
  });
});

describe('second stages', () => {
  const three = [series('a', 1, 9), series('b', 5, 5), series('c', 9, nothing)];

  it('topk and bottomk pick for each interval by itself', () => {
    const top = applySecondStages(three, [{ type: 'topk', limit: 1, ...place }]);
    expect(texts(top)).toEqual(['a NaN 9', 'b NaN NaN', 'c 9 NaN']);
    const bottom = applySecondStages(three, [{ type: 'bottomk', limit: 1, ...place }]);
    expect(texts(bottom)).toEqual(['a 1 NaN', 'b NaN 5', 'c NaN NaN']);
  });

  it('comparisons drop samples, and series without any', () => {
    const kept = applySecondStages(three, [{ type: 'metricsFilter', op: '>', value: 5, ...place }]);
    expect(texts(kept)).toEqual(['a NaN 9', 'c 9 NaN']);
  });

  it('are applied in order', () => {
    const stages = [
      { type: 'metricsFilter', op: '<', value: 9, ...place },
      { type: 'topk', limit: 1, ...place },
    ] as const;
    expect(texts(applySecondStages(three, stages))).toEqual(['a NaN NaN', 'b 5 5']);
  });
});

/** Counts by cell, as those that spans were counted in. */
function putCounts(counts: readonly number[]) {
  const room = new Room();
  const table = new Table(room, 'words');
  table.reserve(counts.length);
  table.data.set(counts);
  return { room, counts: () => table.data };
}

function columnsOf(buckets: readonly { readonly max: number; readonly count: number }[]) {
  return {
    maxima: Float64Array.from(buckets, ({ max }) => max),
    powers: Float64Array.from(buckets, ({ max }) => Math.log2(max)),
    counts: Float64Array.from(buckets, ({ count }) => count),
    length: buckets.length,
    total: buckets.reduce((sum, { count }) => sum + count, 0),
  };
}
