// The scope of a verdict: which runs and which journey invocations are judged, and the time they took.
import type { JourneyRecord } from '../model/journey.ts';
import type { RunRecord } from '../model/run.ts';
import type { JourneyScope, Over } from './language/ast.ts';
import type { TimeWindow } from './source.ts';

/** What `obs check` was asked to judge. */
export type Selection =
  | { readonly kind: 'latest' }
  | { readonly kind: 'run'; readonly runId: string }
  | { readonly kind: 'window'; readonly window: TimeWindow };

/** All that is known of runs and journeys, oldest first or not, and what of it is asked for. */
export interface History {
  readonly runs: readonly RunRecord[];
  readonly journeys: readonly JourneyRecord[];
  readonly selection: Selection;
  readonly nowMs: number;
}

/** One app and its runs in scope, oldest first; never empty. */
export interface AppRuns {
  readonly app: string;
  readonly runs: readonly RunRecord[];
}

/** The runs in scope by app. `over N runs` reaches back beyond the latest one, to the latest N. */
export function selectRuns(history: History, app: string | null, over: Over | null): AppRuns[] {
  const byApp = new Map<string, RunRecord[]>();
  for (const run of sortByStart(history.runs)) {
    if (app !== null && run.app !== app && run.service !== app) continue;
    byApp.set(run.app, [...(byApp.get(run.app) ?? []), run]);
  }
  const count = over?.of === 'runs' ? over.count : 1;
  return [...byApp]
    .map(([name, runs]) => ({ app: name, runs: pickRuns(runs, history, count) }))
    .filter(({ runs }) => runs.length > 0);
}

function pickRuns(runs: readonly RunRecord[], history: History, count: number): readonly RunRecord[] {
  const { selection } = history;
  switch (selection.kind) {
    case 'latest':
      return runs.slice(-count);
    case 'run':
      return runs.filter((run) => run.runId === selection.runId);
    case 'window':
      return runs.filter((run) => overlaps(windowOfRun(run, history.nowMs), selection.window));
  }
}

/** Journey invocations in scope: the latest of each journey asked for, or those of the run or window. */
export function selectJourneys(history: History, scope: JourneyScope | null): JourneyRecord[] {
  const { selection } = history;
  const wanted = sortByStart(history.journeys).filter((journey) => matchesScope(journey, scope));
  if (selection.kind === 'window')
    return wanted.filter((journey) => overlaps(windowOfJourney(journey, history.nowMs), selection.window));
  const latest = new Map<string, JourneyRecord>();
  for (const journey of wanted) {
    if (selection.kind === 'run' && journey.runId !== selection.runId) continue;
    latest.set(journey.name, journey);
  }
  return [...latest.values()];
}

function matchesScope(journey: JourneyRecord, scope: JourneyScope | null): boolean {
  if (scope === null) return true;
  return scope.kind === 'tag' ? journey.tags.includes(scope.tag) : scope.names.includes(journey.name);
}

/** From spawn to end; a run that still goes ends now. */
export function windowOfRun(run: RunRecord, nowMs: number): TimeWindow {
  return { startMs: run.startedAtMs, endMs: run.endedAtMs ?? nowMs };
}

export function windowOfJourney(journey: JourneyRecord, nowMs: number): TimeWindow {
  return { startMs: journey.startedAtMs, endMs: journey.endedAtMs ?? nowMs };
}

/** The times in which logs, metrics and traces are in scope: those of the runs, overlapping ones joined. */
export function selectWindows(history: History, runs: readonly RunRecord[]): TimeWindow[] {
  if (history.selection.kind === 'window') return [history.selection.window];
  return joinWindows(runs.map((run) => windowOfRun(run, history.nowMs)));
}

/** Sorts windows and joins those that overlap or touch, so that nothing is counted twice. */
export function joinWindows(windows: readonly TimeWindow[]): TimeWindow[] {
  const joined: { startMs: number; endMs: number }[] = [];
  for (const window of [...windows].sort((a, b) => a.startMs - b.startMs)) {
    const last = joined.at(-1);
    if (last !== undefined && window.startMs <= last.endMs) last.endMs = Math.max(last.endMs, window.endMs);
    else joined.push({ ...window });
  }
  return joined;
}

function overlaps(a: TimeWindow, b: TimeWindow): boolean {
  return a.startMs <= b.endMs && b.startMs <= a.endMs;
}

function sortByStart<T extends { readonly startedAtMs: number }>(records: readonly T[]): T[] {
  return [...records].sort((a, b) => a.startedAtMs - b.startedAtMs);
}
