// Takes samples that have their Prometheus names already (scraped, remote-written) into the metrics store.
import { Labels } from '../../../promql/labels.ts';
import type { WrittenLabel, WrittenSample, WrittenSeries } from '../../../wire/prometheus/remote-write.ts';
import type { IngestOutcome, SeriesStore } from '../../signal-store.ts';
import { AppendError, type MetricsStore, type Transaction } from '../../store/metrics/metrics-store.ts';
import type { NewSample } from '../../store/metrics/sample-column.ts';

/** Joins a store with samples as they are written. A sample that contradicts a stored one is left out, as on scrapes. */
export function makeSeriesStore(store: MetricsStore): SeriesStore {
  return {
    append: (series) => append(store.begin(), series),
    restore: (series) => void append(store.beginRestoring(), series),
  };
}

function append(transaction: Transaction, series: readonly WrittenSeries[]): IngestOutcome {
  const taken: Taken = { accepted: 0, rejected: 0, message: undefined };
  for (const { labels: pairs, samples, histograms = [], exemplars = [] } of series) {
    const labels = toLabels(pairs);
    for (const sample of samples) take(taken, () => transaction.append(labels, sample.timeMs, toNewSample(sample)));
    for (const { timeMs, histogram } of histograms)
      take(taken, () =>
        transaction.append(labels, timeMs, histogram ? { kind: 'histogram', histogram } : { kind: 'stale' }),
      );
    for (const { labels: own, value, timeMs } of exemplars)
      transaction.appendExemplar(labels, { labels: toLabels(own), value, timeMs });
  }
  transaction.commit();
  const { leftOut } = transaction;
  const accepted = taken.accepted - (leftOut?.samples ?? 0);
  const rejected = taken.rejected + (leftOut?.samples ?? 0);
  const message = leftOut?.message ?? taken.message;
  return message === undefined ? { accepted, rejected } : { accepted, rejected, message };
}

interface Taken {
  accepted: number;
  rejected: number;
  message: string | undefined;
}

function take(taken: Taken, write: () => void): void {
  try {
    write();
    taken.accepted++;
  } catch (error) {
    if (!(error instanceof AppendError)) throw error;
    taken.rejected++;
    taken.message = error.message;
  }
}

function toLabels(pairs: readonly WrittenLabel[]): Labels {
  return Labels.from(pairs.map(({ name, value }) => [name, value]));
}

function toNewSample({ value }: WrittenSample): NewSample {
  return value === 'stale' ? { kind: 'stale' } : { kind: 'float', value };
}
