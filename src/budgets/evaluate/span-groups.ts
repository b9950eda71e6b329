// Which spans a budget is about, app by app or journey by journey.
import type { JourneyRecord } from '../../model/journey.ts';
import type { RunRecord } from '../../model/run.ts';
import { countOf, isOrAre } from '../../std/plural.ts';
import type { Over, Scope } from '../language/ast.ts';
import { type History, selectJourneys, selectRuns, windowOfJourney, windowOfRun } from '../scope.ts';
import type { Fetched, SpanPopulation, SpanSample, TimeWindow } from '../source.ts';
import { lacking, type Part, type Question } from './part.ts';

/** One population that a span budget is judged on. */
export interface SpanGroup {
  readonly label: string;
  readonly population: SpanPopulation;
  /** Only traces of these iterations count, so that warm-ups do not; null: every trace. */
  readonly iterations: readonly string[] | null;
  readonly windows: readonly TimeWindow[];
}

/** The groups of a scope, or the part that says why there are none. */
export type Groups = { readonly groups: readonly SpanGroup[] } | { readonly lack: Part };

/** Resolves `of …` and `in …`. */
export async function findGroups(question: Question, scope: Scope): Promise<Groups> {
  if (scope.journeys !== null) return findJourneyGroups(question, scope);
  if (question.history.selection.kind === 'window')
    return findWindowGroups(question, { app: scope.app, window: question.history.selection.window });
  return findRunGroups(question, scope.app);
}

function findRunGroups({ history, budget }: Question, app: string | null): Groups {
  const apps = selectRuns(history, app, budget.over);
  if (apps.length === 0) return { lack: lacking('base', { label: app ?? '', reason: describeNoRun(history, app) }) };
  const groups = apps.map(({ app: label, runs }): SpanGroup => {
    const windows = runs.map((run) => windowOfRun(run, history.nowMs));
    return { label, population: makeRunPopulation(runs, windows), iterations: null, windows };
  });
  const short = budget.over && apps.find(({ runs }) => isShortOfRuns(budget.over, runs));
  return short
    ? { lack: lacking('values', { label: short.app, reason: describeShortRuns(budget.over, short.runs) }) }
    : { groups };
}

function makeRunPopulation(runs: readonly RunRecord[], windows: readonly TimeWindow[]): SpanPopulation {
  const startMs = Math.min(...windows.map((window) => window.startMs));
  const endMs = Math.max(...windows.map((window) => window.endMs));
  return { kind: 'runs', runIds: runs.map((run) => run.runId), window: { startMs, endMs } };
}

/** Why nothing was judged when no run is in scope. */
export function describeNoRun(history: History, app: string | null): string {
  const known = [...new Set(history.runs.map((run) => run.app))];
  if (history.selection.kind === 'run') return `run ${history.selection.runId} is not a run of ${app ?? 'an app'}`;
  if (known.length === 0) return 'no app was booted with obs run yet';
  return app === null
    ? 'no run of an app lies in the window'
    : `app ${app} has no run in scope; there are runs of ${known.join(', ')}`;
}

/** `over N runs` with fewer runs than that. */
export function isShortOfRuns(over: Over | null, runs: readonly RunRecord[]): boolean {
  return over?.of === 'runs' && runs.length < over.count;
}

export function describeShortRuns(over: Over | null, runs: readonly RunRecord[]): string {
  return `it asks for ${countOf(over?.count ?? 0, 'run')}, there ${isOrAre(runs.length)} ${runs.length}`;
}

async function findWindowGroups(question: Question, of: { app: string | null; window: TimeWindow }): Promise<Groups> {
  const { app, window } = of;
  const windows = [window];
  if (app !== null) {
    const service = question.history.runs.find((run) => run.app === app)?.service ?? app;
    return { groups: [{ label: app, population: { kind: 'window', service, window }, iterations: null, windows }] };
  }
  const all = await question.source.spans({ kind: 'window', service: null, window }, null);
  const services = [...new Set(all.items.map((span) => span.service))].sort();
  if (services.length === 0)
    return {
      lack: lacking('base', { label: '', query: all.query, reason: 'no span of an app arrived in the window' }),
    };
  return {
    groups: services.map((service) => ({
      label: service,
      population: { kind: 'window', service, window },
      iterations: null,
      windows,
    })),
  };
}

function findJourneyGroups({ history, budget }: Question, scope: Scope): Groups {
  const journeys = selectJourneys(history, scope.journeys);
  const missing =
    scope.journeys?.kind === 'names'
      ? scope.journeys.names.find((name) => !journeys.some((one) => one.name === name))
      : undefined;
  if (missing !== undefined || journeys.length === 0) {
    const label = missing === undefined ? '' : `journey ${missing}`;
    return { lack: lacking('base', { label, reason: describeNoJourney(scope, missing) }) };
  }
  const open = journeys.find((journey) => journey.endedAtMs === null);
  if (open)
    return { lack: lacking('base', { label: `journey ${open.name}`, reason: 'its latest invocation has not ended' }) };
  const service =
    scope.app === null ? null : (history.runs.findLast((run) => run.app === scope.app)?.service ?? scope.app);
  const groups = journeys.map((journey): SpanGroup => {
    const window = windowOfJourney(journey, history.nowMs);
    return {
      label: `journey ${journey.name}`,
      population: { kind: 'journey', journeyId: journey.journeyId, service, window },
      iterations: measuredIterations(journey, budget.over).map((one) => one.traceId),
      windows: [window],
    };
  });
  const short = groups.find((group) => isShortOfIterations(budget.over, group.iterations?.length ?? 0));
  if (short === undefined) return { groups };
  const reason = describeShortIterations(budget.over, short.iterations?.length ?? 0);
  return { lack: lacking('values', { label: short.label, reason }) };
}

/** Why nothing was judged when no invocation is in scope. */
export function describeNoJourney(scope: Scope, missing: string | undefined): string {
  if (scope.journeys?.kind === 'tag') return `no journey with the tag ${scope.journeys.tag} was run`;
  return missing === undefined ? 'no journey was run' : `journey ${missing} was not run: obs journey ${missing}`;
}

/** The iterations that count: without warm-ups, and with `over N iterations` the latest N. */
export function measuredIterations(journey: JourneyRecord, over: Over | null): JourneyRecord['iterations'] {
  const measured = journey.iterations.filter((one) => !one.warmup);
  return over?.of === 'iterations' ? measured.slice(-over.count) : measured;
}

export function isShortOfIterations(over: Over | null, count: number): boolean {
  return over?.of === 'iterations' && count < over.count;
}

export function describeShortIterations(over: Over | null, count: number): string {
  return `it asks for ${countOf(over?.count ?? 0, 'iteration')}, there ${isOrAre(count)} ${count}`;
}

/** All spans of a group that match a filter. */
export async function fetchGroup(
  question: Question,
  group: SpanGroup,
  where: string | null,
): Promise<Fetched<SpanSample>> {
  const answer = await question.source.spans(group.population, where);
  if (group.iterations === null) return answer;
  const traces = new Set(group.iterations);
  return { ...answer, items: answer.items.filter((span) => traces.has(span.traceId)) };
}
