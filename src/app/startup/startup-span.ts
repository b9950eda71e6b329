// The startup as telemetry: span `app.startup` with a child for each phase, and a metric. NodeSDK takes 200 ms to load, so
// it is loaded only after all apps are ready, when it can no longer slow down what it reports, and never in a supervisor,
// which would keep its 50 MB for as long as the app lives.
import { z } from 'zod';
import { obsScopeName, startupMetricName, startupSpanName } from '../../model/attributes.ts';
import { type StartupPhase, startupPhaseSchema } from '../../model/run.ts';
import type { Metric } from '../../wire/otlp/types.ts';
import type { AppPlan } from '../plan.ts';
import { listIdentity, makeResource } from '../telemetry/resource.ts';
import { sendRecords } from '../telemetry/sender.ts';

export const startupSchema = z.object({
  spawnedAtMs: z.number(),
  startupMs: z.number(),
  phases: z.array(startupPhaseSchema),
  /** How long this boot waited for its turn. */
  turnWaitMs: z.number(),
  /** Share of all processors that others used meanwhile; null if that is not known. */
  othersCpuRatio: z.number().nullable(),
});
export type Startup = z.infer<typeof startupSchema>;

/** Sends span and metric to the keeper; one that does not take them is no reason to fail a boot. */
export async function recordStartup(plan: AppPlan, startup: Startup): Promise<void> {
  // Loading NodeSDK blocks this process for long enough to break a request that is under way.
  await sendMetric(plan, startup);
  await sendSpans(plan, startup).catch(() => undefined);
}

async function sendMetric(plan: AppPlan, startup: Startup): Promise<void> {
  await sendRecords({ otlpHttp: plan.otlpHttp, resource: makeResource(plan) }, 'metrics', [makeMetric(startup)]);
}

function makeMetric({ spawnedAtMs, startupMs }: Startup): Metric {
  const toNano = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;
  const point = {
    attributes: [],
    startTimeUnixNano: toNano(spawnedAtMs),
    timeUnixNano: toNano(spawnedAtMs + startupMs),
    flags: 0,
    value: startupMs / 1000,
    isInt: false,
    exemplars: [],
  };
  return {
    name: startupMetricName,
    description: 'Time from spawn to ready.',
    unit: 's',
    data: { kind: 'gauge', points: [point] },
    metadata: [],
  };
}

async function sendSpans(plan: AppPlan, startup: Startup): Promise<void> {
  const [{ NodeSDK, resources, tracing }, { OTLPTraceExporter }, { context, trace }] = await Promise.all([
    import('@opentelemetry/sdk-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/api'),
  ]);
  const exporter = new OTLPTraceExporter({ url: `${plan.otlpHttp}/v1/traces` });
  const sdk = new NodeSDK({
    autoDetectResources: false,
    resource: resources.resourceFromAttributes(listIdentity(plan)),
    spanProcessors: [new tracing.BatchSpanProcessor(exporter)],
    metricReaders: [],
    logRecordProcessors: [],
    instrumentations: [],
  });
  sdk.start();
  const tracer = trace.getTracer(obsScopeName);
  const { spawnedAtMs, startupMs, phases } = startup;
  const attributes = listAttributes(plan, startup);
  const root = tracer.startSpan(startupSpanName, { startTime: spawnedAtMs, root: true, attributes });
  const within = trace.setSpan(context.active(), root);
  for (const phase of phases) {
    const options = { startTime: spawnedAtMs + phase.startMs, attributes: listSlowest(phase) };
    const span = tracer.startSpan(`startup ${phase.name}`, options, within);
    span.end(spawnedAtMs + phase.endMs);
  }
  root.end(spawnedAtMs + startupMs);
  await sdk.shutdown();
  // One process may report several apps, each as a service of its own.
  trace.disable();
}

function listAttributes({ app, takesTurn }: AppPlan, { turnWaitMs, othersCpuRatio }: Startup) {
  return {
    'obs.app': app,
    'obs.startup.took_turn': takesTurn,
    'obs.startup.turn_wait_ms': Math.round(turnWaitMs),
    ...(othersCpuRatio === null ? {} : { 'obs.startup.others_cpu_ratio': othersCpuRatio }),
  };
}

function listSlowest({ slowest }: StartupPhase): Record<string, string[]> {
  if (slowest === undefined) return {};
  return { 'obs.startup.slowest_modules': slowest.map(({ name, selfMs }) => `${name} ${selfMs.toFixed(1)} ms`) };
}
