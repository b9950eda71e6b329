// The names of spans and their attributes for compare(): pairs of key and value. There may be a hundred thousand different ones, so
// only those that may be shown get an entry.
import { firstKeyPlace, notRanked } from './compare-columns.ts';
import { type Sums, sumsOf } from './compare-places.ts';
import type { CompareRoom } from './compare-room.ts';
import { type BySide, bothSides, sides } from './compare-slots.ts';
import { type Attribute, addToEntry, type Counted, nameOf, type Tally } from './compare-tally.ts';
import { type Totals, takeTotals, totalBytes, totalsAt } from './compare-totals.ts';
import { wordBytes } from './kernels/room.ts';
import { intrinsicRef } from './parse-field.ts';
import { printAttribute } from './print.ts';
import { nameKey, type SpanForms, type TraceSource, typeCodes, typeOfValue } from './source.ts';
import { type ColumnType, dedicatedSpanColumns } from './visibility.ts';

export interface PairOptions {
  readonly room: CompareRoom;
  readonly source: TraceSource;
  readonly forms: SpanForms;
  readonly tally: Tally;
  /** Of attributes with a column of their own: the spans that have a value there. */
  readonly presence: Tally;
  readonly totals: Totals;
  /** Values shown of each attribute at most. */
  readonly topN: number;
}

/** So many are looked at together, few at first. */
const fewestAtOnce = 64;
const mostAtOnce = 8192;
/** More than any total. */
const mostSpans = 2 ** 32 - 1;

interface Candidate {
  readonly pair: number;
  readonly total: number;
}

/** One key among the attributes. */
interface Key {
  /** As in `CompareColumns`. */
  readonly place: number;
  readonly attribute: Attribute;
  /** May other counters have counted values of the attribute, too? */
  readonly isShared: boolean;
  /** The type of the column of its own, if there is one, and who is counted as present there. */
  readonly column: { readonly type: number; readonly present: Counted; readonly sums: number } | undefined;
  /** Of each side the most frequent pairs whose values stand nowhere else in the tally, largest first. */
  readonly largest: BySide<Candidate[]>;
  /** Sums of what is not shown, by whether it is present in the column. */
  readonly rest: (Sums | undefined)[];
}

export class PairCounts {
  /** By pair: its entry, if it may be shown. */
  readonly entries = new Map<number, Counted>();
  private readonly options: PairOptions;
  /** By place. Lists by number: each pair is looked up, and a map takes several times as long. */
  private readonly keys: (Key | undefined)[] = [];
  private readonly known: ReadonlySet<string>;

  constructor(options: PairOptions) {
    this.options = options;
    this.known = new Set(options.tally.attributes.keys());
    this.sortPairs();
    for (const key of this.keys) if (key) this.listLargest(key);
  }

  /** What spans with a pair add to, once it is known which entries are shown: the same list for pairs that add to the same. */
  sumsOf(pair: number): Sums {
    const key = this.keyOf(pair);
    const isPresent = key.column?.type === this.typeOf(pair);
    const counts = this.entries.get(pair)?.counts;
    const rest = key.rest[Number(isPresent)];
    if (counts === undefined && rest) return rest;
    const sums = [...sumsOf(key.attribute, counts), ...(isPresent && key.column ? [key.column.sums] : [])];
    if (counts === undefined) key.rest[Number(isPresent)] = sums;
    return sums;
  }

  // A stretch at a time, so that what is enough is known early: of the first ones, all are candidates.
  private sortPairs(): void {
    const { room, totals, forms } = this.options;
    const { at, unranked } = room.columns;
    const enough = takeTotals(room, forms.pairs.keyCount + firstKeyPlace);
    room.words(enough + notRanked * totalBytes, totalBytes / wordBytes).fill(mostSpans);
    const found = room.take(mostAtOnce * wordBytes);
    let size = fewestAtOnce;
    for (let from = 0; from < forms.pairs.count; from += size, size = Math.min(mostAtOnce, size * 2)) {
      const to = Math.min(forms.pairs.count, from + size);
      const end = room.kernels.listPairs(from, to, totals.pairs, at.keys, enough, found);
      for (const pair of room.words(found, (end - found) / wordBytes).slice()) this.rank(pair, enough);
    }
    for (const pair of unranked) {
      const ofPair = totalsAt(room, totals.pairs, pair);
      if (ofPair[sides.baseline] + ofPair[sides.selection] > 0) this.addToTally(pair, ofPair, this.keyOf(pair));
    }
  }

  // Says what others of the key have to exceed, if that is known.
  private rank(pair: number, enough: number): void {
    const { room, totals, topN } = this.options;
    const key = this.keyOf(pair);
    const ofPair = totalsAt(room, totals.pairs, pair);
    if (key.isShared) {
      this.addToTally(pair, ofPair, key);
      return;
    }
    this.addPresent(pair, ofPair, key);
    for (const side of bothSides) {
      const total = ofPair[side];
      const largest = key.largest[side];
      if (total > 0) keepLargest(largest, { pair, total }, topN);
      // Whoever is present in a column is counted, however few they are.
      if (largest.length < topN || key.column) continue;
      room.setWordAt(enough + key.place * totalBytes + side * wordBytes, largest.at(-1)?.total ?? mostSpans);
    }
  }

  private addPresent(pair: number, [baseline, selection]: BySide<number>, { column }: Key): void {
    if (column?.type === this.typeOf(pair)) addToEntry(column.present, baseline, selection);
  }

  private addToTally(pair: number, ofPair: BySide<number>, key: Key): void {
    const { source, forms, tally } = this.options;
    const entry = tally.entry(key.attribute, source.value(forms.pairs.values[pair]!)); // pairs have one
    addToEntry(entry, ...ofPair);
    this.addPresent(pair, ofPair, key);
    this.entries.set(pair, entry);
  }

  private keyOf(pair: number): Key {
    const id = this.options.forms.pairs.keys[pair]!; // pairs have one
    return this.keys[id + firstKeyPlace] ?? this.addKey(id);
  }

  private addKey(id: number): Key {
    const { source, tally } = this.options;
    const text = id === nameKey ? undefined : source.key(id);
    const name = text === undefined ? printAttribute(intrinsicRef('name')) : nameOf('span', text);
    const type = text === undefined ? undefined : dedicatedSpanColumns.get(text);
    const made: Key = {
      place: id + firstKeyPlace,
      attribute: tally.attribute(name),
      isShared: this.known.has(name),
      column: type && this.makeColumn(name, type),
      largest: [[], []],
      rest: [],
    };
    this.keys[made.place] = made;
    return made;
  }

  private makeColumn(name: string, type: ColumnType): Key['column'] {
    const { attribute, entry } = this.options.presence.single(name);
    return { type: typeCodes[type], present: entry, sums: attribute.sums };
  }

  private listLargest({ attribute, largest }: Key): void {
    const { room, forms, source, totals } = this.options;
    for (const pair of new Set(largest.flat().map((candidate) => candidate.pair))) {
      const value = source.value(forms.pairs.values[pair]!); // as above
      const entry = { value, totals: totalsAt(room, totals.pairs, pair), counts: undefined };
      this.entries.set(pair, entry);
      attribute.others.push(entry);
    }
  }

  private typeOf(pair: number): number {
    const value = this.options.forms.pairs.values[pair]!; // as above
    return value < 0 ? typeOfValue(value) : this.options.source.valueTypes[value]!; // values are of the source
  }
}

/** Puts a pair among those with the largest totals, largest first, if it belongs there; of equal ones the first stays. */
function keepLargest(largest: Candidate[], candidate: Candidate, most: number): void {
  const last = largest.length < most ? undefined : largest[most - 1];
  if (most === 0 || (last && candidate.total <= last.total)) return;
  if (last) largest.pop();
  let at = largest.length;
  while (at > 0 && largest[at - 1]!.total < candidate.total) at--;
  largest.splice(at, 0, candidate);
}
