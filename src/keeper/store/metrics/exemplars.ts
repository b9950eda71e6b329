// Exemplars: the last few of each series, by time.
import type { Labels } from '../../../promql/labels.ts';
import { compareText } from '../../../std/compare-text.ts';

export interface Exemplar {
  readonly labels: Labels;
  readonly value: number;
  readonly timeMs: number;
}

/** One with two labels: a trace and a span id. */
export const bytesPerExemplar = 500;

/** More than this in one series push out the oldest. */
const maxPerSeries = 200;

/** Adds an exemplar in order of time, value and labels; one that is there already is not added again. */
export function addExemplar(list: Exemplar[], added: Exemplar): void {
  let at = list.length;
  while (at > 0 && compareExemplars(list[at - 1], added) > 0) at--;
  const before = list[at - 1];
  if (before !== undefined && compareExemplars(before, added) === 0) return;
  list.splice(at, 0, added);
  if (list.length > maxPerSeries) list.shift();
}

/** Drops those before a time. */
export function pruneExemplars(list: Exemplar[], beforeMs: number): void {
  const kept = list.findIndex(({ timeMs }) => timeMs >= beforeMs);
  list.splice(0, kept === -1 ? list.length : kept);
}

function compareExemplars(a: Exemplar | undefined, b: Exemplar): number {
  if (a === undefined) return -1;
  return a.timeMs - b.timeMs || a.value - b.value || compareText(a.labels.key, b.labels.key);
}
