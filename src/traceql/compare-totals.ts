// How many spans of one side of compare() have what decides their values, and the columns that say so.
import type { CompareRoom } from './compare-room.ts';
import type { RootCodes } from './compare-roots.ts';
import type { SpanList } from './compare-spans.ts';
import { wordBytes } from './kernels/room.ts';
import type { SpanForms, TraceSource } from './source.ts';

/** Where columns begin in the room. */
export interface Placed {
  /** By row: forms, and codes of roots. */
  readonly forms: number;
  readonly roots: number;
  /** As in `SpanForms.loose`. */
  readonly starts: number;
  readonly loose: number;
  /** By form, and by pair, as in `SpanForms`. */
  readonly parents: number;
  readonly lastPairs: number;
  readonly keys: number;
  readonly values: number;
  /** By value id: its type. */
  readonly types: number;
}

/** Numbers of spans. */
export interface Totals {
  /** By form, of those that have just this one. */
  readonly forms: Uint32Array;
  /** By form, of those that have it or one that extends it. */
  readonly reach: Uint32Array;
  readonly shapes: Uint32Array;
  readonly pairs: Uint32Array;
  /** Where those begin in the room. */
  readonly pairsPlace: number;
  /** By code of the root. */
  readonly roots: Uint32Array;
}

interface Counted {
  readonly source: TraceSource;
  readonly forms: SpanForms;
  readonly roots: RootCodes;
}

/** Copies the columns that are counted. */
export function placeColumns(room: CompareRoom, { source, forms, roots }: Counted): Placed {
  const { count, trace } = source.spans;
  const { parents, lastPairs, pairs } = forms;
  const { starts, of } = forms.loose;
  const codes = room.put(trace, count);
  room.during(() =>
    room.kernels.lookUp(codes, codes + count * wordBytes, room.put(roots.ofTrace, source.traces.count)),
  );
  return {
    forms: room.put(forms.of, count),
    roots: codes,
    starts: room.put(starts, count + 1),
    loose: room.put(of, starts[count]!), // there is an end for each
    parents: room.put(parents, forms.count),
    lastPairs: room.put(lastPairs, forms.count),
    keys: room.put(pairs.keys, pairs.count),
    values: room.put(pairs.values, pairs.count),
    types: room.putBytes(source.valueTypes, source.valueCount),
  };
}

/** The totals of a list. */
export function countTotals({ room, place, end }: SpanList, placed: Placed, { forms, roots }: Counted): Totals {
  const { kernels } = room;
  const sizes = { forms: forms.count, pairs: forms.pairs.count, shapes: forms.shapeRows.length };
  const at = {
    forms: room.takeZeros(sizes.forms),
    pairs: room.takeZeros(sizes.pairs),
    shapes: room.takeZeros(sizes.shapes),
    roots: room.takeZeros(roots.examples.length),
  };
  kernels.countCodes(place, end, placed.roots, at.roots);
  kernels.countSeveral(place, end, placed.starts, placed.loose, at.pairs);
  kernels.countCodes(place, end, placed.forms, at.forms);
  const own = room.words(at.forms, sizes.forms).slice();
  kernels.addUp(sizes.forms, placed.parents, placed.lastPairs, at.forms, at.shapes, at.pairs);
  return {
    forms: own,
    reach: room.words(at.forms, sizes.forms).slice(),
    shapes: room.words(at.shapes, sizes.shapes).slice(),
    pairs: room.words(at.pairs, sizes.pairs).slice(),
    pairsPlace: at.pairs,
    roots: room.words(at.roots, roots.examples.length).slice(),
  };
}
