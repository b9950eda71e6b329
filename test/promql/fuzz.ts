// Random expressions against printer and evaluator: printing loses nothing, and nothing breaks or hangs.
import { isDeepStrictEqual } from 'node:util';
import { QueryError } from '../../src/errors/query-error.ts';
import type { MetricsStore } from '../../src/keeper/store/metrics/metrics-store.ts';
import type { Expr } from '../../src/promql/ast.ts';
import { evaluateInstant, evaluateRange } from '../../src/promql/evaluate.ts';
import { parsePromql } from '../../src/promql/parser.ts';
import { prettyPrintExpr, printExpr } from '../../src/promql/print.ts';
import { Random } from './random.ts';
import { ExpressionMaker, type Vocabulary } from './random-expression.ts';
import { loadScript } from './run-script.ts';

export interface FuzzOptions {
  readonly seed: number;
  readonly count: number;
  /** Default: the real printer. */
  readonly print?: (expr: Expr) => string;
}

export interface FuzzFailure {
  readonly query: string;
  readonly problem: string;
}

const data = `
load 1m
  requests{job="api", pod="a"} 0+10x10
  requests{job="api", pod="b"} 0+7x4 3+7x5
  requests{job="web", pod="a"} 1 2 stale 4 _ _ NaN Inf 9
  gauge{job="api"} 3 -1 4 -1 5 -9 2 6
  gauge{job="web"} 0x10
  lat_bucket{job="api", le="0.1"} 0+1x10
  lat_bucket{job="api", le="1"} 0+3x10
  lat_bucket{job="api", le="+Inf"} 0+4x10
  native{job="api", pod="a"} {{schema:0 count:4 sum:5 buckets:[1 2 1]}}+{{schema:0 count:4 sum:5 buckets:[1 2 1]}}x8
  native{job="web", pod="a"} {{schema:2 count:3 sum:5 z_bucket:1 z_bucket_w:0.01 buckets:[1 1]}}x8
  custom{job="api"} {{schema:-53 count:4 sum:5 custom_values:[1 2] buckets:[1 2 1]}}x8
  mixed{job="api"} 1 2 {{schema:0 count:1 sum:1 buckets:[1]}} 3
  target_info{job="api", instance="i"} 1x10
`;

const vocabulary: Vocabulary = {
  metrics: ['requests', 'gauge', 'lat_bucket', 'native', 'custom', 'mixed', 'missing'],
  labels: [
    { name: 'job', values: ['api', 'web'] },
    { name: 'pod', values: ['a', 'b'] },
    { name: 'le', values: ['0.1', '1'] },
  ],
};

/** Tries `count` expressions; what a seed finds, it finds again. */
export async function runFuzz({ seed, count, print = printExpr }: FuzzOptions): Promise<FuzzFailure[]> {
  const store = loadScript(data);
  const maker = new ExpressionMaker(new Random(seed), vocabulary);
  const failures: FuzzFailure[] = [];
  for (let i = 0; i < count; i++) {
    const query = maker.make(i % 5);
    const problem = checkPrinting(query, print) ?? (await checkEvaluation(query, store));
    if (problem !== undefined) failures.push({ query, problem });
  }
  return failures;
}

function checkPrinting(query: string, print: (expr: Expr) => string): string | undefined {
  try {
    const tree = parsePromql(query);
    for (const text of [print(tree), prettyPrintExpr(tree)]) {
      if (!isDeepStrictEqual(stripPlaces(parsePromql(text)), stripPlaces(tree)))
        return `printed as another query: ${text}`;
    }
    return undefined;
  } catch (error) {
    return `no valid query, or printed as none: ${error instanceof Error ? error.message : String(error)}`;
  }
}

async function checkEvaluation(query: string, store: MetricsStore): Promise<string | undefined> {
  const options = { source: store, maxSamples: 200_000 };
  const times = { startMs: 60_000, endMs: 540_000, stepMs: 60_000 };
  for (const run of [() => evaluateInstant(query, 300_000, options), () => evaluateRange(query, times, options)]) {
    try {
      await run();
    } catch (error) {
      // Data that do not fit are a proper answer; anything else is a defect.
      if (!(error instanceof QueryError)) return `broke: ${error instanceof Error ? error.stack : String(error)}`;
    }
  }
  return undefined;
}

/** The tree without positions, and with matchers in the order in which they are printed. */
function stripPlaces(tree: Expr): unknown {
  return JSON.parse(
    JSON.stringify(tree, (key, value: unknown) => {
      if (key === 'start' || key === 'end') return undefined;
      if (key === 'matchers' && Array.isArray(value)) return value.map((matcher) => JSON.stringify(matcher)).sort();
      return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
    }),
  );
}
