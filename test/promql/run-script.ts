// Runs a script against the evaluator and a store, and says of every eval whether it came out as expected.
import { QueryError } from '../../src/errors/query-error.ts';
import { MetricsStore } from '../../src/keeper/store/metrics/metrics-store.ts';
import { evaluateInstant, evaluateRange, type QueryOptions, type QueryResult } from '../../src/promql/evaluate.ts';
import { compareResult } from './compare.ts';
import { convertToCustomBuckets } from './custom-buckets.ts';
import { type Command, type EvalCommand, parseScript, type TextPattern } from './script.ts';
import type { SeriesDescription } from './series-description.ts';

export interface EvalOutcome {
  readonly line: number;
  readonly query: string;
  /** What was wrong; undefined if nothing. */
  readonly problem: string | undefined;
}

/** Runs all commands in order. */
export async function runScript(
  commands: readonly Command[],
  options: Partial<QueryOptions> = {},
): Promise<EvalOutcome[]> {
  let store = new MetricsStore();
  const outcomes: EvalOutcome[] = [];
  for (const command of commands) {
    if (command.kind === 'clear') store = new MetricsStore();
    else if (command.kind === 'load') {
      load(store, command.series, command.stepMs);
      if (command.withCustomBuckets) load(store, convertToCustomBuckets(command.series), command.stepMs);
    } else {
      const problem = await judge(command, { ...options, source: store });
      outcomes.push({ line: command.line, query: command.query, problem });
    }
  }
  return outcomes;
}

/** A store with what a script loads; its evaluations are left out. */
export function loadScript(text: string): MetricsStore {
  const store = new MetricsStore();
  for (const command of parseScript(text)) {
    if (command.kind === 'load') load(store, command.series, command.stepMs);
  }
  return store;
}

function load(store: MetricsStore, series: readonly SeriesDescription[], stepMs: number): void {
  // Of two lines for one series the later counts.
  for (const { labels, values } of new Map(series.map((one) => [one.labels.key, one])).values()) {
    const stored = store.intern(labels);
    values.forEach((value, step) => {
      if (value.kind !== 'none') store.write(stored, step * stepMs, value);
    });
  }
}

async function judge(command: EvalCommand, options: QueryOptions): Promise<string | undefined> {
  const fail = command.expects.find(({ kind }) => kind === 'fail');
  let result: QueryResult;
  try {
    result = await evaluate(command, options);
  } catch (error) {
    if (!(error instanceof QueryError)) return `broke: ${error instanceof Error ? error.stack : String(error)}`;
    const text = error.fields.serverText ?? error.message;
    if (fail === undefined) return `failed: ${text}`;
    return matches(fail.pattern, text) ? undefined : `failed with another text: ${text}`;
  }
  if (fail) return 'did not fail';
  return checkAnnotations(command, result) ?? compareResult(command, result);
}

function evaluate(command: EvalCommand, options: QueryOptions): Promise<QueryResult> {
  const { query, isRange, startMs, endMs, stepMs } = command;
  return isRange ? evaluateRange(query, { startMs, endMs, stepMs }, options) : evaluateInstant(query, endMs, options);
}

function checkAnnotations({ expects, query }: EvalCommand, { annotations }: QueryResult): string | undefined {
  for (const [kind, severity] of [
    ['warn', 'warning'],
    ['info', 'info'],
  ] as const) {
    const found = annotations.list(severity, { query, limit: 1000 });
    const wanted = expects.filter((expect) => expect.kind === kind);
    if (expects.some((expect) => expect.kind === `no_${kind}`) && found.length > 0)
      return `unexpected ${kind}: ${found}`;
    if (wanted.length === 0) continue;
    const missing = wanted.find(({ pattern }) => !found.some((text) => matches(pattern, text)));
    if (missing) return `no ${kind} like ${JSON.stringify(missing.pattern)} among ${JSON.stringify(found)}`;
    const extra = found.find((text) => !wanted.some(({ pattern }) => matches(pattern, text)));
    if (extra) return `unexpected ${kind}: ${extra}`;
  }
  return undefined;
}

function matches(pattern: TextPattern, text: string): boolean {
  if (pattern.kind === 'any') return true;
  return pattern.kind === 'exact' ? pattern.text === text : new RegExp(pattern.source, 'u').test(text);
}
