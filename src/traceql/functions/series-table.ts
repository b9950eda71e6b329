// Sorts spans into series by the values of the grouping attributes, a batch at a time: while spans pass, series are found by
// the numbers that decide the values.
import { makeExecutionError } from '../errors.ts';
import { type Coded, type Field, type Part, readRows } from '../fields.ts';
import { type Block, hasNoSeries, isKnown, listCells } from '../loops.ts';
import type { SpanColumns } from '../source.ts';
import { batchSpans, type SpanBatch } from '../span-batch.ts';
import { absentMark, groupKey, nil, type Static } from '../values.ts';
import type { Intervals } from './intervals.ts';
import type { Accumulator } from './over-time.ts';
import { PairIndex } from './pair-index.ts';
import type { Exemplar, Label } from './series.ts';

export interface GroupBy {
  readonly name: string;
  readonly field: Field;
}

/** Writes the number of each span of a batch. */
export type ReadNumbers = (batch: SpanBatch, into: Float64Array) => void;

export interface SeriesTableOptions {
  readonly by: readonly GroupBy[];
  /** Set if each group has a series for each bucket that a span is in. */
  readonly buckets: Coded | undefined;
  readonly intervals: Intervals;
  readonly starts: Pick<SpanColumns, 'startSec' | 'startNano'>;
  /** Labels of the only series if there are no groups; it is there even without spans. */
  readonly alone: readonly Label[] | undefined;
  /** Labels if there are no groups. */
  readonly nameless: readonly Label[];
  readonly accumulator: Accumulator;
  readonly readNumbers: ReadNumbers;
}

/** A series, or what one bucket holds of a group, before its values are read. */
export interface Tally {
  /** Those of one group share one list. */
  readonly labels: readonly Label[];
  /** What the bucket is called. */
  readonly bucket: Static | undefined;
  /** Its cells are this one and those behind it, by interval. */
  readonly first: number;
  exemplars: readonly Exemplar[];
}

/** Eight bytes each, and Tempo would not show more than a thousand series. */
const maxCells = 2 ** 25;

export class SeriesTable {
  private readonly options: SeriesTableOptions;
  /** All series, in the order in which `add` met them. */
  readonly tallies: Tally[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly combinations: Combinations | undefined;
  /** Set if one column alone decides the series. */
  private readonly column: ColumnOfWords | undefined;
  /** By number of a span: where its series is, or that it is unknown or there is none. */
  private places = new Int32Array(batchSpans);
  // Of the batch at hand.
  private numbers: Int32Array = new Int32Array(batchSpans);
  private readonly cells = new Int32Array(batchSpans);
  private readonly values = new Float64Array(batchSpans);

  constructor(options: SeriesTableOptions) {
    this.options = options;
    const { by, buckets, alone } = options;
    const fields = [...by.map(({ field }) => field.coded), ...(buckets ? [buckets] : [])];
    const codes = fields.filter((coded) => coded !== undefined);
    this.combinations = codes.length === fields.length && !alone ? new Combinations(codes) : undefined;
    this.column = codes.length === 1 && this.combinations ? columnOf(codes[0]) : undefined;
    this.makeRoom(this.combinations?.size ?? 0);
    if (alone) this.setPlace(0, this.addSeries(alone, undefined));
  }

  /** Counts spans. */
  add(batch: SpanBatch): void {
    const { accumulator, readNumbers } = this.options;
    if (batch.block && this.column && accumulator.countBlock) {
      this.countBlock(this.column, batch.block, accumulator.countBlock);
      return;
    }
    const { rows, intervals, count } = batch.list();
    this.numberSpans(batch);
    const { numbers, cells, values } = this;
    for (let from = 0; from < count; ) {
      const spans = { numbers, intervals, from, count };
      from = accumulator.count ? accumulator.count(spans, this.places) : listCells(spans, this.places, cells);
      if (from < count) this.setPlace(numbers[from]!, this.findByValues(rows[from]!)); // below the count
    }
    if (accumulator.count) return;
    readNumbers(batch, values);
    accumulator.add(cells, values, count);
  }

  // Where a column decides the series, a whole block is counted at once.
  private countBlock(
    { slots, shift }: ColumnOfWords,
    block: Block,
    count: NonNullable<Accumulator['countBlock']>,
  ): void {
    const {
      starts: { startSec, startNano },
      intervals: { scale },
    } = this.options;
    for (let row = block.from; row < block.to; ) {
      const places = this.places.subarray(shift);
      row = count({ startSec, startNano, scale, slots, places }, { ...block, from: row });
      if (row < block.to) this.setPlace(slots[row]! + shift, this.findByValues(row)); // columns hold every row
    }
  }

  /** The series of a span, the one at `i` of the batch that was added last; -1 for none. */
  seriesAt(i: number, row: number): number {
    const { column } = this;
    // Every span of the batch has a number, and a place.
    const place = this.places[column ? column.slots[row]! + column.shift : this.numbers[i]!]!;
    return place === hasNoSeries ? nowhere : (place - isKnown) / this.options.intervals.count;
  }

  /** How many spans are in each cell; nothing where values matter. */
  get counts(): Uint32Array {
    return this.options.accumulator.counts?.() ?? new Uint32Array(0);
  }

  /** The values of a series. */
  read({ first }: Tally): Float64Array {
    return this.options.accumulator.read(first, first + this.options.intervals.count);
  }

  // What has no codes is numbered by its series, at once.
  private numberSpans({ rows, count }: SpanBatch): void {
    const { combinations, numbers } = this;
    if (combinations) {
      this.numbers = combinations.find(rows, count);
      this.makeRoom(combinations.size);
    } else if (!this.options.alone)
      for (let i = 0; i < count; i++) {
        const series = this.findByValues(rows[i]!); // below the count
        numbers[i] = series + 1;
        this.setPlace(series + 1, series);
      }
  }

  private setPlace(number: number, series: number): void {
    this.makeRoom(number + 1);
    this.places[number] = series === nowhere ? hasNoSeries : series * this.options.intervals.count + isKnown;
  }

  private makeRoom(numbers: number): void {
    if (numbers <= this.places.length) return;
    const longer = new Int32Array(Math.max(numbers, this.places.length * 2));
    longer.set(this.places);
    this.places = longer;
  }

  private findByValues(row: number): number {
    const { by, buckets } = this.options;
    const id = buckets ? buckets.idOf(row) : 0;
    if (id === nowhere) return nowhere;
    const labels = this.labelsOf(by.map(({ field }) => flatten(field.get(row) ?? nil)));
    const key = labels.map(({ name, value }) => name + groupKey(value)).join('\u0000');
    const group = this.groups.get(key) ?? { labels, series: [] };
    this.groups.set(key, group);
    group.series[id] ??= this.addSeries(group.labels, buckets?.at(id));
    return group.series[id];
  }

  // Missing values have no label, except that a series never has none at all.
  private labelsOf(values: readonly Static[]): readonly Label[] {
    const { by, buckets, nameless } = this.options;
    if (by.length === 0) return nameless;
    const labels = by.flatMap(({ name }, i) => {
      const value = values[i] ?? nil;
      return value.type === 'nil' ? [] : [{ name, value }];
    });
    const [first] = by;
    return labels.length > 0 || buckets || !first ? labels : [{ name: first.name, value: absentMark }];
  }

  private addSeries(labels: readonly Label[], bucket: Static | undefined): number {
    const { intervals, accumulator } = this.options;
    const first = this.tallies.length * intervals.count;
    if (first + intervals.count > maxCells)
      throw makeExecutionError(`too many series: at most ${maxCells} values; group by less or take a longer step`);
    accumulator.reserve(first + intervals.count);
    return this.tallies.push({ labels, bucket, first, exemplars: [] }) - 1;
  }
}

interface Group {
  readonly labels: readonly Label[];
  /** By bucket; without buckets there is one. */
  readonly series: number[];
}

interface ColumnOfWords extends Part {
  readonly slots: Uint32Array;
}

function columnOf(coded: Coded | undefined): ColumnOfWords | undefined {
  const [part, ...more] = coded?.parts ?? [];
  if (!part || more.length > 0 || part.rootOf || part.slots instanceof Uint8Array) return undefined;
  return { ...part, slots: part.slots };
}

const nowhere = -1;
/** So many combinations have a place each; more are looked up. */
const mostPlaces = 2 ** 20;

/** Numbers for the combinations of values of several fields. */
class Combinations {
  private readonly codes: readonly Coded[];
  /** Of each field but the first: what makes one number of the number before and the slot. */
  private readonly joints: readonly { readonly places: number; readonly pairs: PairIndex | undefined }[];
  private readonly found = new Int32Array(batchSpans);
  private readonly slots = new Int32Array(batchSpans);
  private readonly places: number;

  constructor(codes: readonly Coded[]) {
    this.codes = codes;
    let places = (codes[0]?.size ?? 0) + 1;
    this.joints = codes.slice(1).map(({ size }) => {
      places = places * (size + 1) <= mostPlaces ? places * (size + 1) : Number.POSITIVE_INFINITY;
      return { places: size + 1, pairs: places <= mostPlaces ? undefined : new PairIndex() };
    });
    this.places = places;
  }

  /** Numbers given out so far are below it. */
  get size(): number {
    return this.joints.at(-1)?.pairs?.count ?? this.places;
  }

  find(rows: Uint32Array, count: number): Int32Array {
    const { codes, joints, found, slots } = this;
    codes.forEach((coded, field) => {
      readSlots(coded, { rows, count, into: field === 0 ? found : slots });
      const joint = joints[field - 1];
      if (!joint) return;
      const { places, pairs } = joint;
      // Both are as long as a batch.
      if (pairs) for (let i = 0; i < count; i++) found[i] = pairs.indexOf(found[i]!, slots[i]!);
      else for (let i = 0; i < count; i++) found[i] = found[i]! * places + slots[i]!;
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
export function readSlots({ parts, idOf, readSlots: readAll }: Coded, { rows, count, into }: SlotsWanted): void {
  const only = parts?.length === 1 ? parts[0] : undefined;
  if (readAll) readAll(rows, count, into);
  else if (only) readRows(only, { rows, count }, into);
  else for (let i = 0; i < count; i++) into[i] = idOf(rows[i]!) + 1; // rows are of the source
}

// Arrays do not survive Tempo's way from worker to front end: they come out as if the value were missing.
function flatten(value: Static): Static {
  return Array.isArray((value as { value?: unknown }).value) ? absentMark : value;
}
