// The proof that a stack is ready: a log line, a sample and a span go in through the addresses that apps get, and come
// back through the three query APIs. They carry a service name of their own, so that they never pass for an app's.
import { randomBytes } from 'node:crypto';
import { sendHttp } from '../clients/http.ts';
import { ObsError } from '../errors/obs-error.ts';
import { obsScopeName, probeMetricName, probeServiceName } from '../model/attributes.ts';
import type { Endpoints } from '../model/ports.ts';
import { sleep } from '../std/sleep.ts';

export interface ProbeOptions {
  readonly nowMs: () => number;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal;
}

interface Probe {
  readonly traceId: string;
  readonly spanId: string;
  readonly timeMs: number;
}

interface ProbePart {
  readonly name: 'log' | 'sample' | 'span';
  readonly target: (endpoints: Endpoints) => string;
  readonly body: (probe: Probe) => unknown;
  /** URL of the query that finds it. */
  readonly query: (endpoints: Endpoints, probe: Probe) => string;
  /** What the answer holds once it is found. */
  readonly sign: (probe: Probe) => string;
}

const resource = { attributes: [{ key: 'service.name', value: { stringValue: probeServiceName } }] };
const scope = { name: obsScopeName };
const nanoseconds = (ms: number) => `${Math.round(ms)}000000`;
const minuteMs = 60_000;

const parts: readonly ProbePart[] = [
  {
    name: 'log',
    target: (endpoints) => endpoints.otlpLogs,
    body: ({ traceId, timeMs }) => {
      const record = {
        timeUnixNano: nanoseconds(timeMs),
        severityNumber: 9,
        body: { stringValue: `probe ${traceId}` },
      };
      return { resourceLogs: [{ resource, scopeLogs: [{ scope, logRecords: [record] }] }] };
    },
    query: (endpoints, { traceId, timeMs }) => {
      const search = new URLSearchParams({
        query: `{service_name="${probeServiceName}"} |= "${traceId}"`,
        start: nanoseconds(timeMs - minuteMs),
        end: nanoseconds(timeMs + minuteMs),
        limit: '1',
      });
      return `${endpoints.loki}/loki/api/v1/query_range?${search}`;
    },
    sign: ({ traceId }) => `probe ${traceId}`,
  },
  {
    name: 'sample',
    target: (endpoints) => endpoints.otlpMetrics,
    body: ({ timeMs }) => {
      const gauge = { dataPoints: [{ timeUnixNano: nanoseconds(timeMs), asInt: String(timeMs) }] };
      return {
        resourceMetrics: [{ resource, scopeMetrics: [{ scope, metrics: [{ name: probeMetricName, gauge }] }] }],
      };
    },
    query: (endpoints) => `${endpoints.prometheus}/api/v1/query?query=${probeMetricName}`,
    sign: ({ timeMs }) => `"${timeMs}"`,
  },
  {
    name: 'span',
    target: (endpoints) => endpoints.otlpTraces,
    body: ({ traceId, spanId, timeMs }) => {
      const times = { startTimeUnixNano: nanoseconds(timeMs), endTimeUnixNano: nanoseconds(timeMs) };
      return {
        resourceSpans: [{ resource, scopeSpans: [{ scope, spans: [{ traceId, spanId, name: 'probe', ...times }] }] }],
      };
    },
    query: (endpoints, { traceId }) => `${endpoints.tempo}/api/traces/${traceId}`,
    sign: () => probeServiceName,
  },
];

const requestTimeoutMs = 5000;
const firstPauseMs = 2;
const longestPauseMs = 100;

/** Sends the probe and waits until all of it is found again. @throws OBS_PROBE_LOST naming what was not. */
export async function probeStack(endpoints: Endpoints, options: ProbeOptions): Promise<void> {
  const probe: Probe = {
    traceId: randomBytes(16).toString('hex'),
    spanId: randomBytes(8).toString('hex'),
    timeMs: options.nowMs(),
  };
  const begin = performance.now();
  const lost = await Promise.all(parts.map((part) => sendAndFind(part, { endpoints, probe, options })));
  const failures = lost.filter((failure) => failure !== undefined);
  if (failures.length === 0) return;
  throw new ObsError('OBS_PROBE_LOST', {
    missing: failures.map((failure) => failure.name),
    waitedMs: Math.round(performance.now() - begin),
    details: failures.map((failure) => `${failure.name}: ${failure.detail}`),
  });
}

interface Attempt {
  readonly endpoints: Endpoints;
  readonly probe: Probe;
  readonly options: ProbeOptions;
}

/** Undefined once the part was found; else what its last attempt said. */
async function sendAndFind(part: ProbePart, attempt: Attempt) {
  const { endpoints, probe, options } = attempt;
  const deadline = performance.now() + options.timeoutMs;
  let detail = await post(part, attempt);
  for (let pauseMs = firstPauseMs; detail === undefined; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
    const url = part.query(endpoints, probe);
    const got = await sendHttp({ method: 'GET', url, timeoutMs: requestTimeoutMs, signal: options.signal });
    if (got.status === 200 && got.body.includes(part.sign(probe))) return undefined;
    if (performance.now() > deadline) detail = `${url} last answered ${got.status} ${excerpt(got.body)}`;
    else await sleep(pauseMs, options.signal);
  }
  return { name: part.name, detail };
}

/** Undefined if the part was taken; else what was answered. */
async function post(part: ProbePart, { endpoints, probe, options }: Attempt): Promise<string | undefined> {
  const url = part.target(endpoints);
  const got = await sendHttp({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(part.body(probe)),
    timeoutMs: requestTimeoutMs,
    signal: options.signal,
  });
  return got.status === 200 ? undefined : `${url} answered ${got.status} ${excerpt(got.body)}`;
}

function excerpt(body: Buffer): string {
  return body.toString('utf8', 0, 200).replace(/\s+/g, ' ').trim();
}
