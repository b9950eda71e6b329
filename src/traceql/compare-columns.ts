// Columns of a store in the room of compare(), kept from question to question: what has come since is added, and counted at once,
// so that a question need not count what it leaves as it is.
import type { CompareRoom } from './compare-room.ts';
import { RootCodes } from './compare-root-codes.ts';
import { wordBytes } from './kernels/room.ts';
import { blockRows, nameKey, noForm, type SpanColumns, type SpanForms, type TraceSource, typeCodes } from './source.ts';
import { absentText } from './values.ts';

const nanosPerSecond = 1e9;
/** Totals, links and times. */
const wordsOfTwo = 2;

/** How much of a store stands there. */
interface Sizes {
  readonly rows: number;
  readonly traces: number;
  /** Of `SpanForms.loose.of`. */
  readonly loose: number;
  readonly forms: number;
  readonly pairs: number;
}

const sizeNames = ['rows', 'traces', 'loose', 'forms', 'pairs'] as const;
const nothing: Sizes = { rows: 0, traces: 0, loose: 0, forms: 0, pairs: 0 };
/** The place among the keys of pairs that are not ranked by themselves; that of the first key, the name, is the next. */
export const notRanked = 0;
export const firstKeyPlace = notRanked + 1 - nameKey;
/** Room is taken for more than there is, as more will come. */
const spare = 1.25;

const lay = (room: CompareRoom, sizes: Sizes) => {
  const words = (length: number) => room.take(length * wordBytes);
  return {
    /** By row: when spans started, in nanoseconds after the first row of the block; forms and traces; and as in `SpanForms.loose`. */
    times: words(sizes.rows * wordsOfTwo),
    forms: words(sizes.rows),
    traces: words(sizes.rows),
    starts: words(sizes.rows + 1),
    loose: words(sizes.loose),
    /** By place in `loose`: where the pair stood before (plus 1; 0: nowhere), and whose it is. */
    links: words(sizes.loose * wordsOfTwo),
    /** By trace: how many spans it has. Totals are as compare.wat says, with all spans in the baseline. */
    traceTotals: room.takeZeros(sizes.traces * wordsOfTwo),
    /** By form, as in `SpanForms`, and how many spans have just this one. */
    parents: words(sizes.forms),
    lastPairs: words(sizes.forms),
    formTotals: room.takeZeros(sizes.forms * wordsOfTwo),
    /** By pair: the place of its key (`firstKeyPlace` behind the key), or `notRanked`, as behind the last one; how often it stands in `loose`, and where it does last (plus 1). */
    keys: room.takeZeros(sizes.pairs + 1),
    looseTotals: room.takeZeros(sizes.pairs * wordsOfTwo),
    last: room.takeZeros(sizes.pairs),
  };
};

export class CompareColumns {
  private origin: symbol | undefined;
  private filled = nothing;
  private most = nothing;
  private places: ReturnType<typeof lay> | undefined;
  /** What traces have in common by their roots. */
  roots = new RootCodes();
  /** Pairs whose values may stand in several pairs, or for what is absent: they are looked at one by one. */
  unranked: number[] = [];
  /** Pairs by which forms extend others. */
  steps = new Set<number>();

  /** Where columns begin. */
  get at(): ReturnType<typeof lay> {
    if (!this.places) throw new Error('columns were asked for before they were placed');
    return this.places;
  }

  /** Makes them those of a source, while nothing else stands in the room. */
  keepUp(room: CompareRoom, source: TraceSource, forms: SpanForms): void {
    const { count: rows } = source.spans;
    const { pairs, loose } = forms;
    const sizes = {
      rows,
      traces: source.traces.count,
      loose: loose.starts[rows]!, // there is an end for each
      forms: forms.count,
      pairs: pairs.count,
    };
    if (this.origin !== forms.origin || !this.hasRoom(sizes)) this.begin(room, forms.origin, sizes);
    this.fill(room, { source, forms, sizes });
  }

  private hasRoom(sizes: Sizes): boolean {
    return sizeNames.every((name) => sizes[name] <= this.most[name]);
  }

  private begin(room: CompareRoom, origin: symbol, sizes: Sizes): void {
    room.clear();
    const more = (size: number) => Math.ceil(size * spare);
    this.most = {
      rows: more(sizes.rows),
      traces: more(sizes.traces),
      loose: more(sizes.loose),
      forms: more(sizes.forms),
      pairs: more(sizes.pairs),
    };
    this.places = lay(room, this.most);
    this.filled = nothing;
    this.roots = new RootCodes();
    this.unranked = [];
    this.steps = new Set();
    this.origin = origin;
  }

  private fill(room: CompareRoom, { source, forms, sizes }: Filling): void {
    const { filled, at } = this;
    const { kernels } = room;
    const put = (place: number, words: Uint32Array | Int32Array, from: number, to: number) =>
      room.words(place + from * wordBytes, to - from).set(words.subarray(from, to));
    this.placeTimes(room, source.spans);
    put(at.forms, forms.of, filled.rows, sizes.rows);
    put(at.traces, source.spans.trace, filled.rows, sizes.rows);
    put(at.starts, forms.loose.starts, filled.rows, sizes.rows + 1);
    put(at.loose, forms.loose.of, filled.loose, sizes.loose);
    put(at.parents, forms.parents, filled.forms, sizes.forms);
    put(at.lastPairs, forms.lastPairs, filled.forms, sizes.forms);
    for (let form = filled.forms; form < sizes.forms; form++)
      if (forms.parents[form] !== noForm) this.steps.add(forms.lastPairs[form]!); // there is one for each
    this.sortPairs(room, { source, forms, sizes });
    const [first, end] = [filled.rows * wordBytes, sizes.rows * wordBytes];
    kernels.count(at.forms + first, at.forms + end, at.formTotals);
    kernels.count(at.traces + first, at.traces + end, at.traceTotals);
    kernels.chain(filled.rows, sizes.rows, at.starts, at.loose, at.links, at.last, at.looseTotals);
    this.filled = sizes;
  }

  // Exact for blocks that are within a window of less than 52 bits.
  private placeTimes(room: CompareRoom, { startSec, startNano, count }: SpanColumns): void {
    const times = room.doubles(this.at.times, count);
    for (let row = this.filled.rows; row < count; row++) {
      const first = row - (row % blockRows);
      // Columns hold every row.
      times[row] = (startSec[row]! - startSec[first]!) * nanosPerSecond + (startNano[row]! - startNano[first]!);
    }
  }

  private sortPairs(room: CompareRoom, { source, forms, sizes }: Filling): void {
    const { keys, values } = forms.pairs;
    const { valueTypes } = source;
    const mark = source.stringId(absentText);
    const placed = room.words(this.at.keys, sizes.pairs);
    // There is one of each for every pair, and types for all values.
    for (let pair = this.filled.pairs; pair < sizes.pairs; pair++) {
      const value = values[pair]!;
      const isUnranked = value >= 0 && (value === mark || valueTypes[value] === typeCodes.other);
      if (isUnranked) this.unranked.push(pair);
      placed[pair] = value < 0 || isUnranked ? notRanked : keys[pair]! + firstKeyPlace;
    }
  }
}

interface Filling {
  readonly source: TraceSource;
  readonly forms: SpanForms;
  readonly sizes: Sizes;
}
