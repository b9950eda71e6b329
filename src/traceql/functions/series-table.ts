// Sorts spans into series by the values of the grouping attributes, a batch at a time: while spans pass, series are found by
// keys, which are made of the numbers that decide the values.
import { makeExecutionError } from '../errors.ts';
import type { Coded, Field } from '../fields.ts';
import { type Room, Table, wordBytes } from '../kernels/room.ts';
import { loadCodes, loadDoubles, loadWords, type RowsAtHand, rowAt } from '../kernels/rows-at-hand.ts';
import type { SpanColumns } from '../source.ts';
import type { SpanBatch } from '../span-batch.ts';
import { absentMark, groupKey, nil, type Static } from '../values.ts';
import type { Intervals } from './intervals.ts';
import type { ReadNumbers } from './numbers.ts';
import type { Accumulator } from './over-time.ts';
import { PairIndex } from './pair-index.ts';
import type { Exemplar, Label } from './series.ts';

export interface GroupBy {
  readonly name: string;
  readonly field: Field;
}

export interface SeriesTableOptions {
  readonly room: Room;
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
  /** Set if the accumulator is one of values. */
  readonly readNumbers: ReadNumbers | undefined;
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
const maxCells = 2 ** 24;

export class SeriesTable {
  private readonly options: SeriesTableOptions;
  /** All series, in the order in which `add` met them. */
  readonly tallies: Tally[] = [];
  private readonly groups = new Map<string, Group>();
  private readonly combinations: Combinations | undefined;
  /** By key of a span: is it known where its series is? And if so, its first cell, or 0 for none. */
  private readonly known: Table<'bytes'>;
  private readonly places: Table<'words'>;
  // Of the batch at hand, and what to add to the keys in the room.
  private hand: RowsAtHand = { from: 0, size: 0 };
  private shift = 0;

  constructor(options: SeriesTableOptions) {
    this.options = options;
    const { room, by, buckets, alone, accumulator, intervals } = options;
    const fields = [...by.map(({ field }) => field.coded), ...(buckets ? [buckets] : [])];
    const codes = fields.filter((coded) => coded !== undefined);
    this.combinations = codes.length === fields.length ? new Combinations(room, codes) : undefined;
    this.known = new Table(room, 'bytes');
    this.places = new Table(room, 'words');
    this.makeRoom(this.combinations?.size ?? 0);
    accumulator.reserve(intervals.count);
    if (alone) this.setPlace(0, this.addSeries(alone, undefined));
  }

  /** Counts spans. */
  add(batch: SpanBatch): void {
    const { accumulator } = this.options;
    const hand = this.takeInHand(batch);
    this.hand = hand;
    this.findKeys(hand);
    if (accumulator.count) this.countMarked(hand, accumulator.count);
    else if (accumulator.add) this.addValues(hand, accumulator.add);
  }

  private countMarked(hand: RowsAtHand, count: NonNullable<Accumulator['count']>): void {
    const { room } = this.options;
    const others = room.listed(count(hand.size, this.placesOfKeys));
    if (others.length === 0 || this.findSeries(hand, others) === 'known') return;
    room.bytes.fill(0, room.marks, room.marks + hand.size);
    for (const at of others) room.bytes[room.marks + at] = 1;
    count(hand.size, this.placesOfKeys);
  }

  private addValues(hand: RowsAtHand, add: NonNullable<Accumulator['add']>): void {
    const { room, readNumbers } = this.options;
    let { kept, others } = this.listCells(hand.size);
    if (others > 0 && this.findSeries(hand, room.listed(others)) === 'found')
      ({ kept, others } = this.listCells(hand.size));
    if (kept === 0) return;
    readNumbers?.({ hand, count: kept });
    add(kept);
  }

  /** The series of a span, the one at `i` of the batch that was added last; -1 for none. */
  seriesAt(i: number, row: number): number {
    const { room, intervals } = this.options;
    const key = room.wordAt(room.keys, this.hand.rows ? i : row - this.hand.from) + this.shift;
    return room.wordAt(this.places.at, key) / intervals.count - 1;
  }

  /** How many spans are in each cell; nothing where values matter. */
  get counts(): Uint32Array {
    return this.options.accumulator.counts?.() ?? new Uint32Array(0);
  }

  /** The values of a series. */
  read({ first }: Tally): Float64Array {
    return this.options.accumulator.read(first, first + this.options.intervals.count);
  }

  // A block as it is marked, or a list of spans; with their intervals.
  private takeInHand({ block, rows, intervals, count }: SpanBatch): RowsAtHand {
    const { room, starts, intervals: window } = this.options;
    if (!block) {
      room.bytes.fill(1, room.marks, room.marks + count);
      room.words.set(intervals.subarray(0, count), room.intervals / wordBytes);
      return { from: 0, size: count, rows };
    }
    const { from, to, marks } = block;
    const hand = { from, size: to - from };
    room.bytes.set(marks.subarray(from, to), room.marks);
    loadDoubles(room, starts.startSec, hand, room.seconds);
    loadWords(room, starts.startNano, hand, room.nanos);
    const { fromSec, fromNano, perNs } = window.scale;
    room.kernels.intervals(room.seconds, hand.size, room.nanos, fromSec, fromNano, perNs, room.intervals);
    return hand;
  }

  // What has no codes is known by its series, at once.
  private findKeys(hand: RowsAtHand): void {
    const { room } = this.options;
    if (this.combinations) {
      this.shift = this.combinations.find(hand);
      this.makeRoom(this.combinations.size);
      return;
    }
    for (let at = 0; at < hand.size; at++) {
      const isMarked = room.bytes[room.marks + at] === 1;
      const series = isMarked ? this.findByValues(rowAt(hand, at)) : nowhere;
      room.setWordAt(room.keys, at, series + 1);
      this.setPlace(series + 1, series);
    }
  }

  private listCells(size: number): { kept: number; others: number } {
    const { marks, keys, intervals, cells, rows, list, kernels } = this.options.room;
    const counts = kernels.place(marks, size, keys, this.placesOfKeys, intervals, cells, rows, list);
    return { kept: counts & 0xffff, others: counts >>> 16 };
  }

  // Of the keys as they stand in the room.
  private get placesOfKeys(): number {
    return this.places.at + this.shift * wordBytes;
  }

  // Finds the series of rows that have no place; some may be known to have none.
  private findSeries(hand: RowsAtHand, places: Uint32Array): 'found' | 'known' {
    const { room } = this.options;
    let outcome: 'found' | 'known' = 'known';
    for (const at of places) {
      const key = room.wordAt(room.keys, at) + this.shift;
      if (room.bytes[this.known.at + key] === 1) continue;
      this.setPlace(key, this.findByValues(rowAt(hand, at)));
      outcome = 'found';
    }
    return outcome;
  }

  private setPlace(key: number, series: number): void {
    this.makeRoom(key + 1);
    const { room } = this.options;
    room.bytes[this.known.at + key] = 1;
    room.setWordAt(this.places.at, key, series === nowhere ? 0 : this.firstCell(series));
  }

  // The first cells are for what has no series.
  private firstCell(series: number): number {
    return (series + 1) * this.options.intervals.count;
  }

  private makeRoom(keys: number): void {
    this.known.reserve(keys);
    this.places.reserve(keys);
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
    const first = this.firstCell(this.tallies.length);
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

const nowhere = -1;
/** So many combinations have a place each; more are looked up. */
const mostPlaces = 2 ** 20;

/** Keys for the combinations of values of several fields; of none there is one, which is 0. */
class Combinations {
  private readonly room: Room;
  private readonly codes: readonly Coded[];
  /** Of each field but the first: what makes one key of the key before and the slot. */
  private readonly joints: readonly { readonly places: number; readonly pairs: PairIndex | undefined }[];
  private readonly places: number;

  constructor(room: Room, codes: readonly Coded[]) {
    this.room = room;
    this.codes = codes;
    let places = (codes[0]?.size ?? 0) + 1;
    this.joints = codes.slice(1).map(({ size }) => {
      places = places * (size + 1) <= mostPlaces ? places * (size + 1) : Number.POSITIVE_INFINITY;
      return { places: size + 1, pairs: Number.isFinite(places) ? undefined : new PairIndex() };
    });
    this.places = places;
  }

  /** Keys given out so far are below it. */
  get size(): number {
    return this.joints.at(-1)?.pairs?.count ?? this.places;
  }

  /** Writes keys of the rows at hand into the room; says what to add to them. */
  find(hand: RowsAtHand): number {
    const { room, codes, joints } = this;
    const [first, ...rest] = codes;
    if (!first) room.words.fill(0, room.keys / wordBytes, room.keys / wordBytes + hand.size);
    let shift = first ? loadCodes(room, first, hand, room.keys) : 0;
    rest.forEach((coded, i) => {
      const { places, pairs } = joints[i]!; // there is one for each field but the first
      const more = loadCodes(room, coded, hand, room.slots);
      if (pairs) this.joinPairs(pairs, hand.size, { first: shift, second: more });
      else room.kernels.join(room.keys, hand.size, places, room.slots, shift * places + more);
      shift = 0;
    });
    return shift;
  }

  // Only marked rows get a number of their own.
  private joinPairs(pairs: PairIndex, size: number, shifts: { readonly first: number; readonly second: number }): void {
    const { bytes, words, marks } = this.room;
    const keys = this.room.keys / wordBytes;
    const slots = this.room.slots / wordBytes;
    for (let at = 0; at < size; at++) {
      // All are as long as a block.
      const isMarked = bytes[marks + at] === 1;
      const [first, second] = [words[keys + at]! + shifts.first, words[slots + at]! + shifts.second];
      words[keys + at] = isMarked ? pairs.indexOf(first, second) : 0;
    }
  }
}

// Arrays do not survive Tempo's way from worker to front end: they come out as if the value were missing.
function flatten(value: Static): Static {
  return Array.isArray((value as { value?: unknown }).value) ? absentMark : value;
}
