// Runs one `eval` of a script against a store and says what is wrong with the answer.
import { QueryError } from '../../src/errors/query-error.ts';
import { LogStore } from '../../src/keeper/store/logs/log-store.ts';
import { evaluate } from '../../src/logql/evaluate.ts';
import { parse } from '../../src/logql/parser.ts';
import { formatLabels, type Labels, type LogResult, labelValue, type MetricResult } from '../../src/logql/values.ts';
import { formatGoFixed } from '../../src/std/go-strconv.ts';
import type { Command, EvalCommand, ExpectedRow } from './script.ts';

/** Offsets of scripts count from here: 2024-01-01T00:00:00Z. */
const originNs = 1_704_067_200_000_000_000n;

/** A store with the entries of a `load`. */
export function applyLoad(store: LogStore, command: Extract<Command, { kind: 'load' }>): void {
  const { labels, entries } = command;
  store.append(
    labels,
    entries.map(({ offsetNs, line, metadata }) => ({ timeNs: originNs + BigInt(offsetNs), line, metadata })),
  );
}

export function makeStore(): LogStore {
  return new LogStore(() => Number(originNs / 1_000_000n));
}

/** What came out differs from what the script expects; undefined if not. */
export async function findProblem(store: LogStore, command: EvalCommand): Promise<string | undefined> {
  try {
    const result = await run(store, command);
    if (command.form === 'fail') return `expected a failure, got ${describe(result)}`;
    return compare(result, command);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const text = error.fields.serverText ?? error.message;
    if (command.form !== 'fail') return `failed: ${text}`;
    return text.includes(command.expected) ? undefined : `expected the failure ${command.expected}, got ${text}`;
  }
}

function run(store: LogStore, command: EvalCommand): Promise<LogResult | MetricResult> {
  const { startNs, endNs, stepNs, limit, direction, query } = command;
  return evaluate(parse(query), store, {
    startNs: originNs + BigInt(startNs),
    endNs: originNs + BigInt(endNs),
    stepNs: BigInt(stepNs),
    intervalNs: 0n,
    limit,
    direction,
    maxSeries: 500,
    breather: { nowMs: () => 0 },
    stats: { lines: 0, bytes: 0 },
  });
}

function compare(result: LogResult | MetricResult, command: EvalCommand): string | undefined {
  if (result.kind === 'streams') return compareLines(result, command);
  if (command.form === 'value') return compareValue(result, command.expected);
  const rows = rowsOf(result, command);
  const wanted = command.rows.map(describeRow).sort();
  const got = rows.map(describeRow).sort();
  return JSON.stringify(wanted) === JSON.stringify(got)
    ? undefined
    : `expected ${wanted.join(' | ')}, got ${got.join(' | ')}`;
}

function compareLines({ entries }: LogResult, { form, expected, rows }: EvalCommand): string | undefined {
  if (form === 'count')
    return entries.length === Number(expected) ? undefined : `expected ${expected} lines, got ${entries.length}`;
  if (entries.length !== rows.length)
    return `expected ${rows.length} lines, got ${entries.map(({ line }) => line).join(' | ')}`;
  for (const [i, { line, labels }] of entries.entries()) {
    const row = rows[i];
    if (line !== row?.line) return `line ${i + 1}: expected ${JSON.stringify(row?.line)}, got ${JSON.stringify(line)}`;
    const all = [...labels.stream, ...labels.structuredMetadata, ...labels.parsed];
    for (const [name, value] of row.labels) {
      if (labelValue(all, name) !== value) return `line ${i + 1}: expected ${name}=${value}, got ${formatLabels(all)}`;
    }
  }
  return undefined;
}

function compareValue(result: MetricResult, expected: string): string | undefined {
  const values =
    result.kind === 'vector'
      ? result.samples.map(({ value }) => value)
      : result.kind === 'scalar'
        ? [result.value]
        : [];
  const got = values.map(round).join(' ');
  return got === (expected === 'none' ? '' : expected) ? undefined : `expected ${expected}, got ${got}`;
}

function rowsOf(result: MetricResult, { startNs, endNs, stepNs }: EvalCommand): ExpectedRow[] {
  if (result.kind === 'scalar') return [{ labels: [], values: [round(result.value)] }];
  if (result.kind === 'vector') return result.samples.map(({ labels, value }) => ({ labels, values: [round(value)] }));
  return result.series.map(({ labels, timesMs, values }) => {
    const points: string[] = [];
    for (let ns = startNs; ns <= endNs; ns += stepNs) {
      const at = timesMs.indexOf(Number(originNs / 1_000_000n) + ns / 1e6);
      points.push(at === -1 ? '_' : round(values[at] ?? Number.NaN));
    }
    return { labels, values: points };
  });
}

// Scripts write six significant decimals at most.
function round(value: number): string {
  return Number.isFinite(value) ? String(Number(value.toFixed(6))) : formatGoFixed(value);
}

function describeRow({ labels, values }: { labels: Labels; values: readonly string[] }): string {
  return `${formatLabels(labels)} ${values.join(' ')}`;
}

function describe(result: LogResult | MetricResult): string {
  return result.kind === 'streams' ? `${result.entries.length} lines` : JSON.stringify(result);
}
