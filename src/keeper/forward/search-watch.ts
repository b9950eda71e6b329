// Tempo takes spans at once, but searches find a trace only after it was quiet for a while (0.3 to 1 s as obs sets it up).
// So what was sent a moment ago is searched for, before anything is said to be queryable.
import { exchangeHttp } from '../../std/http-exchange.ts';
import { asArray, asRecord, asText } from '../../std/json-value.ts';
import { sleep } from '../../std/sleep.ts';
import type { Upstream } from '../upstream/upstream.ts';
import type { NewestSpans } from './parcel.ts';

/** What was taken longer ago can be searched, or will not be soon (spans with old times). */
const watchForMs = 3_000;
/** Bounds the query; of more traces the newest ones tell. */
const maxWatched = 40;
const pollMs = 30;
const answerTimeoutMs = 2_000;

interface Watched {
  readonly spanId: string;
  readonly takenAtMs: number;
}

export class SearchWatch {
  private readonly tempo: Upstream;
  private readonly nowMs: () => number;
  private readonly watched = new Map<string, Watched>();

  constructor(tempo: Upstream, nowMs: () => number) {
    this.tempo = tempo;
    this.nowMs = nowMs;
  }

  /** Notes spans that Tempo has just taken. */
  note(spans: NewestSpans): void {
    for (const [traceId, spanId] of spans) {
      this.watched.delete(traceId); // the newest ones stand last
      this.watched.set(traceId, { spanId, takenAtMs: this.nowMs() });
      if (this.watched.size > maxWatched) this.watched.delete(this.watched.keys().next().value ?? '');
    }
  }

  /** Waits until all spans noted before the call are found; whether they were within the time. */
  async wait(timeoutMs: number): Promise<boolean> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      this.forgetOld();
      if (this.watched.size === 0) return true;
      for (const traceId of await this.search([...this.watched])) this.watched.delete(traceId);
      if (this.watched.size === 0) return true;
      if (performance.now() + pollMs > deadline) return false;
      await sleep(pollMs);
    }
  }

  /** Trace ids of those that are found; all of them when Tempo cannot be asked so. */
  private async search(wanted: readonly (readonly [traceId: string, Watched])[]): Promise<readonly string[]> {
    const query = `{ ${wanted.map(([, { spanId }]) => `span:id = "${spanId}"`).join(' || ')} }`;
    const search = new URLSearchParams({ q: query, limit: String(wanted.length), spss: '1' });
    const url = `${this.tempo.url}/api/search?${search}`;
    const headers = this.tempo.headers();
    const answer = await exchangeHttp({ method: 'GET', url, headers, timeoutMs: answerTimeoutMs }).catch(
      () => undefined,
    );
    if (answer === undefined || answer.status >= 500) return [];
    if (answer.status !== 200) return wanted.map(([traceId]) => traceId);
    const traces = asArray(asRecord(JSON.parse(answer.body.toString('utf8'))).traces);
    // Tempo drops zeros at the start of a trace id.
    return traces.map((trace) => asText(asRecord(trace).traceID).padStart(32, '0'));
  }

  private forgetOld(): void {
    const before = this.nowMs() - watchForMs;
    for (const [traceId, { takenAtMs }] of this.watched) if (takenAtMs < before) this.watched.delete(traceId);
  }
}
