// Scraped and remote-written samples on their way into the store.
import { expect, test } from 'vitest';
import { parseSelector } from '../../../promql/parser.ts';
import { MetricsStore } from '../../store/metrics/metrics-store.ts';
import { makeSeriesStore } from './series-store.ts';

const labels = [{ name: '__name__', value: 'up' }];

test('written samples are stored, and what contradicts them is left out and said', () => {
  const store = new MetricsStore();
  const sink = makeSeriesStore(store);
  const samples = [
    { timeMs: 1, value: 1 },
    { timeMs: 2, value: 'stale' as const },
  ];
  expect(sink.append([{ labels, samples }])).toEqual({ accepted: 2, rejected: 0 });
  const outcome = sink.append([
    {
      labels,
      samples: [
        { timeMs: 2, value: 5 },
        { timeMs: 3, value: 3 },
      ],
    },
  ]);
  expect(outcome).toEqual({ accepted: 1, rejected: 1, message: 'duplicate sample for timestamp' });
  const [found] = store.select(parseSelector('up').matchers, { startMs: 0, endMs: 9 });
  expect([...(found?.kinds ?? [])]).toEqual([0, 1, 0]);
});
