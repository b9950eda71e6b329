// Sorts spans into series by the values of the grouping attributes, a batch at a time: while spans pass, series are found by
// the numbers that decide the values.
import { makeExecutionError } from '../errors.ts';
import { type Field, readRows } from '../fields.ts';
import { batchSpans, type SpanBatch } from '../span-batch.ts';
import { absentMark, groupKey, nil, type Static } from '../values.ts';
import type { Accumulator } from './over-time.ts';
import { PairIndex } from './pair-index.ts';
import type { Label, Series } from './series.ts';

export interface GroupBy {
  readonly name: string;
  readonly field: Field;
  /** Spans without a value are left out; else they form a series of their own. */
  readonly isRequired?: boolean;
}

/** Writes the number of each span of a batch. */
export type ReadNumbers = (batch: SpanBatch, into: Float64Array) => void;

export interface SeriesTableOptions {
  readonly by: readonly GroupBy[];
  /** The number of intervals. */
  readonly intervals: number;
  /** Labels of the only series if there are no groups; it is there even without spans. */
  readonly alone: readonly Label[] | undefined;
  /** Labels if there are no groups. */
  readonly nameless: readonly Label[];
  readonly accumulator: Accumulator;
  readonly readNumbers: ReadNumbers;
}

/** Eight bytes each, and Tempo would not show more than a thousand series. */
const maxCells = 2 ** 25;

export class SeriesTable {
  private readonly options: SeriesTableOptions;
  private readonly labels: (readonly Label[])[] = [];
  private readonly byKey = new Map<string, number>();
  private readonly combinations: Combinations | undefined;
  /** By combination: `unknown`, or the series + `known` (-1: left out). */
  private seriesOf = new Int32Array(batchSpans);
  // Of the batch at hand.
  private readonly series = new Int32Array(batchSpans);
  private readonly cells = new Int32Array(batchSpans);
  private readonly numbers = new Float64Array(batchSpans);

  constructor(options: SeriesTableOptions) {
    this.options = options;
    const codes = options.by.flatMap(({ field }) => field.coded ?? []);
    this.combinations = codes.length === options.by.length ? new Combinations(codes) : undefined;
    if (options.alone) this.addSeries(options.alone);
  }

  /** Counts spans; says for each which series it went to, -1 for none. The answer is used again for the next batch. */
  add(batch: SpanBatch): Int32Array {
    const { options, series, cells, numbers } = this;
    const { count, intervals } = batch;
    this.findSeries(batch);
    options.readNumbers(batch, numbers);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      if (series[i] === -1) continue;
      // All arrays are as long as a batch.
      cells[kept] = series[i]! * options.intervals + intervals[i]!;
      numbers[kept++] = numbers[i]!;
    }
    options.accumulator.reserve(this.labels.length * options.intervals);
    options.accumulator.add(cells, numbers, kept);
    return series;
  }

  /** All series, in the order in which `add` numbered them. */
  finish(): Series[] {
    const { accumulator, intervals } = this.options;
    accumulator.reserve(this.labels.length * intervals);
    return this.labels.map((labels, i) => {
      const values = accumulator.read(i * intervals, (i + 1) * intervals);
      return { labels, values, exemplars: [] };
    });
  }

  private findSeries({ rows, count }: SpanBatch): void {
    const { combinations, series } = this;
    if (this.options.alone) series.fill(0);
    else if (!combinations) for (let i = 0; i < count; i++) series[i] = this.findByValues(rows[i]!);
    else {
      const found = combinations.find(rows, count);
      this.makeRoom(combinations.size);
      for (let i = 0; i < count; i++) {
        const combination = found[i]!; // as long as a batch
        let known = this.seriesOf[combination]!; // there is room for all
        if (known === unknown) {
          known = this.findByValues(rows[i]!) + isKnown;
          this.seriesOf[combination] = known;
        }
        series[i] = known - isKnown;
      }
    }
  }

  private makeRoom(combinations: number): void {
    if (combinations <= this.seriesOf.length) return;
    const longer = new Int32Array(Math.max(combinations, this.seriesOf.length * 2));
    longer.set(this.seriesOf);
    this.seriesOf = longer;
  }

  private findByValues(row: number): number {
    const { by } = this.options;
    const values = by.map(({ field }) => flatten(field.get(row) ?? nil));
    if (by.some(({ isRequired }, i) => isRequired && values[i]?.type === 'nil')) return -1;
    const labels = this.labelsOf(values);
    const key = labels.map(({ name, value }) => name + groupKey(value)).join('\u0000');
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    this.byKey.set(key, this.labels.length);
    return this.addSeries(labels);
  }

  // Missing values have no label, except that a series never has none at all.
  private labelsOf(values: readonly Static[]): readonly Label[] {
    const { by, nameless } = this.options;
    if (by.length === 0) return nameless;
    const labels = by.flatMap(({ name }, i) => {
      const value = values[i] ?? nil;
      return value.type === 'nil' ? [] : [{ name, value }];
    });
    const [first] = by;
    return labels.length > 0 || !first ? labels : [{ name: first.name, value: absentMark }];
  }

  private addSeries(labels: readonly Label[]): number {
    if ((this.labels.length + 1) * this.options.intervals > maxCells)
      throw makeExecutionError(`too many series: at most ${maxCells} values; group by less or take a longer step`);
    return this.labels.push(labels) - 1;
  }
}

const unknown = 0;
const isKnown = 2;

/** Numbers for the combinations of values of several fields. */
class Combinations {
  private readonly codes: readonly NonNullable<Field['coded']>[];
  private readonly pairs: readonly PairIndex[];
  private readonly found = new Int32Array(batchSpans);
  private readonly slots = new Int32Array(batchSpans);

  constructor(codes: readonly NonNullable<Field['coded']>[]) {
    this.codes = codes;
    this.pairs = codes.slice(1).map(() => new PairIndex());
  }

  /** Numbers given out so far are below it. */
  get size(): number {
    return this.pairs.at(-1)?.count ?? (this.codes[0]?.size ?? 0) + 1;
  }

  find(rows: Uint32Array, count: number): Int32Array {
    const { codes, pairs, found, slots } = this;
    codes.forEach((coded, field) => {
      readSlots(coded, { rows, count, into: field === 0 ? found : slots });
      const index = pairs[field - 1];
      // Both are as long as a batch.
      if (index) for (let i = 0; i < count; i++) found[i] = index.indexOf(found[i]!, slots[i]!);
    });
    return found;
  }
}

interface SlotsWanted {
  readonly rows: Uint32Array;
  readonly count: number;
  readonly into: Int32Array;
}

/** The ids + 1 that decide the values of rows. */
export function readSlots({ parts, idOf }: NonNullable<Field['coded']>, { rows, count, into }: SlotsWanted): void {
  const only = parts?.length === 1 ? parts[0] : undefined;
  if (only) readRows(only, { rows, count }, into);
  else for (let i = 0; i < count; i++) into[i] = idOf(rows[i]!) + 1; // rows are of the source
}

// Arrays do not survive Tempo's way from worker to front end: they come out as if the value were missing.
function flatten(value: Static): Static {
  return Array.isArray((value as { value?: unknown }).value) ? absentMark : value;
}
