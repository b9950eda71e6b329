// The tool behind `obs check`: budgets held against what was observed. It boots nothing and starts nothing.
import { z } from 'zod';
import { makeBackendSource } from '../budgets/backend-source.ts';
import { type DeclaredBudget, declareBudget, splitArguments } from '../budgets/declared.ts';
import { type Evaluation, evaluateBudget } from '../budgets/evaluate/evaluate.ts';
import { summariseVerdicts } from '../budgets/exit.ts';
import { awaitOpenTraces, isAboutSpans } from '../budgets/open-traces.ts';
import type { History, Selection } from '../budgets/scope.ts';
import { ObsError } from '../errors/obs-error.ts';
import type { Verdict } from '../model/verdict.ts';
import { sleep } from '../std/sleep.ts';
import { type CheckAnswer, checkAnswerSchema } from './answers/check.ts';
import { openQueryStack, type QueryStack, stackField } from './query/open.ts';
import { formatTime, readAge } from './query/window.ts';
import { cleanText } from './render/clean.ts';
import { renderVerdicts } from './render/verdicts.ts';
import { findTarget, loadTargetConfig } from './stack/target.ts';
import { defineTool, type ToolContext } from './tool.ts';

const pollMs = 200;
/** How long to wait until what the keeper has received is queryable. */
const settleMs = 5_000;
/** How long to wait for spans whose parents are still open, without and with `--wait`: apps of obs send every 100 ms. */
const openTracesMs = { least: 2_000, most: 10_000 } as const;

const input = z.strictObject({
  budgets: z.array(z.string()).default([]).describe("budgets such as 'startup < 800ms'; default: those of obs.yaml"),
  run: z.string().optional().describe('judge this run (r-…) instead of the latest of each app'),
  since: z.string().optional().describe('judge all that was observed in the last 15m, 2h …'),
  all: z.boolean().default(false).describe('judge all that the stack holds'),
  boot: z.number().int().min(1).optional().describe('boot each app this many times first'),
  wait: z.string().default('0s').describe('wait this long for data to arrive, such as 10s'),
  ...stackField,
});
type Input = z.output<typeof input>;

export const budgetCheck = defineTool({
  name: 'budget_check',
  purpose:
    'Judges budgets such as "startup < 800ms" or "no span in journey checkout > 2s" on what was observed: pass, fail, warn or no data, with the guilty spans. Boots nothing.',
  input,
  output: checkAnswerSchema,
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'check',
    positionals: ['budgets'],
    examples: ['obs check', "obs check 'no span in journey checkout > 2s'", 'obs check startup under 800ms'],
  },
  async run(given, context) {
    if (given.boot !== undefined)
      throw new ObsError('OBS_NOT_BUILT', { feature: 'check --boot', instead: 'obs run --detach && obs check' });
    const declared = await collectBudgets(given, context);
    const queried = await openQueryStack(context, given.stack);
    const { evaluations, history, warnings } = await evaluateWithPatience(declared, { given, context, queried });
    const verdicts = evaluations.map(({ verdict }) => cleanVerdict(verdict));
    const { summary, exit } = summariseVerdicts(verdicts);
    return { output: { scope: describeScope(history), summary, verdicts, warnings: warnings.map(cleanText) }, exit };
  },
  render: renderVerdicts,
});

/** The budgets given, or those of obs.yaml. @throws ObsError OBS_BUDGET_…, OBS_CONFIG_…, OBS_NO_BUDGETS */
async function collectBudgets(given: Input, context: ToolContext): Promise<DeclaredBudget[]> {
  if (given.budgets.length > 0) {
    // Only a shell splits what was meant as one budget.
    const kind = context.caller === 'cli' ? 'argument' : 'tool';
    const texts = kind === 'argument' ? splitArguments(given.budgets) : given.budgets;
    return texts.map((text, at) => declareBudget({ text, origin: { kind, source: `argument ${at + 1}` } }));
  }
  const { config, file, budgetSources } = await loadTargetConfig(context, findTarget(context).worktree);
  if (config.budgets.length === 0)
    throw new ObsError('OBS_NO_BUDGETS', { where: file === null ? 'there is no obs.yaml' : `${file} declares none` });
  return config.budgets.map(({ assert: text, name, level }, at) =>
    declareBudget({ text, name, level, origin: { kind: 'yaml', source: budgetSources[at] ?? 'obs.yaml' } }),
  );
}

interface Judging {
  readonly given: Input;
  readonly context: ToolContext;
  readonly queried: QueryStack;
}

interface Judged {
  readonly evaluations: readonly Evaluation[];
  readonly history: History;
  readonly warnings: readonly string[];
}

// Judges all, then again those whose data may still arrive, until they have a verdict or the wait is over.
async function evaluateWithPatience(declared: readonly DeclaredBudget[], judging: Judging): Promise<Judged> {
  const { given, context, queried } = judging;
  const deadline = performance.now() + (given.wait === '0s' ? 0 : readAge('--wait', given.wait));
  let evaluations = new Map<DeclaredBudget, Evaluation>();
  let said = '';
  for (;;) {
    const history = await readHistory(judging);
    const warnings = await awaitSpans(declared, { judging, history, deadline });
    const source = makeBackendSource(queried);
    const next = new Map(evaluations);
    for (const budget of declared) {
      if (evaluations.get(budget)?.mayArrive === false) continue;
      next.set(budget, await evaluateBudget(budget, { source, history }));
    }
    evaluations = next;
    const open = [...evaluations.values()].filter((one) => one.mayArrive);
    if (open.length === 0 || performance.now() >= deadline)
      return { evaluations: [...evaluations.values()], history, warnings };
    const note = `waiting for data: ${open[0]?.verdict.reason ?? ''}`;
    if (note !== said) context.progress(note);
    said = note;
    await sleep(pollMs, context.signal);
  }
}

async function awaitSpans(
  declared: readonly DeclaredBudget[],
  of: { readonly judging: Judging; readonly history: History; readonly deadline: number },
): Promise<readonly string[]> {
  if (!declared.some(({ budget }) => isAboutSpans(budget))) return [];
  const { context, queried } = of.judging;
  const leftMs = of.deadline - performance.now();
  const timeoutMs = Math.min(openTracesMs.most, Math.max(openTracesMs.least, leftMs));
  const { signal, progress } = context;
  return awaitOpenTraces(queried.tempo, { history: of.history, timeoutMs, signal, progress });
}

async function readHistory({ given, context, queried }: Judging): Promise<History> {
  const { keeper } = queried.stack;
  const options = { signal: context.signal };
  await keeper.settle(settleMs, options);
  const [runs, journeys] = await Promise.all([keeper.runs(options), keeper.journeys(options)]);
  const nowMs = context.nowMs();
  if (given.run !== undefined && !runs.some((run) => run.runId === given.run)) {
    const known = runs
      .slice(-5)
      .map((run) => run.runId)
      .reverse();
    throw new ObsError('OBS_UNKNOWN_RUN', { runId: given.run, known });
  }
  const startedAtMs = Date.parse(queried.stack.state.startedAt);
  const firstMs = Math.min(startedAtMs, ...runs.map((run) => run.startedAtMs));
  return { runs, journeys, nowMs, selection: chooseSelection(given, { nowMs, firstMs }) };
}

function chooseSelection(given: Input, times: { readonly nowMs: number; readonly firstMs: number }): Selection {
  if (given.run !== undefined) return { kind: 'run', runId: given.run };
  const { nowMs, firstMs } = times;
  if (given.since !== undefined)
    return { kind: 'window', window: { startMs: nowMs - readAge('--since', given.since), endMs: nowMs } };
  return given.all ? { kind: 'window', window: { startMs: firstMs, endMs: nowMs } } : { kind: 'latest' };
}

function describeScope({ selection, runs }: History): CheckAnswer['scope'] {
  if (selection.kind === 'window') return { kind: 'window', runs: [], from: formatTime(selection.window.startMs) };
  const latest = new Map(runs.map((run) => [run.app, run.runId]));
  return {
    kind: selection.kind,
    runs: selection.kind === 'run' ? [selection.runId] : [...latest.values()],
    from: null,
  };
}

function cleanVerdict(verdict: Verdict): Verdict {
  return { ...verdict, culprits: verdict.culprits.map((one) => ({ ...one, line: cleanText(one.line) })) };
}
