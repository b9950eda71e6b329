// The metrics store as the keeper's core sees it: takes OTLP exports, says what it holds, prunes.
import type { Metric, MetricsRequest } from '../../../wire/otlp/types.ts';
import type { IngestOutcome, PreparedExport, SignalStore } from '../../signal-store.ts';
import { AppendError, type MetricsStore, type Transaction } from '../../store/metrics/metrics-store.ts';
import { makeDirectReader } from './direct/direct-reader.ts';
import type { SeriesMemoOptions } from './direct/series-memo.ts';
import { LabelsMemo } from './labels-memo.ts';
import { TranslationError, translateMetrics } from './translate.ts';

/** Joins a store with the translation of OTLP. */
export function makeOtlpMetricsStore(store: MetricsStore, options: SeriesMemoOptions): SignalStore<Metric> {
  const memo = new LabelsMemo();
  return {
    readDirect: makeDirectReader(store, options),
    prepare: (request, receivedNs) => prepare({ transaction: store.begin(), memo }, request, receivedNs),
    ingest: (request, receivedNs) =>
      prepare({ transaction: store.beginRestoring(), memo }, request, receivedNs).commit(),
    usage: () => store.usage(),
    get prunedBeforeMs() {
      return store.prunedBeforeMs;
    },
    prune: ({ beforeNs, maxBytes }) => prune(store, Number(beforeNs / 1_000_000n), maxBytes),
    forgetService: (service) => store.forgetJob(service),
  };
}

function prepare(
  { transaction, memo }: { readonly transaction: Transaction; readonly memo: LabelsMemo },
  request: MetricsRequest,
  receivedNs: bigint,
): PreparedExport<Metric> {
  const points = countPoints(request);
  try {
    translateMetrics(request, { transaction, memo, receivedNs });
  } catch (error) {
    if (!(error instanceof AppendError || error instanceof TranslationError)) throw error;
    const httpStatus = error instanceof AppendError ? 400 : 500;
    const refused: IngestOutcome = { accepted: 0, rejected: points, message: error.message, httpStatus };
    return { request, accepted: 0, commit: () => refused };
  }
  const { leftOut } = transaction;
  // A point is several samples of a histogram: not more points are said to be left out than there are.
  const rejected = Math.min(points, leftOut?.samples ?? 0);
  const accepted = transaction.sampleCount === 0 ? 0 : points - rejected;
  return {
    request,
    accepted: transaction.sampleCount === 0 ? 0 : Math.max(1, accepted),
    commit: () => {
      transaction.commit();
      if (leftOut === undefined) return { accepted: points, rejected: 0 };
      return { accepted, rejected, message: leftOut.message, partStatus: 400 };
    },
  };
}

function countPoints(request: MetricsRequest): number {
  let count = 0;
  for (const { scopes } of request) {
    for (const { items } of scopes) {
      for (const { data } of items) count += data.kind === 'none' ? 0 : data.points.length;
    }
  }
  return count;
}

/** Oldest first, in tenths of the time held, until the rest fits. */
function prune(store: MetricsStore, beforeMs: number, maxBytes: number): number {
  let dropped = store.pruneBefore(beforeMs);
  while (store.usage().bytes > maxBytes) {
    const range = store.timeRange();
    if (range === undefined) return dropped;
    const cutMs = range.startMs + Math.max(1, Math.ceil((range.endMs - range.startMs) / 10));
    dropped += store.pruneBefore(cutMs);
  }
  return dropped;
}
