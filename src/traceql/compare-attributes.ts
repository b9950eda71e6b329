// Counts the attributes of spans themselves for compare(). There may be a hundred thousand different ones, so each pair of key
// and value is a number, and only those that may be shown get an entry of the tally.
import type { SpanList } from './compare-spans.ts';
import { type Attribute, type Counted, nameOf, type Tally } from './compare-tally.ts';
import { PairIndex } from './functions/pair-index.ts';
import { type TraceSource, typeCodes } from './source.ts';
import { absentMark } from './values.ts';
import { dedicatedSpanColumns } from './visibility.ts';

interface Options {
  readonly source: TraceSource;
  readonly tally: Tally;
  /** Values shown of each attribute at most. */
  readonly topN: number;
}

/** One key among the attributes. */
interface Key {
  readonly attribute: Attribute;
  /** Pairs whose values stand nowhere else in the tally. */
  readonly own: number[];
}

const nobody = -1;

export class AttributeCounts {
  private readonly spans: SpanList;
  private readonly options: Options;
  private readonly pairs = new PairIndex();
  private totals = new Uint32Array(1024);
  /** The pair of each attribute, span after span. */
  private readonly sequence: Int32Array;
  private readonly keys = new Map<number, Key>();
  /** By pair: its entry, once it has one. */
  private readonly entries = new Map<number, Counted>();

  constructor(spans: SpanList, options: Options) {
    this.spans = spans;
    this.options = options;
    this.sequence = new Int32Array(this.countAll());
    this.countTotals();
    this.sortPairs();
    for (const key of this.keys.values()) this.nameMostFrequent(key);
  }

  /** Of the attributes with a column of their own: how many spans have a value there, and whether one has. */
  get present(): ReadonlyMap<string, { total: number; isPresent: (row: number, source: TraceSource) => boolean }> {
    const { source } = this.options;
    return new Map(
      [...dedicatedSpanColumns].flatMap(([name, type]) => {
        const key = source.keyId(name);
        if (key === undefined) return [];
        const column = source.spanAttribute(key);
        const wanted = typeCodes[type];
        const isPresent = (row: number) => column[row] !== 0 && source.valueTypes[column[row]! - 1] === wanted; // rows are of the source
        return [[name, { total: this.countPresent(key, wanted), isPresent }] as const];
      }),
    );
  }

  /** Counts by interval what has an entry that is shown, and how many spans have each attribute. */
  countIntervals(intervals: number): void {
    const { spans, sequence, pairs, entries } = this;
    const keys = [...this.keys];
    const numbers = new Map(keys.map(([key], number) => [key, number]));
    const keyOf = Int32Array.from({ length: pairs.count }, (_, pair) => numbers.get(pairs.first(pair)) ?? 0);
    const shown = [...entries].filter(([, entry]) => entry.counts);
    const placeOf = new Int32Array(pairs.count).fill(nobody);
    for (const [place, [pair]] of shown.entries()) placeOf[pair] = place;
    const ofKeys = new Uint32Array(keys.length * intervals);
    const ofShown = new Uint32Array(shown.length * intervals);
    this.forEachSpan((start, end, i) => {
      const interval = spans.intervals[i]!; // one for each span
      for (let at = start; at < end; at++) {
        const pair = sequence[at]!; // pairs are numbered below their count
        ofKeys[keyOf[pair]! * intervals + interval]!++;
        const place = placeOf[pair]!;
        if (place !== nobody) ofShown[place * intervals + interval]!++;
      }
    });
    for (const [number, [, { attribute }]] of keys.entries()) addCells(attribute.totals, ofKeys, number);
    for (const [place, [, { counts }]] of shown.entries()) if (counts) addCells(counts, ofShown, place);
  }

  private countAll(): number {
    const { starts } = this.options.source.spans.attributes;
    const { rows, count } = this.spans;
    let sum = 0;
    for (let i = 0; i < count; i++) sum += starts[rows[i]! + 1]! - starts[rows[i]!]!; // rows are of the source
    return sum;
  }

  // Most values have one key only, so the pair is mostly found by the value.
  private countTotals(): void {
    const { source } = this.options;
    const { keys, values, starts } = source.spans.attributes;
    const { pairs, sequence } = this;
    const byValue = new Int32Array(source.valueCount).fill(nobody);
    this.forEachSpan((start, end, i) => {
      let from = starts[this.spans.rows[i]!]!; // attributes of a span stand together
      for (let at = start; at < end; at++, from++) {
        const key = keys[from]!;
        const value = values[from]!;
        let pair = byValue[value]!;
        if (pair === nobody || pairs.first(pair) !== key) {
          pair = pairs.indexOf(key, value);
          if (byValue[value] === nobody) byValue[value] = pair;
          if (pair === this.totals.length) this.lengthen();
        }
        this.totals[pair]!++;
        sequence[at] = pair;
      }
    });
  }

  // Calls back with the places of a span's attributes in the sequence, and its place in the list.
  private forEachSpan(visit: (start: number, end: number, i: number) => void): void {
    const { starts } = this.options.source.spans.attributes;
    const { rows, count } = this.spans;
    let start = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!; // rows are of the source
      const end = start + starts[row + 1]! - starts[row]!;
      visit(start, end, i);
      start = end;
    }
  }

  private lengthen(): void {
    const longer = new Uint32Array(this.totals.length * 2);
    longer.set(this.totals);
    this.totals = longer;
  }

  // What may stand in the tally already gets its entry there.
  private sortPairs(): void {
    const { source, tally } = this.options;
    const known = new Set(tally.attributes.keys());
    const markId = source.stringId(String(absentMark.type === 'string' && absentMark.value));
    const { pairs } = this;
    for (let pair = 0; pair < pairs.count; pair++) {
      const key = this.keyOf(pairs.first(pair));
      const value = pairs.second(pair);
      const isOwn = !known.has(key.attribute.name) && source.valueTypes[value] !== typeCodes.other && value !== markId;
      if (isOwn) key.own.push(pair);
      else {
        const entry = tally.entry(key.attribute, source.value(value));
        entry.total += this.totals[pair]!; // there is one for each
        this.entries.set(pair, entry);
      }
    }
  }

  private keyOf(id: number): Key {
    const known = this.keys.get(id);
    if (known) return known;
    const made = { attribute: this.options.tally.attribute(nameOf('span', this.options.source.key(id))), own: [] };
    this.keys.set(id, made);
    return made;
  }

  private nameMostFrequent({ attribute, own }: Key): void {
    const { source, topN } = this.options;
    for (const pair of pickLargest(own, this.totals, topN)) {
      const entry: Counted = {
        value: source.value(this.pairs.second(pair)),
        total: this.totals[pair]!, // there is one for each
        counts: undefined,
      };
      attribute.others.push(entry);
      this.entries.set(pair, entry);
    }
  }

  private countPresent(key: number, type: number): number {
    const { valueTypes } = this.options.source;
    let total = 0;
    for (let pair = 0; pair < this.pairs.count; pair++)
      if (this.pairs.first(pair) === key && valueTypes[this.pairs.second(pair)] === type) total += this.totals[pair]!;
    return total;
  }
}

/** The numbers with the largest totals, largest first; of equal ones those that stand first. */
function pickLargest(numbers: readonly number[], totals: Uint32Array, most: number): number[] {
  const largest: number[] = [];
  for (const number of numbers) {
    const total = totals[number]!; // there is one for each
    const smallest = largest.length < most ? -1 : totals[largest.at(-1) ?? 0]!;
    if (total <= smallest) continue;
    if (largest.length === most) largest.pop();
    let at = largest.length;
    while (at > 0 && totals[largest[at - 1]!]! < total) at--;
    largest.splice(at, 0, number);
  }
  return largest;
}

function addCells(sums: Float64Array, cells: Uint32Array, place: number): void {
  for (let i = 0; i < sums.length; i++) sums[i]! += cells[place * sums.length + i]!; // cells are by place and interval
}
