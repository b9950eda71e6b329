// The tool behind `obs journey`: runs a journey of obs.yaml, and waits until the spans it caused are there.
import { z } from 'zod';
import { makeEnvironment } from '../app/environment.ts';
import { TempoClient } from '../clients/tempo.ts';
import type { JourneyConfig } from '../config/journey.ts';
import { ObsError } from '../errors/obs-error.ts';
import { chooseApp, findBaseUrl, findLiveRun } from '../journeys/address.ts';
import { type JourneyRun, runJourney } from '../journeys/run-journey.ts';
import { settleTraces } from '../journeys/settle.ts';
import { startTracer } from '../journeys/tracer.ts';
import { identityAttribute } from '../model/attributes.ts';
import { makeJourneyId } from '../model/ids.ts';
import type { RunningStack } from '../stack/running-stack.ts';
import { findNearest } from '../std/nearest.ts';
import { type JourneyAnswer, journeyAnswerSchema } from './answers/journey.ts';
import { expandJourney } from './app/references.ts';
import { cleanText } from './render/clean.ts';
import { renderJourney } from './render/journey.ts';
import { makeIdentity } from './stack/document.ts';
import { type EnsuredStack, ensureStack } from './stack/ensure.ts';
import { findTarget, loadTargetConfig } from './stack/target.ts';
import { defineTool, type ToolContext } from './tool.ts';

/** How long the spans of an invocation may take to arrive. */
const settleMs = 10_000;

const input = z.strictObject({
  name: z.string().describe('name of a journey in obs.yaml'),
  repeat: z
    .number()
    .int()
    .min(1)
    .max(1000)
    .optional()
    .describe('measured iterations; default: repeat of obs.yaml, else 1'),
});
type Input = z.output<typeof input>;

export const journeyRun = defineTool({
  name: 'journey_run',
  purpose:
    'Runs a journey of obs.yaml (HTTP and shell steps) against the running app. Every span it causes is known by its name, so budgets can say "in journey NAME".',
  input,
  output: journeyAnswerSchema,
  marks: { readOnly: false, destructive: false, openWorld: true },
  cli: {
    verb: 'journey',
    positionals: ['name'],
    examples: ['obs journey checkout', 'obs journey checkout --repeat 20'],
  },
  async run(given, context) {
    const { worktree } = findTarget(context);
    const loaded = await loadTargetConfig(context, worktree);
    const config = findJourney(loaded.config.journeys, given.name);
    const ensured = await ensureStack(context);
    const ran = await runOnce({
      given,
      context,
      config,
      ensured,
      apps: Object.keys(loaded.config.apps),
      folder: loaded.folder,
    });
    const measured = ran.record.iterations;
    const tempo = new TempoClient(ensured.stack.endpoints.tempo, { signal: context.signal });
    await ensured.stack.keeper.settle(settleMs, { signal: context.signal });
    const traceIds = measured.map((one) => one.traceId);
    const settled = await settleTraces(tempo, { traceIds, timeoutMs: settleMs, signal: context.signal });
    const output = { ...describeRun(ran), ...settled, pending: [...settled.pending] };
    return { output, exit: measured.every((one) => one.ok) ? 0 : 1 };
  },
  render: renderJourney,
});

function findJourney(journeys: Readonly<Record<string, JourneyConfig>>, name: string): JourneyConfig {
  const found = Object.hasOwn(journeys, name) ? journeys[name] : undefined;
  if (found !== undefined) return found;
  const known = Object.keys(journeys);
  throw new ObsError('OBS_UNKNOWN_JOURNEY', { name, known, nearest: findNearest(name, known, 1) });
}

interface Invocation {
  readonly given: Input;
  readonly context: ToolContext;
  readonly config: JourneyConfig;
  readonly ensured: EnsuredStack;
  readonly apps: readonly string[];
  readonly folder: string;
}

async function runOnce(of: Invocation): Promise<JourneyRun> {
  const { given, context, ensured, apps, folder } = of;
  const { stack, worktree } = ensured;
  const { keeper, endpoints } = stack;
  const runs = await keeper.runs({ signal: context.signal });
  const config = expandJourney(of.config, runs);
  const app = chooseApp(config.app, apps, runs);
  const run = findLiveRun(app, runs);
  const baseUrl = findBaseUrl(run);
  failWithoutAddress(given.name, config, { app, baseUrl });
  const identity = makeIdentity(stack, worktree);
  const tracer = await startTracer({ url: endpoints.otlpTraces, resource: resourceOf(stack) });
  try {
    return await runJourney({
      name: given.name,
      journeyId: makeJourneyId(context.nowMs()),
      config,
      repeat: given.repeat ?? config.repeat,
      app,
      runId: run?.runId ?? null,
      tracer,
      baseUrl,
      env: {
        ...context.env,
        ...makeEnvironment({ endpoints, identity, inherited: context.env }),
        ...portVariables(run?.ports),
      },
      folder,
      signal: context.signal,
      nowMs: context.nowMs,
      record: (journey) => keeper.putJourney(journey),
      progress: context.progress,
    });
  } finally {
    await tracer.close();
  }
}

function failWithoutAddress(
  journey: string,
  config: JourneyConfig,
  of: { app: string | null; baseUrl: string | null },
): void {
  const step = config.steps.findIndex((one) => one.kind === 'http' && !/^https?:\/\//.test(one.target));
  if (step === -1 || of.baseUrl !== null) return;
  const reason = of.app === null ? 'which app it drives is open' : `app ${of.app} does not run, or listens on no port`;
  throw new ObsError('OBS_JOURNEY_WITHOUT_ADDRESS', { journey, step: step + 1, app: of.app, reason });
}

function resourceOf({ state }: RunningStack): Record<string, string> {
  return { [identityAttribute.stack]: state.stackId, [identityAttribute.worktree]: state.worktree };
}

function portVariables(ports: Readonly<Record<string, number>> | undefined): Record<string, string> {
  return Object.fromEntries(Object.entries(ports ?? {}).map(([name, port]) => [name, String(port)]));
}

function describeRun({ record, steps }: JourneyRun): Omit<JourneyAnswer, 'spans' | 'appSpans' | 'settled' | 'pending'> {
  const warmups = new Set(record.iterations.flatMap((one, at) => (one.warmup ? [at] : [])));
  const measured = steps.filter((one) => !warmups.has(one.iteration));
  const names = [...new Set(measured.map((one) => one.step))];
  return {
    journey: record.name,
    journeyId: record.journeyId,
    app: record.app,
    runId: record.runId,
    iterations: record.iterations.map(({ traceId, warmup, ok, durationMs, failure }) => ({
      traceId,
      warmup,
      ok,
      durationMs,
      failure: failure === null ? null : cleanText(failure),
    })),
    steps: names.map((step) => {
      const timings = measured.filter((one) => one.step === step);
      const durations = timings.map((one) => one.durationMs);
      return {
        step,
        runs: timings.length,
        avgMs: durations.reduce((sum, ms) => sum + ms, 0) / timings.length,
        maxMs: Math.max(...durations),
        failures: timings.filter((one) => one.failure !== null).length,
      };
    }),
  };
}
