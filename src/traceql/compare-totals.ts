// How many spans of each side of compare() have what decides their values. Of the larger side that is what the store says of all
// spans less what the others have, so that only the few are counted.
import { countCodes, countSeveral, flagRows, subtract } from './compare-loops.ts';
import { SpanList } from './compare-spans.ts';
import type { SpanForms, TraceSource } from './source.ts';

/** Numbers of spans. */
export interface Totals {
  /** By form, of those that have just this one. */
  readonly forms: Uint32Array;
  /** By pair, of what is not in forms. Whoever counts forms adds those. */
  readonly loose: Uint32Array;
  readonly traces: Uint32Array;
}

interface Options {
  readonly source: TraceSource;
  readonly forms: SpanForms;
  /** Is no span listed twice? */
  readonly isEachOnce: boolean;
}

/** The totals of two lists. */
export function countTotals(lists: readonly [SpanList, SpanList], options: Options): readonly [Totals, Totals] {
  const [first, second] = lists;
  if (first.count > second.count) {
    const [few, many] = countTotals([second, first], options);
    return [many, few];
  }
  const few = countList(first, options);
  const rest = options.isEachOnce ? listRest(lists, options.source.spans.count) : undefined;
  if (!rest) return [few, countList(second, options)];
  const many = copyAll(options);
  for (const some of rest.count > 0 ? [few, countList(rest, options)] : [few])
    for (const part of ['forms', 'loose', 'traces'] as const) subtract(many[part], some[part]);
  return [few, many];
}

function countList(list: SpanList, { source, forms }: Options): Totals {
  const totals = {
    forms: new Uint32Array(forms.count),
    loose: new Uint32Array(forms.pairs.count),
    traces: new Uint32Array(source.traces.count),
  };
  list.walk((stretch) => {
    countCodes(stretch, forms.of, totals.forms);
    countSeveral(stretch, forms.loose, totals.loose);
    countCodes(stretch, source.spans.trace, totals.traces);
  });
  return totals;
}

function copyAll({ source, forms }: Options): Totals {
  return {
    forms: forms.totals.slice(0, forms.count),
    loose: forms.looseTotals.slice(0, forms.pairs.count),
    traces: source.traces.spanCount.slice(0, source.traces.count),
  };
}

// The rows below `count` that are in no list; undefined if there are more of them than in the second list.
function listRest(lists: readonly [SpanList, SpanList], count: number): SpanList | undefined {
  const rest = new SpanList();
  const size = count - lists[0].count - lists[1].count;
  if (size > lists[1].count) return undefined;
  if (size === 0) return rest;
  const isListed = new Uint8Array(count);
  for (const list of lists) list.walk((stretch) => flagRows(stretch, isListed));
  rest.reserve(size);
  for (let row = 0; row < count; row++) if (isListed[row] === 0) rest.rows[rest.count++] = row;
  return rest;
}
