// Counts the attributes of spans themselves for compare(). There may be a hundred thousand different ones, so pairs of key and
// value are counted by number, and by interval only those that are shown; the others of a key are counted together.
import type { SpanList } from './compare-spans.ts';
import { type Attribute, type Counted, nameOf, type Tally } from './compare-tally.ts';
import { countSeveral, countSeveralByInterval, type Several } from './loops.ts';
import { type AttributePairs, type TraceSource, typeCodes } from './source.ts';
import { absentMark } from './values.ts';
import { type ColumnType, dedicatedSpanColumns } from './visibility.ts';

interface Options {
  readonly source: TraceSource;
  readonly tally: Tally;
  /** Of attributes with a column of their own: the spans that have a value there. */
  readonly presence: Tally;
  /** Values shown of each attribute at most. */
  readonly topN: number;
}

/** One key among the attributes. */
interface Key {
  readonly attribute: Attribute;
  /** May other counters have counted values of the attribute, too? */
  readonly isShared: boolean;
  /** The type of the column of its own, if there is one, and who is counted as present there. */
  readonly column: { readonly type: number; readonly present: Counted; readonly totals: Float64Array } | undefined;
  /** The most frequent pairs whose values stand nowhere else in the tally, largest first. */
  readonly largest: number[];
  /** Where those are counted that are not shown, by whether they are present in the column. */
  readonly rest: number[];
}

/** Cells of what is counted together. */
interface Place {
  readonly key: Key;
  readonly entry: Counted | undefined;
  readonly isPresent: boolean;
}

export class AttributeCounts {
  private readonly spans: SpanList;
  private readonly options: Options;
  private readonly pairs: AttributePairs;
  private readonly totals: Uint32Array;
  /** By key id. Lists and marks by number: each pair is looked up, and a map takes several times as long. */
  private readonly keys: (Key | undefined)[] = [];
  private readonly hasEntry: Uint8Array;
  /** By pair: its entry, if it has one. */
  private readonly entries = new Map<number, Counted>();

  constructor(spans: SpanList, options: Options) {
    this.spans = spans;
    this.options = options;
    this.pairs = options.source.attributePairs();
    this.totals = new Uint32Array(this.pairs.count);
    this.hasEntry = new Uint8Array(this.pairs.count);
    countSeveral(this.several, spans, this.totals);
    this.sortPairs();
    for (const key of this.keys)
      if (key) for (const pair of key.largest) key.attribute.others.push(this.makeEntry(pair));
  }

  /** Counts by interval what has an entry that is shown, and how many spans have each attribute. */
  countIntervals(intervals: number): void {
    const places: Place[] = [];
    const placeOf = this.placePairs(places, intervals);
    const cells = new Uint32Array(places.length * intervals);
    countSeveralByInterval(this.several, this.spans, placeOf, cells);
    for (const [place, { key, entry, isPresent }] of places.entries()) {
      const own = cells.subarray(place * intervals, (place + 1) * intervals);
      addTo(key.attribute.totals, own);
      if (entry?.counts) addTo(entry.counts, own);
      if (isPresent && key.column) addTo(key.column.totals, own);
    }
  }

  private get several(): Several {
    return { starts: this.options.source.spans.attributes.starts, of: this.pairs.of };
  }

  // What may stand in the tally already gets its entry there.
  private sortPairs(): void {
    const { pairs, totals } = this;
    const { source, tally, topN } = this.options;
    const known = new Set(tally.attributes.keys());
    const markId = source.stringId(String(absentMark.type === 'string' && absentMark.value));
    for (let pair = 0; pair < pairs.count; pair++) {
      const total = totals[pair]!; // there is one for each
      if (total === 0) continue;
      const value = pairs.value(pair);
      const type = source.valueTypes[value]!; // values are of the source
      const key = this.keys[pairs.key(pair)] ?? this.addKey(pairs.key(pair), known);
      if (key.column?.type === type) key.column.present.total += total;
      if (!key.isShared && type !== typeCodes.other && value !== markId) keepLargest(key.largest, pair, totals, topN);
      else {
        const entry = tally.entry(key.attribute, source.value(value));
        entry.total += total;
        this.keepEntry(pair, entry);
      }
    }
  }

  private addKey(id: number, known: ReadonlySet<string>): Key {
    const { source, tally } = this.options;
    const name = nameOf('span', source.key(id));
    const type = dedicatedSpanColumns.get(source.key(id));
    const made: Key = {
      attribute: tally.attribute(name),
      isShared: known.has(name),
      column: type && this.makeColumn(name, type),
      largest: [],
      rest: [],
    };
    this.keys[id] = made;
    return made;
  }

  private makeColumn(name: string, type: ColumnType): Key['column'] {
    const { attribute, entry } = this.options.presence.single(name);
    return { type: typeCodes[type], present: entry, totals: attribute.totals };
  }

  private makeEntry(pair: number): Counted {
    const value = this.options.source.value(this.pairs.value(pair));
    const entry: Counted = { value, total: this.totals[pair]!, counts: undefined }; // there is one for each
    this.keepEntry(pair, entry);
    return entry;
  }

  private keepEntry(pair: number, entry: Counted): void {
    this.entries.set(pair, entry);
    this.hasEntry[pair] = 1;
  }

  // By pair: where its cells begin. Pairs of a key that are not shown share theirs.
  private placePairs(places: Place[], intervals: number): Int32Array {
    const { pairs, totals, entries, hasEntry, keys } = this;
    const { valueTypes } = this.options.source;
    const placeOf = new Int32Array(pairs.count);
    for (let pair = 0; pair < pairs.count; pair++) {
      if (totals[pair] === 0) continue;
      const key = keys[pairs.key(pair)]!; // every pair that was counted has one
      const isPresent = key.column?.type === valueTypes[pairs.value(pair)];
      const entry = hasEntry[pair] === 1 ? entries.get(pair) : undefined;
      const group = Number(isPresent);
      const place = entry?.counts
        ? places.push({ key, entry, isPresent }) - 1
        : (key.rest[group] ?? places.push({ key, entry: undefined, isPresent }) - 1);
      if (!entry?.counts) key.rest[group] = place;
      placeOf[pair] = place * intervals;
    }
    return placeOf;
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

/** Adds counts to sums. */
export function addTo(sums: Float64Array, counts: Float64Array | Uint32Array): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += counts[i]!; // both are by interval
}
