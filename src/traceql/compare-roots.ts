// Counts spans for compare() by the roots of their traces: those with the same name and resource are alike.
import { sumByCode } from './compare-loops.ts';
import { addByInterval, Places, type Target } from './compare-places.ts';
import type { SpanList } from './compare-spans.ts';
import { PairIndex } from './functions/pair-index.ts';
import type { TraceSource } from './source.ts';

/** Traces whose roots are alike have one code. */
export interface RootCodes {
  readonly ofTrace: Uint32Array;
  /** By code: a span of such a trace. */
  readonly examples: readonly number[];
}

/** The codes of all traces. */
export function codeRoots({ spans: { name, resource }, traces }: TraceSource): RootCodes {
  const { count, firstRow, rootRow } = traces;
  const pairs = new PairIndex();
  const examples: number[] = [];
  const ofTrace = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    const root = rootRow[i]!; // traces are of the source
    const code = root === -1 ? pairs.indexOf(-1, -1) : pairs.indexOf(name[root]!, resource[root]!);
    ofTrace[i] = code;
    if (code === examples.length) examples.push(firstRow[i]!);
  }
  return { ofTrace, examples };
}

export interface RootOptions {
  readonly source: TraceSource;
  readonly codes: RootCodes;
  /** By trace: how many of the spans are of it. */
  readonly totals: Uint32Array;
  readonly targetsOf: (row: number) => readonly Target[];
}

export class RootCounts {
  private readonly options: RootOptions;
  /** By code. */
  private readonly targets: (readonly Target[])[] = [];

  constructor(options: RootOptions) {
    this.options = options;
    const { codes, totals, targetsOf } = options;
    const byCode = new Uint32Array(codes.examples.length);
    sumByCode(totals, codes.ofTrace, byCode);
    for (const [code, row] of codes.examples.entries()) {
      const total = byCode[code]!; // there is one for each
      if (total === 0) continue;
      this.targets[code] = targetsOf(row);
      for (const { entry } of this.targets[code]) entry.total += total;
    }
  }

  /** Counts by interval what was counted in all before. */
  countIntervals(spans: SpanList, intervals: number): void {
    const { source, codes } = this.options;
    const places = new Places();
    const ofCode = codes.examples.map((_, code) => {
      const targets = this.targets[code];
      return targets ? places.placeOf(targets) : 0;
    });
    const placeOf = new Int32Array(codes.ofTrace.length);
    for (let trace = 0; trace < placeOf.length; trace++) placeOf[trace] = ofCode[codes.ofTrace[trace]!]!; // every trace has a code
    addByInterval(spans, { codes: source.spans.trace, placeOf, sums: places.sums, intervals });
  }
}
