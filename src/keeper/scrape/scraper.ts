// Fetches the metrics pages of apps at their interval and hands the samples to ingest.
import type { ScrapeTarget } from '../../model/keeper-api.ts';

/** The targets, by run id. */
export class Scraper {
  private readonly targets = new Map<string, { target: ScrapeTarget; timer: NodeJS.Timeout }>();
  private readonly scrapeOnce: (target: ScrapeTarget) => Promise<void>;

  constructor(scrapeOnce: (target: ScrapeTarget) => Promise<void>) {
    this.scrapeOnce = scrapeOnce;
  }

  /** Starts scraping a target at once, in place of the one the run had before. */
  put(runId: string, target: ScrapeTarget): void {
    this.remove(runId);
    let running = false;
    const tick = async () => {
      if (running) return; // a page slower than its interval is not asked twice at a time
      running = true;
      await this.scrapeOnce(target).finally(() => {
        running = false;
      });
    };
    const timer = setInterval(() => void tick(), target.intervalMs).unref();
    this.targets.set(runId, { target, timer });
    void tick();
  }

  /** Whether there was one to remove. */
  remove(runId: string): boolean {
    clearInterval(this.targets.get(runId)?.timer);
    return this.targets.delete(runId);
  }

  stop(): void {
    for (const runId of [...this.targets.keys()]) this.remove(runId);
  }
}
