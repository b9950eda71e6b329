// The stage of a query that leaves no line: found by asking for the lines before and behind each, and explained by the lines
// that reach it. A query is proposed only if it finds something.
import type { LabelFilter, LineFilterStage, Matcher, StageExpr } from '../../logql/ast.ts';
import { printLog } from '../../logql/print.ts';
import { findNearest } from '../../std/nearest.ts';
import type { LogEntry } from '../../wire/loki/decode-query.ts';
import { cleanLine, cutToWidth } from '../render/clean.ts';
import { writeCommand } from './command.ts';
import type { LogQuestion, Why } from './empty-logs.ts';
import { countLineErrors, printLineError } from './line-errors.ts';
import { list } from './wrong-matcher.ts';

/** Lines looked at to say what fields they have. */
const sampleSize = 200;
const shownChars = 120;

/** Explains which stage is at fault; undefined when no line comes out of the selector, or lines come out of all stages. */
export async function explainStages(of: LogQuestion): Promise<Why | undefined> {
  let sample = await takeSample(of, 0);
  if (sample.length === 0) return undefined;
  const { stages } = of.log;
  for (const [at, stage] of stages.entries()) {
    const next = await takeSample(of, at + 1);
    if (next.length === 0) return explainStage({ ...of, at, stage, sample });
    sample = next;
  }
  return of.unwrap && explainField({ ...of, at: stages.length, sample }, { place: of.unwrap, name: of.unwrap.label });
}

interface Emptied extends LogQuestion {
  /** Stages before it. */
  readonly at: number;
  /** Lines that reach it. */
  readonly sample: readonly LogEntry[];
}

async function takeSample({ loki, log, window }: LogQuestion, stageCount: number): Promise<readonly LogEntry[]> {
  const query = printPrefix(log, stageCount);
  const found = await loki.queryRange({ query, ...window, limit: sampleSize, direction: 'backward' });
  return found.kind === 'lines' ? found.entries : [];
}

function printPrefix(log: LogQuestion['log'], stageCount: number): string {
  return printLog({ ...log, stages: log.stages.slice(0, stageCount) });
}

async function explainStage(of: Emptied & { readonly stage: StageExpr }): Promise<Why> {
  const { stage, log, at, query, sample } = of;
  const why =
    stage.kind === 'line_filter'
      ? await explainLineFilter(of, stage)
      : stage.kind === 'label_filter'
        ? await explainLabelFilter(of, stage.filter)
        : undefined;
  const prefix = printPrefix(log, at);
  const text = query.slice(stage.start, stage.end);
  const general = `${prefix} alone matches lines; ${text} leaves none of them`;
  const newest = `the newest line before it: ${cutToWidth(cleanLine(sample[0]?.line ?? ''), shownChars)}`;
  const tries = why?.tries.length ? why.tries : [writeCommand('logs', [prefix], { limit: 5 })];
  return { findings: [general, ...(why?.findings ?? [newest])], tries };
}

async function explainLineFilter(of: Emptied, stage: LineFilterStage): Promise<Why | undefined> {
  const [term] = stage.terms;
  if (stage.type !== '|=' || term === undefined || term.ip || stage.terms.length > 1) return undefined;
  const loose = `|~ ${JSON.stringify(`(?i)${term.text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')}`)}`;
  const mended = await tryInstead(of, stage, loose);
  return mended === undefined ? undefined : { findings: ['with other capitals there are such lines'], tries: [mended] };
}

async function explainLabelFilter(of: Emptied, filter: LabelFilter): Promise<Why | undefined> {
  // What alternatives and conjunctions have in common is not worth guessing: each is looked at until one explains it.
  if (filter.kind === 'and' || filter.kind === 'or')
    return (await explainLabelFilter(of, filter.left)) ?? explainLabelFilter(of, filter.right);
  if (filter.kind !== 'string') return explainField(of, { place: filter, name: filter.name });
  return explainField(of, { place: filter, name: filter.matcher.name, matcher: filter.matcher });
}

interface SoughtField {
  readonly place: { readonly start: number; readonly end: number };
  readonly name: string;
  readonly matcher?: Matcher;
}

async function explainField(of: Emptied, { place, name, matcher }: SoughtField): Promise<Why | undefined> {
  const errors = countLineErrors(of.sample).map((error) => printLineError(error, of.sample.length));
  const values = countValues(of.sample, name);
  if (values.size === 0) {
    const names = listFields(of.sample);
    const nearest = findNearest(name, names, 1)[0];
    const finding = `no line that comes there has the field ${name}; there ${list(names)}`;
    const text = of.query.slice(place.start, place.end);
    const renamed = nearest && text.replace(new RegExp(`\\b${name}\\b`), nearest);
    const mended = (renamed && (await tryInstead(of, place, renamed))) || (await tryOtherParser(of));
    return { findings: [...errors, finding], tries: mended ? [mended] : [] };
  }
  if (matcher === undefined) return { findings: [...errors, `${name} is ${describeValues(values)}`], tries: [] };
  const nearest = matcher.type === '=' ? findNearest(matcher.value, values.keys(), 1)[0] : undefined;
  const equal = `${name}=${JSON.stringify(nearest)}`;
  const mended = nearest === undefined ? undefined : await tryInstead(of, place, equal);
  return { findings: [...errors, `there, ${name} is ${describeValues(values)}`], tries: mended ? [mended] : [] };
}

/** Lines of JSON read as logfmt, or the other way round. */
async function tryOtherParser(of: Emptied): Promise<string | undefined> {
  const parsers = of.log.stages.slice(0, of.at).filter(({ kind }) => kind === 'json' || kind === 'logfmt');
  const [parser] = parsers;
  if (parser === undefined || parsers.length > 1) return undefined;
  return tryInstead(of, parser, parser.kind === 'json' ? '| logfmt' : '| json');
}

/** The command for the query with another text at a place, if that finds something. */
async function tryInstead(of: Emptied, place: { start: number; end: number }, by: string): Promise<string | undefined> {
  const mended = of.query.slice(0, place.start) + by + of.query.slice(place.end);
  const question = { query: mended, ...of.window, limit: 1, direction: 'backward' } as const;
  const found = await of.loki.queryRange(question).catch(() => undefined);
  const isFound = found?.kind === 'lines' ? found.entries.length > 0 : (found?.answer.series.length ?? 0) > 0;
  return isFound ? writeCommand('logs', [mended]) : undefined;
}

function countValues(sample: readonly LogEntry[], name: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { labels } of sample) {
    const value = labels[name];
    if (value !== undefined) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  return new Map([...counts].sort((a, b) => b[1] - a[1]));
}

const shownValues = 6;

// Numbers are told by their extent, all else by its most frequent values.
function describeValues(values: ReadonlyMap<string, number>): string {
  const numbers = [...values.keys()].map(Number);
  if (values.size > shownValues && numbers.every(Number.isFinite))
    return `between ${Math.min(...numbers)} and ${Math.max(...numbers)}`;
  const shown = [...values]
    .slice(0, shownValues)
    .map(([value, count]) => `${JSON.stringify(cutToWidth(value, 40))} (${count}×)`);
  const more = values.size > shownValues ? ` and ${values.size - shownValues} other values` : '';
  return shown.join(', ') + more;
}

function listFields(sample: readonly LogEntry[]): string[] {
  const names = new Set(sample.flatMap(({ labels }) => Object.keys(labels)));
  return [...names].filter((name) => !name.startsWith('__error')).sort();
}
