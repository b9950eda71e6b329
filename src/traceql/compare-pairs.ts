// The names of spans and their attributes for compare(): pairs of key and value. There may be a hundred thousand different ones, so
// only those that may be shown get an entry.
import { type Sums, sumsOf } from './compare-places.ts';
import type { CompareRoom } from './compare-room.ts';
import { type Attribute, type Counted, nameOf, type Tally } from './compare-tally.ts';
import type { Placed, Totals } from './compare-totals.ts';
import { wordBytes } from './kernels/room.ts';
import { intrinsicRef } from './parse-field.ts';
import { printAttribute } from './print.ts';
import { nameKey, type SpanForms, type TraceSource, typeCodes, typeOfValue } from './source.ts';
import { absentMark } from './values.ts';
import { type ColumnType, dedicatedSpanColumns } from './visibility.ts';

export interface PairOptions {
  readonly room: CompareRoom;
  readonly source: TraceSource;
  readonly forms: SpanForms;
  readonly tally: Tally;
  /** Of attributes with a column of their own: the spans that have a value there. */
  readonly presence: Tally;
  readonly totals: Totals;
  readonly placed: Placed;
  /** Values shown of each attribute at most. */
  readonly topN: number;
}

const pairsAtOnce = 4096;
const noValue = -1;

/** One key among the attributes. */
interface Key {
  readonly attribute: Attribute;
  /** May other counters have counted values of the attribute, too? */
  readonly isShared: boolean;
  /** The type of the column of its own, if there is one, and who is counted as present there. */
  readonly column: { readonly type: number; readonly present: Counted; readonly totals: number } | undefined;
  /** The most frequent pairs whose values stand nowhere else in the tally, largest first. */
  readonly largest: number[];
  /** Sums of what is not shown, by whether it is present in the column. */
  readonly rest: (Sums | undefined)[];
}

export class PairCounts {
  /** By pair: its entry, if it may be shown. */
  readonly entries = new Map<number, Counted>();
  private readonly options: PairOptions;
  /** By key + 1, as the name has one, too. Lists by number: each pair is looked up, and a map takes several times as long. */
  private readonly keys: (Key | undefined)[] = [];
  private readonly known: ReadonlySet<string>;
  /** By key + 1, in the room: pairs of no more spans are not shown. */
  private readonly enough: number;
  /** The text that stands for what is absent may be an entry already. */
  private readonly markId: number | undefined;

  constructor(options: PairOptions) {
    this.options = options;
    this.enough = options.room.takeZeros(options.forms.pairs.keyCount + 1);
    this.markId = options.source.stringId(String(absentMark.type === 'string' && absentMark.value));
    this.known = new Set(options.tally.attributes.keys());
    this.sortPairs();
    for (const key of this.keys)
      if (key) for (const pair of key.largest) key.attribute.others.push(this.makeEntry(pair));
  }

  /** What spans with a pair add to, once it is known which entries are shown: the same list for pairs that add to the same. */
  sumsOf(pair: number): Sums {
    const { keys, values } = this.options.forms.pairs;
    const key = this.keys[keys[pair]! + 1]!; // every pair that was counted has one
    const isPresent = key.column?.type === this.typeOf(values[pair]!);
    const counts = this.entries.get(pair)?.counts;
    const rest = key.rest[Number(isPresent)];
    if (counts === undefined && rest) return rest;
    const sums = [...sumsOf(key.attribute, counts), ...(isPresent && key.column ? [key.column.totals] : [])];
    if (counts === undefined) key.rest[Number(isPresent)] = sums;
    return sums;
  }

  // A stretch at a time, so that what is enough is known early.
  private sortPairs(): void {
    const { enough, options } = this;
    const { room, placed, totals, forms } = options;
    const found = room.take(pairsAtOnce * wordBytes);
    const always = [typeCodes.other, this.markId ?? noValue];
    for (let from = 0; from < forms.pairs.count; from += pairsAtOnce) {
      const to = Math.min(forms.pairs.count, from + pairsAtOnce);
      const columns = [totals.pairsPlace, placed.keys, placed.values, placed.types, enough];
      const end = room.kernels.listPairs(from, to, ...columns, ...always, found);
      for (const pair of room.words(found, (end - found) / wordBytes).slice()) this.takePair(pair);
    }
  }

  // What may stand in the tally already gets its entry there.
  private takePair(pair: number): void {
    const { options, markId } = this;
    const { source, forms, tally, topN, room } = options;
    const totals = options.totals.pairs;
    // There is one of each for every pair.
    const total = totals[pair]!;
    const place = forms.pairs.keys[pair]! + 1;
    const value = forms.pairs.values[pair]!;
    const key = this.keys[place] ?? this.addKey(place);
    const type = this.typeOf(value);
    if (key.column?.type === type) key.column.present.total += total;
    if (key.isShared || type === typeCodes.other || value === markId) {
      const entry = tally.entry(key.attribute, source.value(value));
      entry.total += total;
      this.entries.set(pair, entry);
      return;
    }
    keepLargest(key.largest, pair, totals, topN);
    // Whoever is present in a column is counted, however few they are.
    if (key.largest.length < topN || key.column) return;
    room.words(this.enough + place * wordBytes, 1)[0] = totals[key.largest.at(-1) ?? pair]!;
  }

  private addKey(place: number): Key {
    const { source, tally } = this.options;
    const id = place - 1;
    const text = id === nameKey ? undefined : source.key(id);
    const name = text === undefined ? printAttribute(intrinsicRef('name')) : nameOf('span', text);
    const type = text === undefined ? undefined : dedicatedSpanColumns.get(text);
    const made: Key = {
      attribute: tally.attribute(name),
      isShared: this.known.has(name),
      column: type && this.makeColumn(name, type),
      largest: [],
      rest: [],
    };
    this.keys[place] = made;
    return made;
  }

  private makeColumn(name: string, type: ColumnType): Key['column'] {
    const { attribute, entry } = this.options.presence.single(name);
    return { type: typeCodes[type], present: entry, totals: attribute.totals };
  }

  private makeEntry(pair: number): Counted {
    const value = this.options.source.value(this.options.forms.pairs.values[pair]!); // pairs have values
    const entry: Counted = { value, total: this.options.totals.pairs[pair]!, counts: undefined }; // there is one for each
    this.entries.set(pair, entry);
    return entry;
  }

  private typeOf(value: number): number {
    return value < 0 ? typeOfValue(value) : this.options.source.valueTypes[value]!; // values are of the source
  }
}

/** Puts a number among those with the largest totals, largest first, if it belongs there; of equal ones the first stays. */
function keepLargest(largest: number[], number: number, totals: Uint32Array, most: number): void {
  const total = totals[number]!; // there is one for each
  const last = largest.length < most ? undefined : largest[most - 1];
  if (most === 0 || (last !== undefined && total <= totals[last]!)) return;
  if (last !== undefined) largest.pop();
  let at = largest.length;
  while (at > 0 && totals[largest[at - 1]!]! < total) at--;
  largest.splice(at, 0, number);
}
