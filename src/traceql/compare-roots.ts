// Counts spans for compare() by the roots of their traces: those with the same name and resource are alike.
import { lookUp, sumByCode } from './compare-loops.ts';
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
  private readonly targets: (readonly Target[] | undefined)[] = [];

  constructor(options: RootOptions) {
    this.options = options;
    const { codes, totals, targetsOf } = options;
    const byCode = new Uint32Array(codes.examples.length);
    sumByCode(totals, codes.ofTrace, byCode);
    for (const [code, row] of codes.examples.entries()) {
      const total = byCode[code]!; // there is one for each
      if (total === 0) continue;
      const targets = targetsOf(row);
      for (const { entry } of targets) entry.total += total;
      this.targets[code] = targets;
    }
  }

  /** Counts by interval what was counted in all before. */
  countIntervals(spans: SpanList, intervals: number): void {
    const { source, codes } = this.options;
    const places = new Places();
    const ofCode = new Uint32Array(codes.examples.length);
    for (const [code, targets] of this.targets.entries()) if (targets) ofCode[code] = places.placeOf(targets);
    const placeOf = new Int32Array(codes.ofTrace.length);
    lookUp(codes.ofTrace, ofCode, placeOf);
    addByInterval(spans, { codes: source.spans.trace, placeOf, sums: places.sums, intervals });
  }
}
