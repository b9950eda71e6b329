// What is worked out over columns is what spans say when they are looked at one by one. `OBS_FUZZ_SEED=n` repeats a run.
import { describe, expect, test } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import { TraceStore } from '../../src/keeper/store/traces/trace-store.ts';
import type * as ast from '../../src/traceql/ast.ts';
import { compileTest, compileValue, mayThrow } from '../../src/traceql/compile.ts';
import { extractConditions } from '../../src/traceql/conditions.ts';
import { Room } from '../../src/traceql/kernels/room.ts';
import { runMetrics } from '../../src/traceql/metrics.ts';
import { parseTraceql } from '../../src/traceql/parser.ts';
import { foldConstants, joinComparisons } from '../../src/traceql/simplify.ts';
import { validateTraceql } from '../../src/traceql/validate.ts';
import { groupKey, type Static } from '../../src/traceql/values.ts';
import { FetchView } from '../../src/traceql/view.ts';
import { PlainMetrics } from './plain-metrics.ts';
import { makeRandom, RandomQuery } from './random-query.ts';
import { makeRandomTraces } from './random-traces.ts';
import { epochNs, parseTraces } from './trace-text.ts';

const seed = Number(process.env.OBS_FUZZ_SEED ?? Math.floor(Math.random() * 2 ** 31));
const store = new TraceStore();
const groups = parseTraces(makeRandomTraces(seed, 4_500)); // more than a block
store.ingest(groups);
const source = store.snapshot();
const timeoutMs = 120_000;
const narrow = { startNs: epochNs, endNs: epochNs + 12_000_000_000n, stepNs: 2_000_000_000n, isInstant: false };
// Holds all spans, so that blocks are counted whole.
const wide = {
  startNs: epochNs - 100_000_000_000n,
  endNs: epochNs + 100_000_000_000n,
  stepNs: 1_000_000_000n,
  isInstant: false,
};

test(
  `filters pass the same spans (seed ${seed})`,
  () => {
    const random = new RandomQuery(seed);
    const wrong: string[] = [];
    let compared = 0;
    for (let i = 0; i < 600; i++) {
      const query = random.grow();
      const difference = compareFilter(query);
      if (difference === undefined) continue;
      compared++;
      if (difference.length > 0) wrong.push(`${query}: ${difference.length} rows, first ${difference[0]}`);
    }
    expect(wrong).toEqual([]);
    expect(compared).toBeGreaterThan(20);
  },
  timeoutMs,
);

// Undefined: no first filter to compare.
function compareFilter(text: string): number[] | undefined {
  const query = parse(text);
  if (!query) return undefined;
  const simplified = joinComparisons(foldConstants(query));
  const [first] = simplified.pipeline.elements;
  if (first?.type !== 'filter' || mayThrow(first.expression)) return undefined;
  const { conditions, allConditions, treeColumns } = extractConditions(simplified);
  const regexes = new Map();
  const view = new FetchView(source, conditions, { allConditions, treeColumns, regexes });
  const context = { source, regexes, room: new Room(), field: (ref: ast.AttributeRef) => view.field(ref) };
  const passes = compileTest(first.expression, context);
  const readValue = compileValue(first.expression, context);
  const rows = Array.from({ length: source.spans.count }, (_, row) => row);
  return rows.filter((row) => judge(() => passes(row)) !== judge(() => isTrue(readValue(row))));
}

// Comparing two lists fails, either way.
function judge(work: () => boolean): boolean | 'fails' {
  try {
    return work();
  } catch (error) {
    if (error instanceof QueryError) return 'fails';
    throw error;
  }
}

function isTrue(value: Static): boolean {
  return value.type === 'boolean' && value.value;
}

function parse(text: string): ast.Query | undefined {
  try {
    const query = parseTraceql(text);
    validateTraceql(query, text);
    return query;
  } catch {
    return undefined;
  }
}

describe.each([
  ['some', narrow],
  ['all', wide],
])(`metrics of %s spans are those of spans taken one by one (seed ${seed})`, (_, window) => {
  const random = makeRandom(seed);
  const pick = <T>(items: readonly T[]) => items[Math.floor(random() * items.length)]!; // below the length
  const plain = new PlainMetrics(groups, window);
  const queries = Array.from({ length: 40 }, () => {
    const by = Array.from({ length: Math.floor(random() * 4) }, () =>
      pick(['name', 'kind', 'status', 'resource.service.name', 'span.a', 'rootName', 'resource.a']),
    );
    const op = pick(['count_over_time', 'min_over_time', 'max_over_time', 'avg_over_time', 'histogram_over_time']);
    return { op, by: [...new Set(by)], wanted: pick(['{ }', '{ status = error }', '{ duration > 1500ms }']) };
  });

  test.each(queries)('$wanted | $op() by ($by)', ({ op, by, wanted }) => {
    const argument = op === 'count_over_time' ? '' : 'duration';
    const grouping = by.length > 0 ? ` by (${by.join(', ')})` : '';
    const query = parseTraceql(`${wanted} | ${op}(${argument})${grouping}`);
    const series = runMetrics(query, source, { ...window, exemplars: 0 });
    const found = new Map(
      series.map(({ labels, values }) => [labels.map((l) => `${l.name}=${groupKey(l.value)}`).join(), [...values]]),
    );
    expect(found).toEqual(plain.run({ op, by, wanted }));
  });

  const compared = ['name', 'status', 'kind', 'rootName', 'span.a', 'span.c', 'resource.service.name', 'resource.a'];
  const compare = (wanted: string, topN: number) => {
    const query = parseTraceql(`${wanted} | compare({ status = error }, ${topN})`);
    return new Map(
      runMetrics(query, source, { ...window, exemplars: 0 }).flatMap(({ labels: [meta, own], values }) =>
        meta?.value.type === 'string' && own && compared.includes(own.name)
          ? [[`${meta.value.value} ${own.name}=${groupKey(own.value)}`, [...values]] as const]
          : [],
      ),
    );
  };
  const wantedSpans = ['{ }', '{ duration > 100ms }', '{ duration > 1500ms }'];

  test.each(wantedSpans)('%s | compare() counts every value of every attribute', (wanted) => {
    expect(compare(wanted, 100_000)).toEqual(plain.compare(wanted, '{ status = error }', compared));
  });

  test.each(wantedSpans)('%s | compare() shows the most frequent values', (wanted) => {
    const most = 3;
    const all = plain.compare(wanted, '{ status = error }', compared);
    const found = compare(wanted, most);
    for (const name of compared)
      for (const side of ['baseline', 'selection']) {
        const isOf = (key: string) => key.startsWith(`${side} ${name}=`);
        const totals = [...all].filter(([key]) => isOf(key)).map(([, counts]) => sum(counts));
        const shown = [...found].filter(([key]) => isOf(key));
        expect(shown.map(([key]) => found.get(key))).toEqual(shown.map(([key]) => all.get(key)));
        expect(shown.map(([, counts]) => sum(counts)).sort(descending)).toEqual(totals.sort(descending).slice(0, most));
      }
  });
});

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function descending(a: number, b: number): number {
  return b - a;
}
