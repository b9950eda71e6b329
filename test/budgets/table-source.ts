// A world for budgets made of plain tables: apps with runs and spans, journeys, log lines, series. It stands in for the
// servers only; which of its spans match a TraceQL filter is said by each span.
import type {
  BudgetSource,
  Fetched,
  LogLine,
  SeriesValue,
  SpanPopulation,
  SpanSample,
} from '../../src/budgets/source.ts';
import type { JourneyRecord } from '../../src/model/journey.ts';
import type { RunRecord } from '../../src/model/run.ts';

export const nowMs = 1_000_000;

export interface SpanRow {
  readonly run?: string;
  readonly journey?: string;
  readonly trace?: string;
  readonly name?: string;
  readonly service?: string;
  readonly ms: number;
  readonly atMs?: number;
  readonly failed?: boolean;
  readonly statement?: string;
  /** Filters that it matches, as written in the budget. */
  readonly matches?: readonly string[];
}

export interface World {
  readonly runs: readonly RunRecord[];
  readonly journeys: readonly JourneyRecord[];
  readonly spans: readonly SpanRow[];
  readonly lines?: readonly { readonly query: string; readonly lines: readonly Partial<LogLine>[] }[];
  readonly labels?: readonly string[];
  readonly values?: Readonly<Record<string, readonly SeriesValue[]>>;
  readonly traces?: Readonly<Record<string, readonly string[]>>;
  readonly samples?: Readonly<Record<string, readonly number[]>>;
  /** Every answer of spans says that it is cut off. */
  readonly cutOff?: string;
}

/** A run of an app, ready after `startupMs`. */
export function makeRun(runId: string, of: Partial<RunRecord> = {}): RunRecord {
  const app = of.app ?? 'web';
  return {
    runId,
    app,
    service: app,
    command: 'node app.js',
    cwd: '/app',
    state: 'ready',
    detached: true,
    process: null,
    supervisor: { pid: 1, startTime: '1', bootId: 'b' },
    startedAtMs: 0,
    readyAtMs: 500,
    startupMs: 500,
    phases: [],
    endedAtMs: null,
    exitCode: null,
    signal: null,
    ports: {},
    branch: null,
    commit: null,
    ...of,
  };
}

/** An invocation with the given durations; its iterations are traces `NAME-0`, `NAME-1` … */
export function makeJourney(
  name: string,
  durationsMs: readonly number[],
  of: Partial<JourneyRecord> & { warmup?: number } = {},
): JourneyRecord {
  const { warmup = 0, ...rest } = of;
  return {
    journeyId: `j-${name}`,
    name,
    tags: [],
    app: 'web',
    runId: 'r-1',
    startedAtMs: 0,
    endedAtMs: 10_000,
    iterations: durationsMs.map((durationMs, at) => ({
      traceId: `${name}-${at}`,
      warmup: at < warmup,
      ok: true,
      startedAtMs: at * 1000,
      durationMs,
      failure: null,
    })),
    ...rest,
  };
}

/** The source that answers from the tables. */
export function makeTableSource(world: World): BudgetSource {
  const spans = world.spans.map((row, at) => ({ row, sample: toSample(row, at) }));
  const whole = <T>(items: readonly T[], query: string): Fetched<T> => ({ items, cutOff: world.cutOff ?? null, query });
  return {
    async spans(population, where) {
      const found = spans.filter(
        ({ row }) => belongs(row, population) && (where === null || row.matches?.includes(where)),
      );
      return whole(
        found.map(({ sample }) => sample),
        `${population.kind}${where ?? ''}`,
      );
    },
    async lines(query) {
      const found = world.lines?.find((one) => one.query === query)?.lines ?? [];
      return whole(
        found.map((line) => ({ atMs: 0, service: 'web', line: '', traceId: null, ...line })),
        query,
      );
    },
    anyLine: async (query) => (world.lines?.find((one) => one.query === query)?.lines ?? []).length > 0,
    values: async (_signal, query) => whole(world.values?.[query] ?? [], query),
    traces: async (query) => {
      const found = world.traces?.[query] ?? [];
      return whole(
        found.map((traceId) => ({ traceId, rootName: 'GET /', rootService: 'web', durationMs: 5 })),
        query,
      );
    },
    processSamples: async (measure, run) => {
      const found = world.samples?.[`${measure} ${run.runId}`] ?? [];
      return whole(
        found.map((value, at) => ({ atMs: at, value })),
        measure,
      );
    },
    explain: async (span) => ({
      span: slowestInside(
        spans.map(({ sample }) => sample),
        span,
      ),
      selfMs: span.durationMs,
    }),
    streamLabels: async () => world.labels ?? ['service_name'],
  };
}

function belongs(row: SpanRow, population: SpanPopulation): boolean {
  const service = row.service ?? 'web';
  if (population.kind === 'runs') return population.runIds.some((runId) => runId === row.run);
  if (population.service !== null && population.service !== service) return false;
  return population.kind === 'window' || row.journey === population.journeyId;
}

function toSample(row: SpanRow, at: number): SpanSample {
  return {
    traceId: row.trace ?? 't',
    spanId: `s${at}`,
    name: row.name ?? 'GET /',
    service: row.service ?? 'web',
    startMs: row.atMs ?? at,
    durationMs: row.ms,
    failed: row.failed ?? false,
    statement: row.statement ?? null,
  };
}

// A database span of the same trace is where the time went.
function slowestInside(all: readonly SpanSample[], span: SpanSample): SpanSample {
  return all.find((one) => one.traceId === span.traceId && one.statement !== null) ?? span;
}
