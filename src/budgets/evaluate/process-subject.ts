// Budgets over the process tree of an app: rss, cpu, eventloop.
import type { RunRecord } from '../../model/run.ts';
import type { Scope, Statistic, ThingName } from '../language/ast.ts';
import { formatQuantity, fromBase } from '../language/units.ts';
import { selectRuns, windowOfRun } from '../scope.ts';
import type { ProcessMeasure, ProcessSample } from '../source.ts';
import { judgeValues, unitOf } from './judge.ts';
import { lacking, type Part, type Question } from './part.ts';
import { describeNoRun, describeShortRuns, isShortOfRuns } from './span-groups.ts';

/** What a bare `rss`, `cpu` or `eventloop` means. */
const defaultStatistics: Readonly<Record<ProcessMeasure, Statistic>> = {
  rss: { kind: 'max' },
  cpu: { kind: 'avg' },
  // Every sample is a p99 of the event loop's delay already; the largest of them is what the budget is about.
  eventloop: { kind: 'max' },
};

/** Is it a thing that is measured on the process tree? */
export function isProcessMeasure(kind: ThingName): kind is ProcessMeasure {
  return kind === 'rss' || kind === 'cpu' || kind === 'eventloop';
}

/** `rss of web < 300MB`, `p95(cpu) < 50%`. */
export async function judgeProcess(
  question: Question,
  statistic: Statistic | null,
  of: { readonly measure: ProcessMeasure; readonly scope: Scope },
): Promise<Part[]> {
  const { history, budget } = question;
  const { measure, scope } = of;
  if (scope.journeys !== null)
    return [lacking('unsupported', { label: '', reason: `unsupported: ${measure} in journeys; drop the "in …"` })];
  const apps = selectRuns(history, scope.app, budget.over);
  if (apps.length === 0)
    return [lacking('base', { label: scope.app ?? '', reason: describeNoRun(history, scope.app) })];
  const parts: Part[] = [];
  for (const { app: label, runs } of apps) {
    if (isShortOfRuns(budget.over, runs))
      parts.push(lacking('values', { label, reason: describeShortRuns(budget.over, runs) }));
    else parts.push(await judgeApp(question, statistic ?? defaultStatistics[measure], { label, measure, runs }));
  }
  return parts;
}

interface AppMeasure {
  readonly label: string;
  readonly measure: ProcessMeasure;
  readonly runs: readonly RunRecord[];
}

async function judgeApp(question: Question, statistic: Statistic, { label, measure, runs }: AppMeasure): Promise<Part> {
  const { budget, source, history } = question;
  const samples: ProcessSample[] = [];
  const queries: string[] = [];
  for (const run of runs) {
    const fetched = await source.processSamples(measure, run, windowOfRun(run, history.nowMs));
    if (fetched.cutOff !== null) return lacking('cut', { label, reason: fetched.cutOff, query: fetched.query });
    samples.push(...fetched.items);
    queries.push(fetched.query);
  }
  const query = queries.join('\n');
  if (samples.length === 0) {
    const reason = `no ${measure} was measured for run ${runs.map((run) => run.runId).join(', ')}`;
    return lacking('base', { label, reason, query });
  }
  // One sample is as guilty as the next: the highest stands for all of them.
  const highest = samples.reduce((most, sample) => (sample.value > most.value ? sample : most));
  const values = samples.map((sample) => ({
    ...sample,
    ...(sample === highest && { accuse: () => accuseSample(label, measure, { sample, unit: unitOf(budget) }) }),
  }));
  return judgeValues(budget, statistic, { label, noun: 'sample', query, values });
}

function accuseSample(label: string, measure: ProcessMeasure, of: { sample: ProcessSample; unit: string }) {
  const value = formatQuantity(fromBase(of.sample.value, of.unit));
  return {
    traceId: null,
    spanId: null,
    line: `${measure} of ${label} was ${value} at ${new Date(of.sample.atMs).toISOString()}`,
  };
}
