// Counts spans for compare() by the roots of their traces: those with the same name and resource are alike.
import { addByInterval, Places, type Target } from './compare-places.ts';
import type { SpanList } from './compare-spans.ts';
import { PairIndex } from './functions/pair-index.ts';
import type { SpanForms, TraceSource } from './source.ts';

const unknown = -1;

/** Traces whose roots are alike have one code. */
export interface RootCodes {
  readonly ofTrace: Uint32Array;
  /** By code: a span of such a trace. */
  readonly examples: readonly number[];
}

/** The codes of all traces. */
export function codeRoots({ spans: { name, resource }, traces }: TraceSource, forms: SpanForms): RootCodes {
  const { count, firstRow, rootRow } = traces;
  const pairs = new PairIndex();
  const examples: number[] = [];
  const ofTrace = new Uint32Array(count);
  // Spans of a form have the same of both.
  const ofForm = new Int32Array(forms.count).fill(unknown);
  for (let i = 0; i < count; i++) {
    const root = rootRow[i]!; // traces are of the source, rows of its columns
    const form = root === -1 ? 0 : forms.of[root]!;
    let code = root === -1 ? unknown : ofForm[form]!;
    if (code === unknown) {
      code = root === -1 ? pairs.indexOf(-1, -1) : pairs.indexOf(name[root]!, resource[root]!);
      if (root !== -1) ofForm[form] = code;
      if (code === examples.length) examples.push(firstRow[i]!);
    }
    ofTrace[i] = code;
  }
  return { ofTrace, examples };
}

export interface RootOptions {
  readonly codes: RootCodes;
  /** By row; where they begin in the room. */
  readonly placed: number;
  /** By code: how many of the spans have it. */
  readonly totals: Uint32Array;
  readonly targetsOf: (row: number) => readonly Target[];
}

export class RootCounts {
  private readonly options: RootOptions;
  /** By code. */
  private readonly targets: (readonly Target[] | undefined)[] = [];

  constructor(options: RootOptions) {
    this.options = options;
    const { codes, totals, targetsOf } = options;
    for (const [code, row] of codes.examples.entries()) {
      const total = totals[code]!; // there is one for each
      if (total === 0) continue;
      const targets = targetsOf(row);
      for (const { entry } of targets) entry.total += total;
      this.targets[code] = targets;
    }
  }

  /** Counts by interval what was counted in all before. */
  countIntervals(spans: SpanList, intervals: number): void {
    const { codes, placed } = this.options;
    const places = new Places();
    const placeOf = new Int32Array(codes.examples.length);
    for (const [code, targets] of this.targets.entries()) if (targets) placeOf[code] = places.placeOf(targets);
    addByInterval(spans, { codes: placed, placeOf, sums: places.sums, intervals });
  }
}
