// OTLP metrics as series with Prometheus names, for a Prometheus that takes remote write only. The translation is that of
// the embedded runtime, so names and labels are the same in both.
import type { Labels } from '../../promql/labels.ts';
import type { MetricsRequest } from '../../wire/otlp/types.ts';
import type { WrittenExemplar, WrittenSample, WrittenSeries } from '../../wire/prometheus/remote-write.ts';
import type { WrittenHistogram } from '../../wire/prometheus/written-histogram.ts';
import { LabelsMemo } from '../ingest/metrics/labels-memo.ts';
import { type SampleTaker, TranslationError, translateMetrics } from '../ingest/metrics/translate.ts';

interface Collected {
  readonly samples: WrittenSample[];
  readonly histograms: WrittenHistogram[];
  readonly exemplars: WrittenExemplar[];
}

/** Translates exports; remembers labels from one to the next. */
export class SeriesTranslator {
  private readonly memo = new LabelsMemo();

  /** The series of an export, or why Prometheus would refuse all of it. */
  translate(request: MetricsRequest, receivedNs: bigint): readonly WrittenSeries[] | { readonly refusal: string } {
    const collected = new Map<Labels, Collected>();
    const transaction = makeCollector(collected);
    try {
      translateMetrics(request, { transaction, memo: this.memo, receivedNs });
    } catch (error) {
      if (error instanceof TranslationError) return { refusal: error.message };
      throw error;
    }
    return [...collected].map(([labels, { samples, histograms, exemplars }]) => ({
      labels: toPairs(labels),
      samples: samples.sort(byTime),
      histograms: histograms.sort(byTime),
      exemplars: exemplars.sort(byTime),
    }));
  }
}

function makeCollector(collected: Map<Labels, Collected>): SampleTaker {
  const partsOf = (labels: Labels): Collected => {
    const known = collected.get(labels);
    if (known !== undefined) return known;
    const parts = { samples: [], histograms: [], exemplars: [] };
    collected.set(labels, parts);
    return parts;
  };
  return {
    append(labels, timeMs, sample) {
      const { samples, histograms } = partsOf(labels);
      if (sample.kind === 'histogram') histograms.push({ timeMs, histogram: sample.histogram });
      else samples.push({ value: sample.kind === 'stale' ? 'stale' : sample.value, timeMs });
    },
    appendExemplar: (labels, { labels: pairs, value, timeMs }) =>
      partsOf(labels).exemplars.push({ labels: toPairs(pairs), value, timeMs }),
  };
}

function toPairs(labels: Labels): { name: string; value: string }[] {
  return [...labels].map(([name, value]) => ({ name, value }));
}

// Prometheus takes samples of one request in order only.
function byTime(a: { readonly timeMs: number }, b: { readonly timeMs: number }): number {
  return a.timeMs - b.timeMs;
}
