// The control interface of model/keeper-api.ts as routes of the OTLP/HTTP port.
import { z } from 'zod';
import { journeyRecordSchema } from '../../model/journey.ts';
import { type KeeperStatus, scrapeTargetSchema } from '../../model/keeper-api.ts';
import { runRecordSchema } from '../../model/run.ts';
import { HttpRefusal } from '../http/refusal.ts';
import type { ApiHandler, ApiRequest, Route } from '../http/types.ts';
import type { Lease } from '../lease/lease.ts';
import type { Scraper } from '../scrape/scraper.ts';
import type { Sink } from '../sink/sink.ts';
import { type StateFile, upsert } from '../state/state-file.ts';
import type { ArrivalLog } from './arrivals.ts';
import { requireToken } from './bearer.ts';
import { jsonAnswer, readJson } from './json.ts';
import type { MetricMetadata } from './metric-metadata.ts';

export interface ControlParts {
  readonly file: StateFile;
  readonly lease: Lease;
  readonly sink: Sink;
  readonly scraper: Scraper;
  readonly arrivals: ArrivalLog;
  readonly metadata: MetricMetadata;
  readonly readStatus: () => KeeperStatus;
  /** Begins the end of the keeper; the answer is sent before. */
  readonly stop: (reason: string) => void;
  /** Also takes telemetry of apps in containers, on this address of the machine. */
  readonly letGuestsIn: (address: string) => Promise<void>;
}

const stopSchema = z.object({ reason: z.string().default('asked to') });
const readySchema = z.object({ readyMs: z.number().min(0) });
const listenSchema = z.object({ address: z.union([z.ipv4(), z.ipv6()]) });
const settleSchema = z.object({ timeoutMs: z.number().min(0).max(600_000).default(5_000) });

/** All routes below /obs/ but the identity; each needs the token. */
export function makeControlRoutes(parts: ControlParts): Route[] {
  const { file, lease, sink, scraper, arrivals, metadata } = parts;
  const routes: readonly [Route['method'], string, ApiHandler][] = [
    ['GET', '/obs/status', () => jsonAnswer(parts.readStatus())],
    ['POST', '/obs/ready', ({ body }) => markReady(body, parts)],
    ['POST', '/obs/stop', ({ body }) => stop(body, parts.stop)],
    ['POST', '/obs/listen', ({ body }) => listen(body, parts.letGuestsIn)],
    ['POST', '/obs/lease', () => jsonAnswer({ expiresAtMs: lease.renew() })],
    ['POST', '/obs/settle', async ({ body }) => jsonAnswer(await sink.settle(readJson(settleSchema, body).timeoutMs))],
    ['GET', '/obs/runs', () => jsonAnswer(file.state.runs)],
    ['PUT', '/obs/runs/:runId', (request) => putRun(request, file)],
    ['GET', '/obs/journeys', () => jsonAnswer(file.state.journeys)],
    ['PUT', '/obs/journeys/:journeyId', (request) => putJourney(request, file)],
    ['PUT', '/obs/scrapes/:runId', (request) => putScrape(request, scraper)],
    ['DELETE', '/obs/scrapes/:runId', ({ params }) => jsonAnswer({ removed: scraper.remove(params.runId ?? '') })],
    ['GET', '/obs/arrivals', () => jsonAnswer(arrivals.list())],
    ['GET', '/obs/metric-metadata', () => jsonAnswer(metadata.list())],
  ];
  return routes.map(([method, path, handler]) => ({
    method,
    path,
    handler: requireToken(file.state.token, handler),
  }));
}

// Of several who waited for the same start, the first to have its probe back tells how long it took, to all of them.
function markReady(body: Buffer, { file, sink }: ControlParts) {
  const { readyMs } = readJson(readySchema, body);
  file.update({ readyMs: file.state.readyMs ?? readyMs, starter: null });
  // Behind the answer, which nobody should wait for: it takes a while when much is stored.
  setImmediate(() => sink.forgetProbe());
  return jsonAnswer({ ready: true });
}

function stop(body: Buffer, begin: (reason: string) => void) {
  const { reason } = readJson(stopSchema, body);
  setImmediate(() => begin(reason));
  return jsonAnswer({ stopping: true }, 202);
}

async function listen(body: Buffer, letGuestsIn: ControlParts['letGuestsIn']) {
  const { address } = readJson(listenSchema, body);
  await letGuestsIn(address);
  return jsonAnswer({ address });
}

function putRun({ params, body }: ApiRequest, file: StateFile) {
  const record = readJson(runRecordSchema, body);
  failUnlessSameId(params.runId, record.runId);
  file.update({ runs: upsert(file.state.runs, record, (run) => run.runId) });
  return jsonAnswer(record);
}

function putJourney({ params, body }: ApiRequest, file: StateFile) {
  const record = readJson(journeyRecordSchema, body);
  failUnlessSameId(params.journeyId, record.journeyId);
  file.update({ journeys: upsert(file.state.journeys, record, (journey) => journey.journeyId) });
  return jsonAnswer(record);
}

function putScrape({ params, body }: ApiRequest, scraper: Scraper) {
  const target = readJson(scrapeTargetSchema, body);
  if (!URL.canParse(target.url) || !/^https?:$/.test(new URL(target.url).protocol))
    throw new HttpRefusal(400, `url: "${target.url}" is no http address`);
  if (!scraper.put(params.runId ?? '', target))
    throw new HttpRefusal(429, 'too many scrape targets (limit: scrape targets)');
  return jsonAnswer(target);
}

function failUnlessSameId(inPath: string | undefined, inBody: string): void {
  if (inPath !== inBody) throw new HttpRefusal(400, `the path says "${inPath}", the body says "${inBody}"`);
}
