// What parsers could not make of the lines: `__error__` of lines, counted and named, and metric queries that Loki refuses
// because of such lines, with the query that leaves them out.
import { ObsError } from '../../errors/obs-error.ts';
import type { MetricExpr } from '../../logql/ast.ts';
import { parse } from '../../logql/parser.ts';
import type { LogEntry } from '../../wire/loki/decode-query.ts';
import { cleanLine, cutToWidth } from '../render/clean.ts';
import { writeCommand } from './command.ts';

const shownChars = 80;
const leaveOut = ' | __error__=""';

export interface LineError {
  /** Loki's name of it, such as JSONParserErr. */
  readonly name: string;
  readonly count: number;
  /** The first line that has it. */
  readonly line: string;
}

/** Errors of the lines by name, most frequent first. */
export function countLineErrors(entries: readonly LogEntry[]): LineError[] {
  const found = new Map<string, LineError>();
  for (const { labels, line } of entries) {
    const name = labels.__error__ ?? '';
    if (name === '') continue;
    found.set(name, { name, count: (found.get(name)?.count ?? 0) + 1, line: found.get(name)?.line ?? line });
  }
  return [...found.values()].sort((a, b) => b.count - a.count);
}

/** `JSONParserErr on 12 of 100 lines, such as: …` */
export function printLineError({ name, count, line }: LineError, lines: number): string {
  return `${name} on ${count} of ${lines} lines, such as: ${cutToWidth(cleanLine(line), shownChars)}`;
}

/** Warnings about lines that a stage could not read. */
export function describeLineErrors(entries: readonly LogEntry[], query: string): string[] {
  const errors = countLineErrors(entries);
  if (errors.length === 0) return [];
  const without = writeCommand('logs', [query + leaveOut]);
  return [...errors.map((error) => printLineError(error, entries.length)), `without those lines: ${without}`];
}

/** Asks; a refusal because of unreadable lines becomes an error that says which, and how to ask without them. */
export async function explainLineErrors<T>(query: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    const reason = error instanceof ObsError && error.code === 'OBS_BACKEND_REFUSED' ? error.message : '';
    const name = /pipeline error: '(\w+)'/.exec(reason)?.[1];
    if (name === undefined) throw error;
    const mended = leaveOutUnreadable(query);
    throw new ObsError('OBS_LINES_UNREADABLE', { query, name, mended: mended ?? query }, { cause: error });
  }
}

/** The metric query without lines that have an error; undefined where there is no such form. */
function leaveOutUnreadable(query: string): string | undefined {
  const expr = parse(query);
  if (expr.kind === 'log' || expr.kind === 'variants') return undefined;
  const mended = listRangeEnds(expr)
    .sort((a, b) => b - a)
    .reduce((text, end) => text.slice(0, end) + leaveOut + text.slice(end), query);
  try {
    parse(mended);
    return mended;
  } catch {
    return undefined; // positions that this form of writing does not allow
  }
}

function listRangeEnds(expr: MetricExpr): number[] {
  switch (expr.kind) {
    case 'range_aggregation':
      return [expr.range.unwrap?.end ?? expr.range.log.end];
    case 'vector_aggregation':
    case 'label_replace':
      return listRangeEnds(expr.inner);
    case 'binary':
      return [...listRangeEnds(expr.left), ...listRangeEnds(expr.right)];
    case 'literal':
    case 'vector':
      return [];
  }
}
