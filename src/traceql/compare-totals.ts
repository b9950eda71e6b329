// How many spans of each side of compare() have what decides their values.
import type { CompareRoom } from './compare-room.ts';
import { type BySide, type Slots, sides } from './compare-slots.ts';
import { wordBytes } from './kernels/room.ts';
import type { SpanForms, TraceSource } from './source.ts';

/** Numbers of spans, by place in the room: as compare.wat says, two words for each, baseline and selection. */
export interface Totals {
  /** By form, of those that have just this one. */
  readonly forms: number;
  /** By form, of those that have it or one that extends it. */
  readonly reach: number;
  readonly shapes: number;
  readonly pairs: number;
  readonly traces: number;
}

const wordsPerTotal = Object.keys(sides).length;
export const totalBytes = wordsPerTotal * wordBytes;

/** The total of a number on each side. */
export function totalsAt(room: CompareRoom, place: number, number: number): BySide<number> {
  const at = place + number * totalBytes;
  return [room.wordAt(at), room.wordAt(at, 1)];
}

/** Takes room for totals, which are 0. */
export function takeTotals(room: CompareRoom, length: number): number {
  return room.takeZeros(length * wordsPerTotal);
}

/** The totals of both sides. */
export function countTotals(slots: Slots, { traces }: TraceSource, forms: SpanForms): Totals {
  const { room } = slots;
  const { at } = room.columns;
  // Those of all spans are known: where most of them are of the baseline, the others are taken away.
  const isKnown = slots.totals[sides.baseline] > slots.rows / 2;
  const begin = (known: number, length: number) =>
    isKnown ? room.copy(known, length * totalBytes) : takeTotals(room, length);
  const own = begin(at.formTotals, forms.count);
  const ofTraces = begin(at.traceTotals, traces.count);
  const ofPairs = begin(at.looseTotals, forms.pairs.count);
  room.during(() => {
    const { kernels } = room;
    const { place, end, count } = slots.list(isKnown ? 'not baseline' : 'counted');
    const by = room.take(count * totalBytes);
    const ranges = room.take(count * totalBytes);
    kernels.weigh(place, end, slots.place, slots.intervals, Number(isKnown), by);
    kernels.countListed(place, end, by, at.forms, own);
    kernels.countListed(place, end, by, at.traces, ofTraces);
    kernels.countSeveral(place, end, by, at.starts, at.loose, ofPairs, ranges);
  });
  const reach = room.copy(own, forms.count * totalBytes);
  const ofShapes = takeTotals(room, forms.shapeRows.length);
  room.kernels.addUp(forms.count, at.parents, at.lastPairs, reach, ofShapes, ofPairs);
  return { forms: own, reach, shapes: ofShapes, pairs: ofPairs, traces: ofTraces };
}
