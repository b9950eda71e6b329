// What one scrape of a target writes: its samples under job and instance, `up` and its companions, and stale marks for
// series that were on the page before and are not any more. As Prometheus does it.
// https://prometheus.io/docs/concepts/jobs_instances/#automatically-generated-labels-and-time-series
import type { ScrapeTarget } from '../../model/keeper-api.ts';
import type { ExposedExemplar, ExposedSample } from '../../wire/exposition/page.ts';
import type { WrittenExemplar, WrittenSeries } from '../../wire/prometheus/remote-write.ts';

type Labels = WrittenSeries['labels'];

export interface ScrapeResult {
  /** undefined when the page could not be fetched or read. */
  readonly samples: readonly ExposedSample[] | undefined;
  readonly startedAtMs: number;
  readonly durationSeconds: number;
}

export class TargetSeries {
  private readonly target: ScrapeTarget;
  private live = new Map<string, Labels>();

  constructor(target: ScrapeTarget) {
    this.target = target;
  }

  /** The series that a scrape writes. */
  write({ samples: scraped, startedAtMs, durationSeconds }: ScrapeResult): WrittenSeries[] {
    const samples = scraped ?? [];
    const written: WrittenSeries[] = [];
    const live = new Map<string, Labels>();
    for (const { name, labels, value, timeMs, exemplars: found = [], histogram } of samples) {
      const full = this.labelsOf(name, labels);
      // Samples with a time of their own say themselves until when they hold.
      if (timeMs === undefined) live.set(keyOf(full), full);
      const atMs = timeMs ?? startedAtMs;
      const exemplars = found.length === 0 ? {} : { exemplars: found.map((one) => toWritten(one, atMs)) };
      written.push(
        histogram === undefined
          ? { labels: full, samples: [{ value, timeMs: atMs }], ...exemplars }
          : { labels: full, samples: [], histograms: [{ timeMs: atMs, histogram }], ...exemplars },
      );
    }
    written.push(...this.markStale(live, startedAtMs));
    const facts = {
      up: scraped === undefined ? 0 : 1,
      scrape_duration_seconds: durationSeconds,
      scrape_samples_scraped: samples.length,
    };
    for (const [name, value] of Object.entries(facts))
      written.push({ labels: this.labelsOf(name, []), samples: [{ value, timeMs: startedAtMs }] });
    return written;
  }

  /** The marks that end all series of a target that is no longer scraped. */
  end(timeMs: number): WrittenSeries[] {
    if (this.live.size > 0) this.live.set('up', this.labelsOf('up', []));
    return this.markStale(new Map(), timeMs);
  }

  private markStale(live: Map<string, Labels>, timeMs: number): WrittenSeries[] {
    const gone = [...this.live].filter(([key]) => !live.has(key));
    this.live = live;
    return gone.map(([, labels]) => ({ labels, samples: [{ value: 'stale', timeMs }] }));
  }

  // Labels of the page that are called like those of the target keep their value under another name.
  private labelsOf(name: string, exposed: ExposedSample['labels']): Labels {
    const { job, instance } = this.target;
    const own = exposed.map(([label, value]) => ({
      name: label === 'job' || label === 'instance' ? `exported_${label}` : label,
      value,
    }));
    return [
      { name: '__name__', value: name },
      { name: 'job', value: job },
      { name: 'instance', value: instance },
      ...own,
    ];
  }
}

function toWritten({ labels, value, timeMs }: ExposedExemplar, sampleMs: number): WrittenExemplar {
  return { labels: labels.map(([name, text]) => ({ name, value: text })), value, timeMs: timeMs ?? sampleMs };
}

function keyOf(labels: Labels): string {
  return labels
    .map(({ name, value }) => `${name}\0${value}`)
    .sort()
    .join('\0\0');
}
