// What the evaluation of budgets asks of the world: raw values, never statistics. The evaluator is pure; whoever answers
// these questions does the I/O (backend-source.ts over the HTTP clients, plain tables in tests).
import type { RunRecord } from '../model/run.ts';

/** Milliseconds since 1970, both ends included. */
export interface TimeWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** An answer, and whether it is all there is: a statistic on a part would be a guess. */
export interface Fetched<T> {
  readonly items: readonly T[];
  /** Why the answer is not whole; null if it is. */
  readonly cutOff: string | null;
  /** The query to run again by hand. */
  readonly query: string;
}

export interface SpanSample {
  readonly traceId: string;
  readonly spanId: string;
  readonly name: string;
  readonly service: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly failed: boolean;
  /** `db.query.text`, or `db.statement` of older conventions; null if it is no database span. */
  readonly statement: string | null;
}

/** Whose spans. obs's own are never among them. */
export type SpanPopulation =
  | { readonly kind: 'runs'; readonly runIds: readonly string[]; readonly window: TimeWindow }
  /** Descendants of the root spans that obs wrote for one invocation; `service` narrows it to one app. */
  | {
      readonly kind: 'journey';
      readonly journeyId: string;
      readonly service: string | null;
      readonly window: TimeWindow;
    }
  | { readonly kind: 'window'; readonly service: string | null; readonly window: TimeWindow };

export interface LogLine {
  readonly atMs: number;
  readonly service: string | null;
  readonly line: string;
  readonly traceId: string | null;
}

export interface SeriesValue {
  /** `http_requests_total{code="500"}`, or `{}`. */
  readonly series: string;
  readonly value: number;
}

export interface MatchedTrace {
  readonly traceId: string;
  readonly rootName: string;
  readonly rootService: string;
  readonly durationMs: number;
}

/** One measurement of an app's process tree: bytes, share of one core, or milliseconds. */
export interface ProcessSample {
  readonly atMs: number;
  readonly value: number;
}

export type ProcessMeasure = 'rss' | 'cpu' | 'eventloop';

/** Where most of a span's time went: itself, or the descendant with the largest self time. */
export interface Explanation {
  readonly span: SpanSample;
  readonly selfMs: number;
}

export interface BudgetSource {
  /** Spans of a population that match a TraceQL filter in braces, or all. */
  spans(population: SpanPopulation, where: string | null): Promise<Fetched<SpanSample>>;
  /** Log lines that a LogQL log query selects; lines of runs that are not in scope left out. */
  lines(query: string, scope: LineScope): Promise<Fetched<LogLine>>;
  /** Whether `lines` would yield any; cheaper where there are many. */
  anyLine(query: string, scope: LineScope): Promise<boolean>;
  /** A LogQL metric query or a PromQL expression, evaluated at one time. */
  values(signal: 'logs' | 'metric', query: string, atMs: number): Promise<Fetched<SeriesValue>>;
  /** Traces in which a TraceQL query selects at least one span that is not of obs. */
  traces(query: string, windows: readonly TimeWindow[]): Promise<Fetched<MatchedTrace>>;
  /** Samples of one run's process tree, oldest first. */
  processSamples(measure: ProcessMeasure, run: RunRecord, window: TimeWindow): Promise<Fetched<ProcessSample>>;
  /** Where the time of a span went; null if its trace cannot be read any more. */
  explain(span: SpanSample): Promise<Explanation | null>;
  /** Names and values of stream labels seen in the windows, to tell "none matched" from "there is no such label". */
  streamLabels(windows: readonly TimeWindow[]): Promise<readonly string[]>;
}

export interface LineScope {
  readonly windows: readonly TimeWindow[];
  /** Runs whose lines count; null: whatever was written in the windows. */
  readonly runIds: readonly string[] | null;
}
