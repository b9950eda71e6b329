// Ten thousand random queries: none crashes or hangs anything, and every one that parses prints and reads back the same.
// `OBS_FUZZ_SEED=n` repeats a run, `OBS_FUZZ_QUERIES=n` makes more of them.
import { expect, test } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import { TraceStore } from '../../src/keeper/store/traces/trace-store.ts';
import type * as ast from '../../src/traceql/ast.ts';
import { runMetrics } from '../../src/traceql/metrics.ts';
import { parseTraceql } from '../../src/traceql/parser.ts';
import { printTraceql } from '../../src/traceql/print.ts';
import { searchTraces } from '../../src/traceql/search.ts';
import { validateTraceql } from '../../src/traceql/validate.ts';
import { readCpuMs } from '../fuzz/cpu-time.ts';
import { readCorpus } from './corpus.ts';
import { withoutPlaces } from './places.ts';
import { RandomQuery } from './random-query.ts';
import { epochNs, parseTraces } from './trace-text.ts';

const seed = Number(process.env.OBS_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const rounds = Number(process.env.OBS_FUZZ_QUERIES ?? 2_000);
const slowMs = 2000;
const timeoutMs = 120_000;

const traces = `
a @one 1s+10ms server span.a=1 span.b=x event.e(1ms).x=1
  b @two 2s+5ms error client span.a="x" resource.a=2 link.1.2.y=z
    c @two 3s+5ms span.a=1.5 span.http.url=/x
  d @one 3s+1s ok span.a=[1,2] span.b=true
e @one 4s+2s consumer span.a=-2`;

test(
  `random queries are parsed or refused, and read back as printed (seed ${seed})`,
  () => {
    const random = new RandomQuery(seed);
    const corpus = readCorpus('valid').map(({ query }) => query);
    const problems: string[] = [];
    let parsed = 0;
    for (let i = 0; i < rounds && problems.length < 5; i++) {
      const query = i % 2 === 0 ? random.grow() : random.damage(i % 4 === 1 ? random.grow() : random.pick(corpus));
      const outcome = judge(query, printTraceql);
      if (outcome === 'parsed') parsed++;
      else if (outcome !== 'refused') problems.push(outcome);
    }
    expect(problems).toEqual([]);
    expect(parsed).toBeGreaterThan(rounds / 4);
  },
  timeoutMs,
);

test(
  `random queries run to an end (seed ${seed})`,
  () => {
    const random = new RandomQuery(seed + 1);
    const store = new TraceStore();
    store.ingest(parseTraces(traces));
    const problems: string[] = [];
    let answered = 0;
    for (let i = 0; i < rounds / 5; i++) {
      const query = random.grow();
      const startMs = readCpuMs();
      try {
        run(query, store);
        answered++;
      } catch (error) {
        if (!(error instanceof QueryError)) problems.push(`${query}: ${error}`);
      }
      const elapsedMs = readCpuMs() - startMs;
      if (elapsedMs > slowMs) problems.push(`${query}: took ${elapsedMs} ms`);
    }
    expect(problems).toEqual([]);
    expect(answered).toBeGreaterThan(rounds / 200);
  },
  timeoutMs,
);

test('a printer that loses brackets would be found', () => {
  const random = new RandomQuery(seed + 2);
  const loseBrackets = (query: ast.Query) => printTraceql(query).replaceAll(/[()]/g, '');
  const outcomes = Array.from({ length: 500 }, () => judge(random.grow(), loseBrackets));
  expect(outcomes.some((outcome) => outcome !== 'parsed' && outcome !== 'refused')).toBe(true);
});

function judge(query: string, print: (query: ast.Query) => string): string {
  let tree: ast.Query;
  try {
    tree = parseTraceql(query);
  } catch (error) {
    return error instanceof QueryError ? 'refused' : `${query}: ${error}`;
  }
  try {
    const again = parseTraceql(print(tree));
    const isSame = JSON.stringify(withoutPlaces(again), bigints) === JSON.stringify(withoutPlaces(tree), bigints);
    return isSame ? 'parsed' : `${query}: reads back as another query: ${print(tree)}`;
  } catch (error) {
    return `${query}: printed as ${print(tree)}: ${error}`;
  }
}

function run(text: string, store: TraceStore): void {
  const query = parseTraceql(text);
  validateTraceql(query, text);
  const source = store.snapshot();
  if (query.metrics) {
    const window = { startNs: epochNs, endNs: epochNs + 10_000_000_000n, stepNs: 1_000_000_000n, isInstant: false };
    runMetrics(query, source, { ...window, exemplars: 10 });
    return;
  }
  const { traces: found, plan } = searchTraces(query, source, { startSec: 0, endSec: 0, limit: 10 });
  for (const { spansets } of found) for (const { rows } of spansets) rows.forEach(plan.show);
}

function bigints(_: string, value: unknown): unknown {
  return typeof value === 'bigint' ? `${value}n` : value;
}
