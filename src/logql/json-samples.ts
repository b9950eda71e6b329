// The short way for metric queries over JSON lines that name the fields they need: `… | json | status >= 500 | unwrap ms`
// by a few labels. One pass over the bytes of a line finds the fields; values are compared, read and grouped as bytes.
// Every line that is in any way unusual goes the long way, through the stages, which decide what it means.
import { ByteTable } from '../std/byte-table.ts';
import type { Grouping, LabelFilter, LogRange, RangeOp, StageExpr } from './ast.ts';
import { readPlainNumber } from './read-number.ts';
import type { LogBlock } from './source.ts';
import { JsonFields } from './stages/json-fields.ts';
import { compileLabelTest, compileNumberTest } from './stages/label-filter.ts';
import { orderStages } from './stages/pipeline.ts';
import { compileConversion } from './stages/unwrap.ts';
import type { Labels } from './values.ts';

/** What became of a line: left to the stages, dropped by a filter, or read. */
export type JsonReading = 'unusual' | 'dropped' | 'read';

type SimpleFilter = Exclude<LabelFilter, { kind: 'and' | 'or' | 'ip' }>;

interface Check {
  readonly field: number;
  readonly test: (text: string) => boolean | undefined;
  readonly testNumber: ((number: number) => boolean) | undefined;
  /** What the filter thinks of a line without the field. */
  readonly passesWithout: boolean;
}

/** A label of the grouping: its field, and what the block in hand says of it without looking into lines. */
interface GroupLabel {
  readonly name: string;
  readonly field: number;
  source: 'field' | 'stream' | 'metadata';
}

interface UnwrapPlan {
  readonly field: number;
  readonly convert: (text: string) => number;
  /** Is the text read as a number without a unit? */
  readonly plain: boolean;
}

const maxGroups = 16_384;
const noGroup = -1;
const suffix = '_extracted';

export class JsonSampler {
  /** The value of the line that was read last, if the query unwraps one. */
  value = 1;
  /** A number that lines of the same group share; -1: there are too many groups. */
  group = 0;
  readonly #fields: JsonFields;
  readonly #checks: readonly Check[];
  readonly #checkNames: readonly string[];
  readonly #by: readonly GroupLabel[];
  readonly #unwrap: UnwrapPlan | undefined;
  // Groups are paths: the number of a value under the number of the values before it.
  readonly #groups = new ByteTable();

  /** undefined: the query is of another kind. */
  static of(query: { range: LogRange; op: RangeOp; grouping: Grouping | undefined }): JsonSampler | undefined {
    const filters = findFilters(query.range.log.stages);
    const { grouping, range } = query;
    const isClosed = query.op === 'absent_over_time' || (grouping !== undefined && !grouping.without);
    if (filters === undefined || !isClosed || (range.unwrap?.postFilters.length ?? 0) > 0) return undefined;
    const by = query.op === 'absent_over_time' ? [] : [...new Set(grouping?.labels)];
    const names = new Set([...filters.map(nameOf), ...by, ...(range.unwrap ? [range.unwrap.label] : [])]);
    for (const name of names) if (name.endsWith(suffix) || name.startsWith('__')) return undefined;
    // A query that looks at no label does not parse the lines at all.
    return names.size === 0 ? undefined : new JsonSampler([...names], { filters, by, range });
  }

  private constructor(
    names: readonly string[],
    of: { readonly filters: readonly SimpleFilter[]; readonly by: readonly string[]; readonly range: LogRange },
  ) {
    this.#fields = new JsonFields(names);
    this.#checks = of.filters.map((filter) => compileCheck(filter, names.indexOf(nameOf(filter))));
    const { unwrap } = of.range;
    this.#checkNames = [...of.filters.map(nameOf), ...(unwrap ? [unwrap.label] : [])];
    this.#by = of.by.map((name) => ({ name, field: names.indexOf(name), source: 'field' }));
    this.#unwrap = unwrap && {
      field: names.indexOf(unwrap.label),
      convert: compileConversion(unwrap),
      plain: unwrap.conversion === undefined,
    };
  }

  /** Begins a block; false: its labels clash with the fields in a way that only the stages can settle. */
  startBlock(stream: Labels, block: LogBlock): boolean {
    const has = (name: string) => stream.some((label) => label[0] === name);
    if (this.#checkNames.some((name) => has(name) || block.mayHaveMetadata(name))) return false;
    for (const label of this.#by) {
      // What the stream has, no line can change: a field of that name gets another.
      label.source = has(label.name) ? 'stream' : block.mayHaveMetadata(label.name) ? 'metadata' : 'field';
    }
    return true;
  }

  /** Reads a line into `value` and `group`. */
  read(block: LogBlock, row: number): JsonReading {
    const { bytes, lineStarts } = block;
    const start = lineStarts[row] ?? 0;
    const end = lineStarts[row + 1] ?? start;
    if (!this.#fields.read(bytes, start, end)) return 'unusual';
    for (const check of this.#checks) {
      const passed = this.#passes(check, bytes);
      if (passed === undefined) return 'unusual';
      if (!passed) return 'dropped';
    }
    if (this.#unwrap !== undefined) {
      const reading = this.#readValue(this.#unwrap, bytes);
      if (reading !== 'read') return reading;
    }
    this.group = this.#by.length === 0 ? 0 : this.#findGroup(block, row);
    return 'read';
  }

  #passes({ field, test, testNumber, passesWithout }: Check, bytes: Buffer): boolean | undefined {
    const start = this.#fields.starts[field] ?? -1;
    const end = this.#fields.ends[field] ?? -1;
    if (start === -1) return passesWithout;
    if (testNumber !== undefined) {
      const number = readPlainNumber(bytes, start, end);
      if (!Number.isNaN(number)) return testNumber(number);
    }
    const text = textOf(bytes, start, end);
    return text === undefined ? undefined : test(text);
  }

  #readValue(unwrap: UnwrapPlan, bytes: Buffer): JsonReading {
    const start = this.#fields.starts[unwrap.field] ?? -1;
    const end = this.#fields.ends[unwrap.field] ?? -1;
    if (start === -1) return 'dropped';
    if (unwrap.plain) {
      this.value = readPlainNumber(bytes, start, end);
      if (!Number.isNaN(this.value)) return 'read';
    }
    const text = textOf(bytes, start, end);
    if (text === undefined) return 'unusual';
    try {
      this.value = unwrap.convert(text);
      return 'read';
    } catch {
      return 'unusual'; // the stages mark the line with the error
    }
  }

  #findGroup(block: LogBlock, row: number): number {
    let path = 0;
    for (const { name, field, source } of this.#by) {
      if (source === 'stream') continue;
      const given = source === 'metadata' ? block.metadataValue(row, name) : undefined;
      if (given !== undefined) {
        const text = Buffer.from(given);
        path = this.#step(path, text, 0, text.length);
      } else {
        const start = this.#fields.starts[field] ?? -1;
        // No value is another step than an empty one.
        if (start === -1) path = this.#step(~path, nothing, 0, 0);
        else path = this.#step(path, block.bytes, start, this.#fields.ends[field] ?? start);
      }
      if (path === noGroup) return noGroup;
    }
    return path;
  }

  // Numbers of steps begin at 1; 0 is the path without any.
  #step(path: number, bytes: Buffer, start: number, end: number): number {
    const known = this.#groups.find(path, bytes, start, end);
    if (known !== -1) return known + 1;
    if (this.#groups.size >= maxGroups) return noGroup;
    const made = this.#groups.add(path, bytes, start, end);
    return made === -1 ? noGroup : made + 1;
  }
}

const nothing = Buffer.alloc(0);

// Text beyond ASCII may be no text at all, which the parser sees to.
function textOf(bytes: Buffer, start: number, end: number): string | undefined {
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) >= 0x80) return undefined;
  return bytes.toString('latin1', start, end);
}

/** The filters behind a `| json` that has only line filters before it; undefined for any other pipeline. */
function findFilters(stages: readonly StageExpr[]): SimpleFilter[] | undefined {
  const rest = orderStages(stages).filter(({ kind }) => kind !== 'line_filter');
  const [json, ...following] = rest;
  if (json?.kind !== 'json' || json.extractions.length > 0) return undefined;
  const filters: SimpleFilter[] = [];
  for (const stage of following) {
    const simple = stage.kind === 'label_filter' ? split(stage.filter) : undefined;
    if (simple === undefined) return undefined;
    filters.push(...simple);
  }
  return filters;
}

function split(filter: LabelFilter): SimpleFilter[] | undefined {
  if (filter.kind === 'or' || filter.kind === 'ip') return undefined;
  if (filter.kind !== 'and') return [filter];
  const [left, right] = [split(filter.left), split(filter.right)];
  return left && right && [...left, ...right];
}

function nameOf(filter: SimpleFilter): string {
  return filter.kind === 'string' ? filter.matcher.name : filter.name;
}

function compileCheck(filter: SimpleFilter, field: number): Check {
  const test = compileLabelTest(filter);
  return {
    field,
    test,
    testNumber: filter.kind === 'number' ? compileNumberTest(filter) : undefined,
    passesWithout: filter.kind === 'string' && test('') === true,
  };
}
