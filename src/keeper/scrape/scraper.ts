// Fetches the metrics pages of apps at their interval and hands the samples to ingest.
import type { ScrapeTarget } from '../../model/keeper-api.ts';
import { type Bounds, describeLimit } from '../../model/limits.ts';
import { type ExposedFamily, parseExposition, readExpositionFormat } from '../../wire/exposition/page.ts';
import { readProtobufPage } from '../../wire/exposition/protobuf-page.ts';
import type { Ingest } from '../ingest/ingest.ts';
import { fetchPage } from './fetch-page.ts';
import { TargetSeries } from './target-series.ts';

export interface ScraperOptions {
  readonly ingest: Ingest;
  readonly nowMs: () => number;
  readonly bounds: Bounds;
  readonly onPage: (families: readonly ExposedFamily[]) => void;
  /** Told when a target cannot be read, and again when the reason changes. */
  readonly onTrouble: (url: string, reason: string) => void;
}

/** A target that can be scraped at all is scraped no faster than this. */
const minIntervalMs = 100;
const maxTimeoutMs = 10_000;
/** One per run; an obs.yaml with more apps than this is not known. */
const maxTargets = 100;

interface Scraped {
  readonly target: ScrapeTarget;
  readonly runId: string;
  readonly series: TargetSeries;
  timer: NodeJS.Timeout | undefined;
  busy: boolean;
  trouble: string | undefined;
}

export class Scraper {
  private readonly options: ScraperOptions;
  private readonly targets = new Map<string, Scraped>();

  constructor(options: ScraperOptions) {
    this.options = options;
  }

  /** Starts scraping a target at once, in place of the one the run had before; false when there are too many. */
  put(runId: string, target: ScrapeTarget): boolean {
    this.remove(runId);
    if (this.targets.size >= maxTargets) return false;
    const scraped: Scraped = {
      target,
      runId,
      series: new TargetSeries(target),
      timer: undefined,
      busy: false,
      trouble: undefined,
    };
    this.targets.set(runId, scraped);
    scraped.timer = setInterval(() => void this.scrape(scraped), Math.max(target.intervalMs, minIntervalMs)).unref();
    void this.scrape(scraped);
    return true;
  }

  /** Whether there was one to remove; its series end. */
  remove(runId: string): boolean {
    const scraped = this.targets.get(runId);
    if (scraped === undefined) return false;
    clearInterval(scraped.timer);
    this.targets.delete(runId);
    this.write(scraped, scraped.series.end(this.options.nowMs()));
    return true;
  }

  stop(): void {
    for (const runId of [...this.targets.keys()]) this.remove(runId);
  }

  private async scrape(scraped: Scraped): Promise<void> {
    if (scraped.busy) return; // a page slower than its interval is not asked for twice at a time
    scraped.busy = true;
    const startedAtMs = this.options.nowMs();
    const begun = performance.now();
    const samples = await this.readPage(scraped.target).catch((error: unknown) => void this.complain(scraped, error));
    if (samples !== undefined) scraped.trouble = undefined;
    scraped.busy = false;
    if (this.targets.get(scraped.runId) !== scraped) return;
    const durationSeconds = (performance.now() - begun) / 1000;
    this.write(scraped, scraped.series.write({ samples, startedAtMs, durationSeconds }));
  }

  private complain(scraped: Scraped, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    if (scraped.trouble === reason) return;
    scraped.trouble = reason;
    this.options.onTrouble(scraped.target.url, reason);
  }

  private async readPage({ url, intervalMs }: ScrapeTarget) {
    const { body, contentType } = await fetchPage(url, {
      timeoutMs: Math.min(intervalMs, maxTimeoutMs),
      bounds: this.options.bounds,
    });
    const { bounds } = this.options;
    const limit = { samples: bounds.pageSamples, described: describeLimit('pageSamples', bounds) };
    const format = readExpositionFormat(contentType);
    const { samples, families } =
      format === 'protobuf' ? readProtobufPage(body, limit) : parseExposition(body.toString('utf8'), format, limit);
    this.options.onPage(families);
    return samples;
  }

  private write({ target, runId }: Scraped, series: ReturnType<TargetSeries['write']>): void {
    if (series.length > 0) this.options.ingest.takeSeries({ series, protocol: 'scrape', service: target.job, runId });
  }
}
