// Label filters: `level="error"`, `status >= 500`, `took > 1s`, `size < 4KB`, `addr = ip("…")`, joined by and, or, commas.
// A number, duration or size that cannot be read marks the line with an error and lets it pass.
import { parseGoDuration } from '../../std/go-duration.ts';
import type { Comparison, LabelFilter, LabelFilterStage, Matcher } from '../ast.ts';
import { readBytesSize } from '../bytes-size.ts';
import { applyOperator } from '../functions/operators.ts';
import { printStage } from '../print.ts';
import { readNumber } from '../read-number.ts';
import { compileMatcher, errorDetailsLabel, errorLabel } from '../values.ts';
import { compileIpPattern, containsIp } from './ip-finder.ts';
import { compileLabelRegexp } from './label-regexp.ts';
import type { LabelsBuilder } from './labels-builder.ts';
import { type Stage, StageRefusal } from './stage.ts';

type Test = (labels: LabelsBuilder) => boolean;
type FilterOf<Kind extends LabelFilter['kind']> = Extract<LabelFilter, { kind: Kind }>;

/** Compiles a label filter. @throws StageRefusal */
export function compileLabelFilter(stage: LabelFilterStage): Stage {
  try {
    const test = compileTest(stage.filter);
    return { process: (row) => test(row.labels), reads: [...namesOf(stage.filter)] };
  } catch (error) {
    if (!(error instanceof StageRefusal)) throw error;
    throw new StageRefusal(stage, `stage '${printStage(stage)}' : ${error.message}`, error.message);
  }
}

/** Names of the labels that a filter reads. */
export function namesOf(filter: LabelFilter): ReadonlySet<string> {
  if (filter.kind === 'string') return new Set([filter.matcher.name]);
  if (filter.kind === 'and' || filter.kind === 'or')
    return new Set([...namesOf(filter.left), ...namesOf(filter.right)]);
  return new Set([filter.name]);
}

const compilers: { readonly [Kind in LabelFilter['kind']]: (filter: FilterOf<Kind>) => Test } = {
  string: compileString,
  number: (filter) => compileAmount(filter, amountReaders.number),
  duration: (filter) => compileAmount(filter, amountReaders.duration),
  bytes: (filter) => compileAmount(filter, amountReaders.bytes),
  ip: compileIp,
  // Both sides always run, since each may mark the line with an error.
  and: (filter) => {
    const [left, right] = [compileTest(filter.left), compileTest(filter.right)];
    return (labels) => {
      const passes = left(labels);
      return right(labels) && passes;
    };
  },
  or: (filter) => {
    const [left, right] = [compileTest(filter.left), compileTest(filter.right)];
    return (labels) => left(labels) || right(labels);
  },
};

function compileTest(filter: LabelFilter): Test {
  // The table's type says that each compiler takes the filter of its own kind.
  return (compilers[filter.kind] as (filter: LabelFilter) => Test)(filter);
}

function compileString(filter: FilterOf<'string'>): Test {
  const { name } = filter.matcher;
  const matches = compileTextTest(filter.matcher);
  if (name === errorLabel) return (labels) => matches(labels.error);
  if (name === errorDetailsLabel) return (labels) => matches(labels.errorDetails);
  return (labels) => matches(labels.get(name) ?? '');
}

/**
 * What a filter on one label thinks of a value by itself; undefined when the value cannot be read, for then the filter marks
 * the line with an error, and what becomes of it depends on its other fields.
 */
export function compileLabelTest(
  filter: FilterOf<'string' | 'number' | 'duration' | 'bytes'>,
): (text: string) => boolean | undefined {
  if (filter.kind === 'string') return compileTextTest(filter.matcher);
  const read = amountReaders[filter.kind];
  return (text) => {
    try {
      return applyOperator(filter.op, read(text), filter.value) === 1;
    } catch {
      return undefined;
    }
  };
}

/** What a filter on a number thinks of it. */
export function compileNumberTest(filter: FilterOf<'number'>): (number: number) => boolean {
  const { op, value } = filter;
  return (number) => applyOperator(op, number, value) === 1;
}

const amountReaders = { number: readNumber, duration: parseGoDuration, bytes: readBytesSize } as const;

function compileTextTest(matcher: Matcher): (value: string) => boolean {
  if (matcher.type === '=' || matcher.type === '!=') return compileMatcher(matcher).matches;
  const test = compileLabelRegexp(matcher.value);
  return matcher.type === '=~' ? test : (value) => !test(value);
}

function compileAmount(
  filter: { readonly name: string; readonly op: Comparison; readonly value: number },
  read: (text: string) => number,
): Test {
  const { name, op, value } = filter;
  return (labels) => {
    const text = labels.get(name);
    if (text === undefined) return false;
    try {
      return applyOperator(op, read(text), value) === 1;
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      // What a parser said of the line says more.
      if (labels.error === '') labels.setError('LabelFilterErr', error.message);
      return true;
    }
  };
}

function compileIp(filter: FilterOf<'ip'>): Test {
  const range = compileIpPattern(filter.pattern);
  const wanted = filter.op === '=';
  return (labels) => {
    // Unlike the others, this filter lets pass every line that has an error.
    if (labels.error !== '') return true;
    const text = labels.get(filter.name);
    return text !== undefined && containsIp(range, text) === wanted;
  };
}
