// The keeper's control interface as typed calls; the shapes are those of model/keeper-api.ts.
import { z } from 'zod';
import { ObsError } from '../errors/obs-error.ts';
import { type JourneyRecord, journeyRecordSchema } from '../model/journey.ts';
import {
  type Arrivals,
  arrivalsSchema,
  type Identity,
  identitySchema,
  type KeeperStatus,
  keeperStatusSchema,
  type ScrapeTarget,
  type Settled,
  settledSchema,
} from '../model/keeper-api.ts';
import { type RunRecord, runRecordSchema } from '../model/run.ts';
import { type HttpCall, HttpFailure, sendHttp } from './http.ts';

/** Where a keeper listens (`endpoints.otlpHttp`) and the token of its state file. */
export interface KeeperAddress {
  readonly url: string;
  readonly token: string;
}

export interface CallOptions {
  /** Default 5000. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

const defaultTimeoutMs = 5000;
/** How much longer than its own wait a settle call may take. */
const settleMarginMs = 2000;

const leaseSchema = z.object({ expiresAtMs: z.number() });
const metricMetadataSchema = z.record(
  z.string(),
  z.array(z.object({ type: z.string(), unit: z.string(), help: z.string() })),
);
export type MetricMetadata = z.infer<typeof metricMetadataSchema>;

/** Calls one keeper. Every call rejects with OBS_KEEPER_GONE when nothing listens, OBS_KEEPER_REFUSED on a bad status. */
export class KeeperClient {
  readonly #address: KeeperAddress;

  constructor(address: KeeperAddress) {
    this.#address = address;
  }

  status(options?: CallOptions): Promise<KeeperStatus> {
    return this.#call('GET', '/obs/status', keeperStatusSchema, options);
  }

  /** Tells the keeper that the `up` which started it has read its probe back after `readyMs`. */
  async markReady(readyMs: number, options?: CallOptions): Promise<void> {
    await this.#call('POST', '/obs/ready', z.unknown(), { ...options, body: { readyMs } });
  }

  /** Asks the keeper to end; it has only begun to when this returns. */
  async stop(reason: string, options?: CallOptions): Promise<void> {
    await this.#call('POST', '/obs/stop', z.unknown(), { ...options, body: { reason } });
  }

  /** Has the keeper take telemetry on another address of this machine, too. */
  async listenOn(address: string, options?: CallOptions): Promise<void> {
    await this.#call('POST', '/obs/listen', z.unknown(), { ...options, body: { address } });
  }

  renewLease(options?: CallOptions): Promise<z.infer<typeof leaseSchema>> {
    return this.#call('POST', '/obs/lease', leaseSchema, options);
  }

  /** Waits until all that the keeper received before this call is queryable, at most `timeoutMs`. */
  settle(timeoutMs: number, options?: CallOptions): Promise<Settled> {
    const whole = { ...options, timeoutMs: timeoutMs + settleMarginMs, body: { timeoutMs } };
    return this.#call('POST', '/obs/settle', settledSchema, whole);
  }

  /** All runs, oldest first. */
  runs(options?: CallOptions): Promise<RunRecord[]> {
    return this.#call('GET', '/obs/runs', z.array(runRecordSchema), options);
  }

  async putRun(run: RunRecord, options?: CallOptions): Promise<void> {
    await this.#call('PUT', `/obs/runs/${encodeURIComponent(run.runId)}`, z.unknown(), { ...options, body: run });
  }

  /** All invocations of journeys, oldest first. */
  journeys(options?: CallOptions): Promise<JourneyRecord[]> {
    return this.#call('GET', '/obs/journeys', z.array(journeyRecordSchema), options);
  }

  async putJourney(journey: JourneyRecord, options?: CallOptions): Promise<void> {
    const path = `/obs/journeys/${encodeURIComponent(journey.journeyId)}`;
    await this.#call('PUT', path, z.unknown(), { ...options, body: journey });
  }

  async putScrape(runId: string, target: ScrapeTarget, options?: CallOptions): Promise<void> {
    await this.#call('PUT', `/obs/scrapes/${encodeURIComponent(runId)}`, z.unknown(), { ...options, body: target });
  }

  async deleteScrape(runId: string, options?: CallOptions): Promise<void> {
    await this.#call('DELETE', `/obs/scrapes/${encodeURIComponent(runId)}`, z.unknown(), options);
  }

  /** What came from whom, and what was refused. */
  arrivals(options?: CallOptions): Promise<Arrivals> {
    return this.#call('GET', '/obs/arrivals', arrivalsSchema, options);
  }

  /** Type, unit and help of every metric ever received. */
  metricMetadata(options?: CallOptions): Promise<MetricMetadata> {
    return this.#call('GET', '/obs/metric-metadata', metricMetadataSchema, options);
  }

  async #call<T>(
    method: HttpCall['method'],
    path: string,
    answer: z.ZodType<T>,
    options: CallOptions & { readonly body?: unknown } = {},
  ): Promise<T> {
    const { token, url } = this.#address;
    const text = options.body === undefined ? undefined : JSON.stringify(options.body);
    const sent = sendHttp({
      method,
      url: url + path,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: text,
      timeoutMs: options.timeoutMs ?? defaultTimeoutMs,
      signal: options.signal,
    });
    const got = await sent.catch((error: unknown) => {
      if (!(error instanceof HttpFailure)) throw error;
      throw new ObsError('OBS_KEEPER_GONE', { url, reason: error.message }, { cause: error });
    });
    if (got.status < 200 || got.status > 299) {
      throw new ObsError('OBS_KEEPER_REFUSED', { path, status: got.status, reason: got.body.toString().slice(0, 300) });
    }
    return answer.parse(got.body.length === 0 ? undefined : JSON.parse(got.body.toString()));
  }
}

/** Who listens on an address, if it is a process of obs; undefined for strangers, silence and closed ports. */
export async function readIdentity(baseUrl: string, options: CallOptions = {}): Promise<Identity | undefined> {
  const timeoutMs = options.timeoutMs ?? 1000;
  try {
    const url = `${baseUrl}/obs/identity`;
    const got = await sendHttp({ method: 'GET', url, timeoutMs, maxBytes: 64 * 1024, signal: options.signal });
    const parsed = identitySchema.safeParse(JSON.parse(got.body.toString()));
    return parsed.success ? parsed.data : undefined;
  } catch (error) {
    // A sandbox is a reason to stop, not a stranger; an answer that is no JSON or no HTTP is one.
    if (error instanceof ObsError) throw error;
    return undefined;
  }
}
