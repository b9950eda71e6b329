// Reads test scripts for LogQL: plain text with `load`, `clear` and `eval`. README.md says how they are written.
import { parseSelectorOnly } from '../../src/logql/parser.ts';
import { type Labels, makeLabels } from '../../src/logql/values.ts';
import { parsePrometheusDuration } from '../../src/std/go-duration.ts';
import { findStringEnd, unquoteGoString } from '../../src/std/go-string.ts';

export interface LoadedEntry {
  readonly offsetNs: number;
  readonly line: string;
  readonly metadata: Labels;
}

export interface ExpectedRow {
  readonly labels: Labels;
  /** A line, or the points of a series; `_` is a step without a point. */
  readonly line?: string;
  readonly values: readonly string[];
}

export interface EvalCommand {
  readonly kind: 'eval';
  readonly line: number;
  readonly form: 'count' | 'value' | 'lines' | 'instant' | 'range' | 'fail';
  /** What `count`, `value` and `fail` expect. */
  readonly expected: string;
  readonly startNs: number;
  readonly endNs: number;
  readonly stepNs: number;
  readonly direction: 'forward' | 'backward';
  readonly limit: number;
  readonly query: string;
  readonly rows: readonly ExpectedRow[];
}

export type Command =
  | { readonly kind: 'clear' }
  | { readonly kind: 'load'; readonly labels: Labels; readonly entries: readonly LoadedEntry[] }
  | EvalCommand;

const minuteNs = 60e9;
const hourNs = 3_600e9;
const heads: readonly (readonly [EvalCommand['form'], RegExp])[] = [
  ['count', /^eval count (?<expected>\d+) (?<query>.+)$/],
  ['value', /^eval value (?<expected>\S+) (?<at>\S+) (?<query>.+)$/],
  [
    'lines',
    /^eval lines(?: (?<from>\S+)\.\.(?<to>\S+))?(?: (?<direction>backward))?(?: limit (?<limit>\d+))?: (?<query>.+)$/,
  ],
  ['instant', /^eval instant (?<at>\S+) (?<query>.+)$/],
  ['range', /^eval range (?<from>\S+)\.\.(?<to>\S+) step (?<step>\S+) (?<query>.+)$/],
  ['fail', /^eval fail (?<query>.+)$/],
];

/** Reads a whole script. @throws Error with the line */
export function parseScript(text: string): Command[] {
  const lines = text.split('\n');
  const commands: Command[] = [];
  for (let i = 0; i < lines.length; ) {
    const first = i;
    const head = (lines[i++] ?? '').trim();
    if (head === '' || head.startsWith('#')) continue;
    const block: string[] = [];
    while (/^\s+\S/.test(lines[i] ?? '')) block.push((lines[i++] ?? '').trim());
    try {
      commands.push(
        parseCommand(
          head,
          block.filter((row) => !row.startsWith('#')),
          first + 1,
        ),
      );
    } catch (error) {
      throw new Error(`line ${first + 1}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return commands;
}

function parseCommand(head: string, block: readonly string[], line: number): Command {
  if (head === 'clear') return { kind: 'clear' };
  if (head.startsWith('load ')) {
    return { kind: 'load', labels: readLabels(head.slice(5)), entries: block.map(parseEntry) };
  }
  for (const [form, pattern] of heads) {
    const groups = pattern.exec(head)?.groups;
    if (groups) return parseEval({ form, groups, block, line });
  }
  throw new Error(`no command: ${head}`);
}

function parseEval(of: {
  form: EvalCommand['form'];
  groups: Record<string, string | undefined>;
  block: readonly string[];
  line: number;
}): EvalCommand {
  const { form, groups, block, line } = of;
  // What fails fails anywhere; a minute in, there is data to fail on.
  const at = form === 'fail' ? minuteNs : groups.at === undefined ? undefined : readNs(groups.at);
  return {
    kind: 'eval',
    line,
    form,
    expected: groups.expected ?? (form === 'fail' ? block.join('\n') : ''),
    startNs: at ?? readNs(groups.from ?? '0s'),
    endNs: at ?? (groups.to === undefined ? hourNs : readNs(groups.to)),
    stepNs: groups.step === undefined ? 0 : readNs(groups.step),
    direction: groups.direction === undefined ? 'forward' : 'backward',
    limit: Number(groups.limit ?? 1000),
    query: groups.query ?? '',
    rows: form === 'fail' ? [] : block.map(parseRow),
  };
}

// `10s "text" name=value`, or `10s` and a raw string; repeated with `x3` a second apart.
function parseEntry(row: string): LoadedEntry {
  const [, time = '', rest = ''] = /^(\S+)\s+(.*)$/.exec(row) ?? [];
  const { text, after } = readString(rest);
  const pairs = after.split(/\s+/).filter((pair) => pair !== '');
  const metadata = pairs.map((pair) => pair.split('=', 2) as [string, string]);
  return { offsetNs: readNs(time), line: text, metadata: makeLabels(metadata) };
}

// `"text"`, `"text" {a="b"}`, `{a="b"} 1 2 _`, or `{} 3`.
function parseRow(row: string): ExpectedRow {
  if (row.startsWith('"') || row.startsWith('`')) {
    const { text, after } = readString(row);
    return { line: text, labels: after === '' ? [] : readLabels(after), values: [] };
  }
  const close = row.lastIndexOf('}');
  if (close === -1) return { labels: [], values: row.split(/\s+/) };
  return {
    labels: readLabels(row.slice(0, close + 1)),
    values: row
      .slice(close + 1)
      .trim()
      .split(/\s+/),
  };
}

function readString(text: string): { text: string; after: string } {
  const end = findStringEnd(text, 0);
  if (end === -1) throw new Error(`no string: ${text}`);
  return { text: unquoteGoString(text.slice(0, end)), after: text.slice(end).trim() };
}

function readLabels(text: string): Labels {
  return makeLabels(parseSelectorOnly(text).map(({ name, value }) => [name, value]));
}

function readNs(text: string): number {
  return text.startsWith('-') ? -parsePrometheusDuration(text.slice(1)) : parsePrometheusDuration(text);
}
