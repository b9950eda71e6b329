// The keeper's control interface: JSON over HTTP on the OTLP/HTTP port, below /obs/. Requests other than
// GET /obs/identity need `authorization: Bearer <token of the state file>`.
//
//   GET  /obs/identity            Identity (on every port of the stack)
//   GET  /obs/status              KeeperStatus
//   POST /obs/stop                {reason} → 202; the keeper ends apps' records, flushes, and exits
//   POST /obs/ready               {readyMs}: the `up` that started it has read its probe back; the keeper sets readyMs and clears starter
//   POST /obs/listen              {address}: also takes OTLP/HTTP on this address of the machine, with the guest token
//   POST /obs/lease               renews the lease → {expiresAtMs}
//   POST /obs/settle              {timeoutMs} → Settled: all that was received before this call is queryable
//   GET  /obs/runs                RunRecord[], oldest first        PUT /obs/runs/{runId}      RunRecord (insert or replace)
//   GET  /obs/journeys            JourneyRecord[], oldest first    PUT /obs/journeys/{id}     JourneyRecord (insert or replace)
//   PUT  /obs/scrapes/{runId}     ScrapeTarget                     DELETE /obs/scrapes/{runId}
//   GET  /obs/arrivals            Arrivals: what came from whom, and what was refused (for doctor and "no data")
//   GET  /obs/metric-metadata     {name: {type, unit, help}[]} of every metric ever received
import { z } from 'zod';
import { runRecordSchema } from './run.ts';
import { stackStates, usageSchema } from './stack-state.ts';

export const listenerRoles = ['loki', 'prometheus', 'tempo', 'otlpHttp', 'otlpGrpc'] as const;

export const identitySchema = z.object({
  product: z.literal('obs'),
  stackId: z.string(),
  worktree: z.string(),
  role: z.enum(listenerRoles),
  pid: z.number(),
  startTime: z.string(),
  version: z.string(),
});
export type Identity = z.infer<typeof identitySchema>;

export const keeperStatusSchema = z.object({
  state: z.enum(stackStates),
  pid: z.number(),
  rssBytes: z.number(),
  uptimeMs: z.number(),
  lease: z.object({ ttlMs: z.number(), expiresAtMs: z.number() }),
  usage: usageSchema,
  apps: z.array(runRecordSchema),
  warnings: z.array(z.string()),
});
export type KeeperStatus = z.infer<typeof keeperStatusSchema>;

export const settledSchema = z.object({ settled: z.boolean(), waitedMs: z.number(), pending: z.array(z.string()) });
export type Settled = z.infer<typeof settledSchema>;

export const scrapeTargetSchema = z.strictObject({
  url: z.string(),
  intervalMs: z.number().positive(),
  /** `job` and `instance` of the scraped series. */
  job: z.string(),
  instance: z.string(),
});
export type ScrapeTarget = z.infer<typeof scrapeTargetSchema>;

export const arrivalSchema = z.object({
  signal: z.enum(['logs', 'metrics', 'traces']),
  service: z.string().nullable(),
  runId: z.string().nullable(),
  records: z.number(),
  firstAtMs: z.number(),
  lastAtMs: z.number(),
  /** How it came: `otlp-http-protobuf`, `otlp-http-json`, `otlp-grpc`, `loki-push`, `remote-write`, `scrape`. */
  protocol: z.string(),
});
export const refusalSchema = z.object({
  atMs: z.number(),
  path: z.string(),
  status: z.number(),
  reason: z.string(),
  remote: z.string().nullable(),
});
export const arrivalsSchema = z.object({ arrivals: z.array(arrivalSchema), refusals: z.array(refusalSchema) });
export type Arrival = z.infer<typeof arrivalSchema>;
export type Refusal = z.infer<typeof refusalSchema>;
export type Arrivals = z.infer<typeof arrivalsSchema>;
