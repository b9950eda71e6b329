// What the store takes, refuses, marks and drops, as Prometheus does.
import { describe, expect, test } from 'vitest';
import { emptyHistogram, type FloatHistogram } from '../../../promql/histogram/float-histogram.ts';
import { Labels } from '../../../promql/labels.ts';
import { parseSelector } from '../../../promql/parser.ts';
import { AppendError, MetricsStore, outOfOrderWindowMs } from './metrics-store.ts';
import type { NewSample } from './sample-column.ts';

const up = Labels.from([
  ['__name__', 'up'],
  ['job', 'web'],
]);
const float = (value: number): NewSample => ({ kind: 'float', value });
const all = { startMs: Number.NEGATIVE_INFINITY, endMs: Number.POSITIVE_INFINITY };
const hourMs = 3_600_000;

function append(store: MetricsStore, samples: readonly (readonly [number, NewSample])[], labels = up): void {
  const transaction = store.begin();
  for (const [timeMs, sample] of samples) transaction.append(labels, timeMs, sample);
  transaction.commit();
}

function read(store: MetricsStore, selector = 'up') {
  return store.select(parseSelector(selector).matchers, all);
}

test('a series that was pruned holds no samples, whoever remembers it', () => {
  const store = new MetricsStore();
  append(store, [[1, float(1)]]);
  const series = store.intern(up);
  expect(series.samples.bytes).toBeGreaterThan(0);
  store.pruneBefore(2);
  expect([series.isGone, series.samples.bytes, store.usage().bytes, store.goneCount]).toEqual([true, 0, 0, 1]);
});

describe('a transaction', () => {
  test('shows nothing before it is committed', () => {
    const store = new MetricsStore();
    const transaction = store.begin();
    transaction.append(up, 1, float(1));
    expect(read(store)).toEqual([]);
    transaction.commit();
    expect(read(store)).toHaveLength(1);
  });

  test('takes late samples, up to a day behind the newest', () => {
    const store = new MetricsStore();
    append(store, [[100 * hourMs, float(1)]]);
    append(store, [[100 * hourMs - outOfOrderWindowMs, float(2)]]);
    expect(() => append(store, [[100 * hourMs - outOfOrderWindowMs - 1, float(3)]])).toThrow('too old sample');
    expect([...(read(store)[0]?.values ?? [])]).toEqual([2, 1]);
  });

  test('takes the same sample twice, and counts it once', () => {
    const store = new MetricsStore();
    append(store, [[1, float(1)]]);
    append(store, [[1, float(1)]]);
    append(store, [[2, float(Number.NaN)]]);
    append(store, [[2, float(Number.NaN)]]);
    expect(store.usage().records).toBe(2);
  });

  test.each([
    [float(2), 'duplicate sample for timestamp 1; overrides not allowed: existing 1, new value 2'],
    [{ kind: 'histogram', histogram: emptyHistogram } as const, 'duplicate sample for timestamp'],
    [{ kind: 'stale' } as const, 'duplicate sample for timestamp'],
  ])('refuses to change what is stored, in the words of Prometheus', (sample, message) => {
    const store = new MetricsStore();
    append(store, [[1, float(1)]]);
    expect(() => append(store, [[1, sample]])).toThrow(new AppendError(message));
  });
});

describe('histograms', () => {
  const counter = (count: number, hint: FloatHistogram['hint'] = 'unknown'): NewSample => ({
    kind: 'histogram',
    histogram: { ...emptyHistogram, hint, count, positive: { indexes: [1], counts: [count] } },
  });
  const hints = (store: MetricsStore) => read(store)[0]?.histograms?.map((one) => one?.hint);

  test('are marked as not restarted where that is certain', () => {
    const store = new MetricsStore();
    append(store, [
      [1, counter(1)],
      [2, counter(2)],
      [3, counter(1)],
      [4, counter(2)],
      [5, { kind: 'stale' }],
      [6, counter(3)],
    ]);
    expect(hints(store)).toEqual(['unknown', 'not_reset', 'unknown', 'not_reset', undefined, 'unknown']);
  });

  test('that are gauges stay gauges, and late ones get no mark', () => {
    const store = new MetricsStore();
    append(store, [
      [1, counter(5, 'gauge')],
      [4, counter(6)],
      [2, counter(1)],
    ]);
    expect(hints(store)).toEqual(['gauge', 'unknown', 'unknown']);
  });
});

describe('the store', () => {
  test('lists series in the order they came to be, as instant queries do', () => {
    const store = new MetricsStore();
    for (const job of ['c', 'a', 'b']) append(store, [[1, float(1)]], up.with([['job', job]]));
    expect(read(store).map(({ labels }) => labels.get('job'))).toEqual(['c', 'a', 'b']);
  });

  test('drops what is old, and series that have nothing left', () => {
    const store = new MetricsStore();
    append(store, [
      [1, float(1)],
      [5, float(2)],
    ]);
    append(store, [[2, float(3)]], up.with([['job', 'gone']]));
    expect(store.pruneBefore(4)).toBe(2);
    expect([store.seriesCount, store.usage().records]).toEqual([1, 1]);
    expect(store.timeRange()).toEqual({ startMs: 5, endMs: 5 });
  });

  test('forgets a service', () => {
    const store = new MetricsStore();
    append(store, [[1, float(1)]]);
    append(store, [[1, float(1)]], up.with([['job', 'api']]));
    store.forgetJob('web');
    expect(read(store).map(({ labels }) => labels.get('job'))).toEqual(['api']);
    expect(store.usage().records).toBe(1);
  });

  test('gives exemplars of a time range', () => {
    const store = new MetricsStore();
    const transaction = store.begin();
    for (const timeMs of [1, 2, 3]) transaction.appendExemplar(up, { labels: Labels.empty, value: timeMs, timeMs });
    transaction.commit();
    const [found] = store.selectExemplars(parseSelector('up').matchers, { startMs: 2, endMs: 3 });
    expect(found?.exemplars.map(({ value }) => value)).toEqual([2, 3]);
  });

  test('of nothing holds nothing', () => {
    expect(new MetricsStore().timeRange()).toBeUndefined();
    expect(new MetricsStore().usage()).toEqual({ records: 0, bytes: 0 });
  });
});
