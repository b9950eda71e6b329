// Pruning at the cap: the oldest goes, and no more of it than is needed.
import { expect, test } from 'vitest';
import { Labels } from '../../../promql/labels.ts';
import { makeMasker } from '../../mask/mask-request.ts';
import { MetricsStore } from '../../store/metrics/metrics-store.ts';
import { makeOtlpMetricsStore } from './otlp-metrics-store.ts';

const series = 20;
const maxBytes = 1_000_000;

test('a store that is filled again and again stays below its cap, and holds most of what fits', () => {
  const store = new MetricsStore();
  const sink = makeOtlpMetricsStore(store, { masker: makeMasker(), learnMetrics: () => undefined });
  const slots = Array.from({ length: series }, (_, i) => ({
    labels: Labels.from([
      ['__name__', 'm'],
      ['i', String(i)],
    ]),
    series: undefined,
  }));
  let leastKept = Number.POSITIVE_INFINITY;
  for (let timeMs = 1; timeMs < 20_000; timeMs++) {
    for (const slot of slots) store.appendFloat(slot, timeMs, timeMs);
    if (timeMs % 50 !== 0 || sink.prune({ beforeNs: 0n, maxBytes }) === 0) continue;
    const { bytes, records } = store.usage();
    expect(bytes).toBeLessThanOrEqual(maxBytes);
    leastKept = Math.min(leastKept, records);
  }
  const mostThatFit = maxBytes / 16;
  expect(leastKept).toBeGreaterThan(mostThatFit * 0.5);
  expect(store.timeRange()?.endMs).toBe(19_999);
});
