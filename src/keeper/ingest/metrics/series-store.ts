// Takes samples that have their Prometheus names already (scraped, remote-written) into the metrics store.
import { Labels } from '../../../promql/labels.ts';
import type { WrittenSample, WrittenSeries } from '../../../wire/prometheus/remote-write.ts';
import type { IngestOutcome, SeriesStore } from '../../signal-store.ts';
import { AppendError, type MetricsStore } from '../../store/metrics/metrics-store.ts';
import type { NewSample } from '../../store/metrics/sample-column.ts';

/** Joins a store with samples as they are written. A sample that contradicts a stored one is left out, as on scrapes. */
export function makeSeriesStore(store: MetricsStore): SeriesStore {
  return { append: (series) => append(store, series) };
}

function append(store: MetricsStore, series: readonly WrittenSeries[]): IngestOutcome {
  const transaction = store.begin();
  let accepted = 0;
  let rejected = 0;
  let message: string | undefined;
  for (const { labels: pairs, samples } of series) {
    const labels = Labels.from(pairs.map(({ name, value }) => [name, value]));
    for (const sample of samples) {
      try {
        transaction.append(labels, sample.timeMs, toNewSample(sample));
        accepted++;
      } catch (error) {
        if (!(error instanceof AppendError)) throw error;
        rejected++;
        message = error.message;
      }
    }
  }
  transaction.commit();
  return message === undefined ? { accepted, rejected } : { accepted, rejected, message };
}

function toNewSample({ value }: WrittenSample): NewSample {
  return value === 'stale' ? { kind: 'stale' } : { kind: 'float', value };
}
