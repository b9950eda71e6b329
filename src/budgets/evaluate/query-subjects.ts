// Budgets over raw queries: `logs`, `metric`, `traces`.
import type { RunRecord } from '../../model/run.ts';
import type { Culprit } from '../../model/verdict.ts';
import { countOf } from '../../std/plural.ts';
import type { Quantity, Signal } from '../language/ast.ts';
import { dimensionOf, formatQuantity, fromRaw, toRaw } from '../language/units.ts';
import { selectRuns, selectWindows } from '../scope.ts';
import type { LineScope, LogLine, SeriesValue, TimeWindow } from '../source.ts';
import { findWorst, holds } from '../statistics.ts';
import { judgeNumber, unitOf } from './judge.ts';
import { findPopulationSelector, findUnknownLabel, selectsLines } from './log-population.ts';
import { lacking, type Part, type Question } from './part.ts';
import { describeNoRun, describeShortRuns, isShortOfRuns } from './span-groups.ts';

const judges: Readonly<Record<Signal, (question: Question, query: string, scope: QueryScope) => Promise<Part>>> = {
  logs: (question, query, scope) =>
    selectsLines(query) ? judgeLines(question, query, scope) : judgeSeries(question, { signal: 'logs', query, scope }),
  metric: (question, query, scope) => judgeSeries(question, { signal: 'metric', query, scope }),
  traces: judgeTraces,
};

interface QueryScope {
  readonly runs: readonly RunRecord[];
  readonly windows: readonly TimeWindow[];
}

/** `logs {…} == 0`, `metric EXPR < 300ms`, `traces {…} == 0`. */
export async function judgeQuery(question: Question, signal: Signal, query: string): Promise<Part[]> {
  const { history, budget } = question;
  const apps = selectRuns(history, null, budget.over);
  const runs = apps.flatMap((one) => one.runs);
  const windows = selectWindows(history, runs);
  if (windows.length === 0) return [lacking('base', { label: '', reason: describeNoRun(history, null), query })];
  const short = apps.find((one) => isShortOfRuns(budget.over, one.runs));
  if (short)
    return [lacking('values', { label: short.app, reason: describeShortRuns(budget.over, short.runs), query })];
  return [await judges[signal](question, query, { runs, windows })];
}

async function judgeLines(question: Question, query: string, { runs, windows }: QueryScope): Promise<Part> {
  const { source, history, budget } = question;
  const scope: LineScope = {
    windows,
    runIds: history.selection.kind === 'window' ? null : runs.map((run) => run.runId),
  };
  const lines = await source.lines(query, scope);
  const common = { label: '', query: lines.query };
  if (lines.cutOff !== null) return lacking('cut', { ...common, reason: lines.cutOff });
  if (lines.items.length === 0) {
    const missing = await findMissingPopulation(question, query, scope);
    if (missing !== null) return lacking('base', { ...common, reason: missing });
  }
  const culprits = lines.items.slice(0, 5).map(accuseLine);
  return judgeCount(budget, windows, { ...common, culprits, noun: 'line', count: lines.items.length });
}

interface Count {
  readonly label: string;
  readonly query: string;
  readonly noun: string;
  readonly count: number;
  readonly culprits: Part['culprits'];
}

/** A count as it is, or per second of the windows in which it was counted. */
function judgeCount(budget: Question['budget'], windows: readonly TimeWindow[], { noun, count, ...rest }: Count): Part {
  const shared = { ...rest, n: count, reason: countOf(count, noun) };
  if (budget.per !== 's') return judgeNumber(budget, { ...shared, value: count, unit: `${noun}s` });
  return judgeNumber(budget, { ...shared, value: count / secondsOf(windows), unit: `${noun}s per s` });
}

async function findMissingPopulation({ source }: Question, query: string, scope: LineScope): Promise<string | null> {
  const selector = findPopulationSelector(query);
  if (!(await source.anyLine(selector, scope))) return `no line of ${selector} has arrived in the scope`;
  return findUnknownLabel(query, await source.streamLabels(scope.windows));
}

function accuseLine(line: LogLine): Culprit {
  const text = line.line.length > 200 ? `${line.line.slice(0, 200)}…` : line.line;
  return {
    traceId: line.traceId,
    spanId: null,
    line: `${new Date(line.atMs).toISOString()} ${line.service ?? ''} ${text}`,
  };
}

async function judgeSeries(
  question: Question,
  of: { readonly signal: 'logs' | 'metric'; readonly query: string; readonly scope: QueryScope },
): Promise<Part> {
  const { source, budget } = question;
  const endMs = Math.max(...of.scope.windows.map((window) => window.endMs));
  const fetched = await source.values(of.signal, of.query, endMs);
  const common = { label: '', query: fetched.query };
  if (fetched.cutOff !== null) return lacking('cut', { ...common, reason: fetched.cutOff });
  if (fetched.items.length === 0)
    return lacking('base', {
      ...common,
      reason: `the query yields no series at ${new Date(endMs).toISOString()}, the end of the scope`,
    });
  if (budget.limit.kind !== 'quantity') throw new Error('baselines are answered before');
  return judgeWorstSeries(budget.comparison, {
    limit: budget.limit.quantity,
    unit: unitOf(budget),
    query: fetched.query,
    items: fetched.items,
  });
}

interface SeriesJudgement {
  readonly limit: Quantity;
  readonly unit: string;
  readonly query: string;
  readonly items: readonly SeriesValue[];
}

function judgeWorstSeries(comparison: Question['budget']['comparison'], of: SeriesJudgement): Part {
  const limit = toRaw(of.limit);
  const say = (value: number): Quantity =>
    dimensionOf(of.unit) === 'plain' ? { value, unit: '' } : fromRaw(value, of.unit);
  const values = of.items.map((item) => item.value);
  const worst = of.items[findWorst(values, comparison, limit)];
  const observed = say(worst?.value ?? Number.NaN);
  const guilty = of.items.filter((item) => !holds(item.value, comparison, limit));
  return {
    label: '',
    outcome: guilty.length === 0 ? 'pass' : 'fail',
    observed,
    n: values.length,
    spread: null,
    culprits: guilty.slice(0, 5).map((item) => ({
      traceId: null,
      spanId: null,
      line: `${item.series} is ${formatQuantity(say(item.value))}`,
    })),
    query: of.query,
    reason: `the worst of ${values.length} series, ${worst?.series}, is ${formatQuantity(observed)}`,
  };
}

async function judgeTraces(question: Question, query: string, { windows }: QueryScope): Promise<Part> {
  const { source, budget } = question;
  const matched = await source.traces(query, windows);
  const common = { label: '', query: matched.query };
  if (matched.cutOff !== null) return lacking('cut', { ...common, reason: matched.cutOff });
  if (matched.items.length === 0) {
    const any = await source.traces('{}', windows);
    if (any.items.length === 0)
      return lacking('base', { ...common, reason: 'no span of an app has arrived in the scope' });
  }
  const culprits = matched.items.slice(0, 5).map((trace) => ({
    traceId: trace.traceId,
    spanId: null,
    line: `${trace.rootName} (${trace.rootService}) ${formatQuantity({ value: trace.durationMs, unit: 'ms' })}, trace ${trace.traceId}`,
  }));
  return judgeCount(budget, windows, { ...common, culprits, noun: 'trace', count: matched.items.length });
}

function secondsOf(windows: readonly TimeWindow[]): number {
  return windows.reduce((sum, window) => sum + (window.endMs - window.startMs), 0) / 1000;
}
