// One invocation of a journey: warm-ups, then measured iterations, each a trace of its own under a root span of obs.
import type { JourneyConfig, JourneyStep } from '../config/journey.ts';
import { journeyAttribute } from '../model/attributes.ts';
import type { JourneyIteration, JourneyRecord } from '../model/journey.ts';
import { CookieJar } from './cookies.ts';
import { runHttpStep } from './http-step.ts';
import { runShellStep } from './shell-step.ts';
import type { StepContext, StepOutcome } from './step.ts';
import type { JourneyTracer, OpenSpan, SpanAttributes } from './tracer.ts';

export interface JourneyRequest {
  readonly name: string;
  readonly journeyId: string;
  readonly config: JourneyConfig;
  readonly repeat: number;
  readonly app: string | null;
  readonly runId: string | null;
  readonly tracer: JourneyTracer;
  readonly baseUrl: string | null;
  readonly env: StepContext['env'];
  readonly folder: string;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Called before the first iteration, after each, and at the end. */
  readonly record: (journey: JourneyRecord) => Promise<void>;
  readonly progress: (line: string) => void;
}

/** What one step took, by iteration. */
export interface StepTiming {
  readonly step: string;
  readonly iteration: number;
  readonly durationMs: number;
  readonly failure: string | null;
}

export interface JourneyRun {
  readonly record: JourneyRecord;
  readonly steps: readonly StepTiming[];
}

/** Runs all iterations. A failed step ends its iteration, not the journey. Rejects only when it is aborted. */
export async function runJourney(request: JourneyRequest): Promise<JourneyRun> {
  const { config, repeat, nowMs } = request;
  const record: JourneyRecord = {
    journeyId: request.journeyId,
    name: request.name,
    tags: [...config.tags],
    app: request.app,
    runId: request.runId,
    startedAtMs: nowMs(),
    endedAtMs: null,
    iterations: [],
  };
  const steps: StepTiming[] = [];
  await request.record(record);
  try {
    for (let iteration = 0; iteration < config.warmup + repeat; iteration++) {
      request.signal.throwIfAborted();
      const warmup = iteration < config.warmup;
      const done = await runIteration(request, { iteration, warmup, steps });
      record.iterations.push(done);
      await request.record(record);
      const outcome = done.ok ? `${Math.round(done.durationMs)} ms` : `failed: ${done.failure}`;
      request.progress(`journey ${request.name} ${warmup ? 'warm-up' : 'iteration'} ${iteration + 1}: ${outcome}`);
    }
  } finally {
    // Also when it is aborted: an invocation without an end would never be judged.
    record.endedAtMs = nowMs();
    await request.record(record);
  }
  return { record, steps };
}

interface Iteration {
  readonly iteration: number;
  readonly warmup: boolean;
  readonly steps: StepTiming[];
}

async function runIteration(request: JourneyRequest, of: Iteration): Promise<JourneyIteration> {
  const attributes = {
    [journeyAttribute.name]: request.name,
    [journeyAttribute.id]: request.journeyId,
    [journeyAttribute.iteration]: of.iteration,
  };
  const startedAtMs = request.nowMs();
  const started = performance.now();
  const root = request.tracer.startRoot(`journey ${request.name}`, attributes);
  const failure = await runSteps(request, { ...of, root, attributes });
  root.end(failure);
  const durationMs = performance.now() - started;
  return { traceId: root.traceId, warmup: of.warmup, ok: failure === null, startedAtMs, durationMs, failure };
}

interface OpenIteration extends Iteration {
  readonly root: OpenSpan;
  readonly attributes: SpanAttributes;
}

async function runSteps(request: JourneyRequest, of: OpenIteration): Promise<string | null> {
  const cookies = new CookieJar();
  const baggage = Object.entries(of.attributes)
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join(',');
  for (const [index, step] of request.config.steps.entries()) {
    const name = nameStep(step);
    const kind = step.kind === 'http' ? 'client' : 'internal';
    const span = of.root.startChild(name, { kind, attributes: of.attributes });
    const started = performance.now();
    const context: StepContext = { ...request, span, baggage, cookies };
    const { failure } = await runStep(step, context);
    span.end(failure);
    of.steps.push({ step: name, iteration: of.iteration, durationMs: performance.now() - started, failure });
    if (failure !== null) return `step ${index + 1} (${name}): ${failure}`;
  }
  return null;
}

function runStep(step: JourneyStep, context: StepContext): Promise<StepOutcome> {
  return step.kind === 'http' ? runHttpStep(step, context) : runShellStep(step, context);
}

/** The name of a step's span: its own, or what it does. */
export function nameStep(step: JourneyStep): string {
  if (step.name !== null) return step.name;
  return step.kind === 'http' ? `${step.method} ${step.target}` : step.command;
}
