// Reads test scripts in Prometheus's own format: load, clear, eval, expect.
// https://github.com/prometheus/prometheus/blob/main/promql/promqltest/README.md
import { parseDuration } from '../../src/promql/duration.ts';
import type { Labels } from '../../src/promql/labels.ts';
import { parseGoFloat } from '../../src/std/go-strconv.ts';
import { unquoteGoString } from '../../src/std/go-string.ts';
import { parseSeriesDescription, type ScriptValue, type SeriesDescription } from './series-description.ts';

/** How an annotation or error has to read. */
export type TextPattern =
  | { readonly kind: 'any' }
  | { readonly kind: 'exact'; readonly text: string }
  | { readonly kind: 'regex'; readonly source: string };

export type ExpectKind = 'fail' | 'warn' | 'info' | 'no_warn' | 'no_info' | 'ordered';

export interface ExpectedSeries {
  readonly labels: Labels;
  readonly values: readonly ScriptValue[];
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly query: string;
  readonly isRange: boolean;
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
  readonly expects: readonly { readonly kind: ExpectKind; readonly pattern: TextPattern }[];
  readonly series: readonly ExpectedSeries[];
  readonly scalar: number | undefined;
  readonly text: string | undefined;
}

export type Command =
  | { readonly kind: 'clear'; readonly line: number }
  | {
      readonly kind: 'load';
      readonly line: number;
      readonly stepMs: number;
      readonly withCustomBuckets: boolean;
      readonly series: readonly SeriesDescription[];
    }
  | EvalCommand;

const evalInstant = /^eval(?:_(fail|warn|ordered|info))?\s+instant\s+(?:at\s+(\S+))?\s*(.+)$/;
const evalRange = /^eval(?:_(fail|warn|info))?\s+range\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+?)\s+(.+)$/;
const expectLine = /^expect\s+(ordered|fail|warn|no_warn|info|no_info)(?:\s+(msg|regex)\s*:\s*(.+))?$/;
const expectRange = /^expect range vector\s+from\s+(\S+)\s+to\s+(\S+)\s+step\s+(\S+)$/;

/** Reads a whole script. @throws Error with the line */
export function parseScript(text: string): Command[] {
  const lines = text.split('\n').map((line) => (line.trim().startsWith('#') ? '' : line.trim()));
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; ) {
    const first = i;
    const head = lines[i++] ?? '';
    if (head === '') continue;
    const block: string[] = [];
    const takesBlock = /^(?:load|eval)/i.test(head);
    while (takesBlock && i < lines.length && lines[i] !== '') block.push(lines[i++] ?? '');
    try {
      commands.push(parseCommand(head, block, first + 1));
    } catch (error) {
      throw new Error(`line ${first + 1}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return commands;
}

function parseCommand(head: string, block: readonly string[], line: number): Command {
  if (/^clear$/i.test(head)) return { kind: 'clear', line };
  const load = /^load(_with_nhcb)?\s+(\S+)$/.exec(head);
  if (load) {
    const series = block.filter((text) => !/^\S+@st\s/.test(text)).map(parseSeriesDescription);
    return { kind: 'load', line, stepMs: readDuration(load[2]), withCustomBuckets: load[1] !== undefined, series };
  }
  return parseEval(head, block, line);
}

function parseEval(head: string, block: readonly string[], line: number): EvalCommand {
  const instant = evalInstant.exec(head);
  const range = instant ? null : evalRange.exec(head);
  if (!instant && !range) throw new Error(`no command: ${head}`);
  const expects: { kind: ExpectKind; pattern: TextPattern }[] = [];
  // The pattern lists exactly these words.
  const modifier = (instant?.[1] ?? range?.[1]) as ExpectKind | undefined;
  if (modifier) expects.push({ kind: modifier, pattern: { kind: 'any' } });
  let times = range
    ? { startMs: readDuration(range[2]), endMs: readDuration(range[3]), stepMs: readDuration(range[4]) }
    : { startMs: readDuration(instant?.[2] ?? '0'), endMs: readDuration(instant?.[2] ?? '0'), stepMs: 0 };
  const series: ExpectedSeries[] = [];
  let scalar: number | undefined;
  let text: string | undefined;
  for (const row of block) {
    const rangeVector = expectRange.exec(row);
    const expect = expectLine.exec(row);
    const literal = /^expect string\s+(.+)$/.exec(row);
    const old = /^expected_fail_(message|regexp)\s+(.+)$/.exec(row);
    const plain = parseGoFloat(row);
    if (rangeVector) {
      times = {
        startMs: readDuration(rangeVector[1]),
        endMs: readDuration(rangeVector[2]),
        stepMs: readDuration(rangeVector[3]),
      };
    } else if (literal) text = unquoteGoString(literal[1] ?? '""');
    else if (expect) expects.push({ kind: expect[1] as ExpectKind, pattern: readPattern(expect[2], expect[3]) });
    else if (old) expects.push({ kind: 'fail', pattern: readPattern(old[1] === 'message' ? 'msg' : 'regex', old[2]) });
    else if (typeof plain === 'number') scalar = plain;
    else series.push(parseSeriesDescription(row));
  }
  const query = instant?.[3] ?? range?.[5] ?? '';
  return { kind: 'eval', line, query, isRange: range !== null, ...times, expects, series, scalar, text };
}

function readPattern(kind: string | undefined, text = ''): TextPattern {
  if (kind === undefined) return { kind: 'any' };
  return kind === 'msg' ? { kind: 'exact', text: text.trim() } : { kind: 'regex', source: text.trim() };
}

function readDuration(text = ''): number {
  const durationMs = parseDuration(text);
  if (typeof durationMs === 'string') throw new Error(durationMs);
  return durationMs;
}
