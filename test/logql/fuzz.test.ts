// Random queries: none may crash, hang, or print as something else. The seed is printed and taken from OBS_FUZZ_SEED;
// OBS_FUZZ_QUERIES makes more of them.
import { describe, expect, it } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import type { Expr } from '../../src/logql/ast.ts';
import { evaluate } from '../../src/logql/evaluate.ts';
import { parse, parseOnly } from '../../src/logql/parser.ts';
import { print } from '../../src/logql/print.ts';
import { printPretty } from '../../src/logql/print-pretty.ts';
import { malformedQueries, validQueries } from './corpus.ts';
import { makeRandom, QueryMaker } from './random-query.ts';
import { applyLoad, makeStore } from './run-eval.ts';
import { parseScript } from './script.ts';
import { withoutPlaces } from './without-places.ts';

const seed = Number(process.env.OBS_FUZZ_SEED ?? 20_261_122);
const count = Number(process.env.OBS_FUZZ_QUERIES ?? 500);
const originNs = 1_704_067_200_000_000_000n;

const data = `load {app="a", level="info"}
  0s "level=error status=500 took=1s size=2KB" status=5 x=1
  10s \`{"a":{"b":[1,2]},"level":"warn","status":"x"}\` took=3m
  20s "plain 10.0.0.1 text é" size=1MB
  30s ""
`;

/** What is wrong with a query; undefined when it is refused properly or answered. */
async function findProblem(query: string): Promise<string | undefined> {
  try {
    const expr = parseOnly(query);
    const printed = print(expr);
    if (!isSame(expr, parseOnly(printed))) return `prints as ${printed}`;
    if (!isSame(expr, parseOnly(printPretty(expr)))) return `lays out as ${printPretty(expr)}`;
    await answer(parse(query));
    return undefined;
  } catch (error) {
    if (error instanceof QueryError) return undefined;
    return error instanceof Error ? (error.stack ?? error.message) : String(error);
  }
}

function isSame(a: Expr, b: Expr): boolean {
  return JSON.stringify(withoutPlaces(a)) === JSON.stringify(withoutPlaces(b));
}

const store = makeStore();
for (const command of parseScript(data)) if (command.kind === 'load') applyLoad(store, command);

async function answer(expr: Expr): Promise<void> {
  await evaluate(expr, store, {
    startNs: originNs,
    endNs: originNs + 60_000_000_000n,
    stepNs: expr.kind === 'log' ? 0n : 15_000_000_000n,
    intervalNs: 0n,
    limit: 10,
    direction: 'backward',
    maxSeries: 500,
    breather: { nowMs: () => 0 },
    stats: { lines: 0, bytes: 0 },
  });
}

describe(`random queries (seed ${seed})`, () => {
  it(`${count} of the grammar are answered or refused, and print as they were meant`, async () => {
    const maker = new QueryMaker(makeRandom(seed));
    for (let i = 0; i < count; i++) {
      const query = maker.make();
      expect(await findProblem(query), `query ${i}: ${query}`).toBeUndefined();
    }
  }, 120_000);

  it(`${count} damaged ones are answered or refused`, async () => {
    const maker = new QueryMaker(makeRandom(seed + 1));
    const seeds = [...validQueries, ...malformedQueries];
    for (let i = 0; i < count; i++) {
      const query = maker.damage(i % 2 === 0 ? maker.make() : (seeds[i % seeds.length] ?? ''));
      expect(await findProblem(query), `query ${i}: ${query}`).toBeUndefined();
    }
  }, 120_000);

  it('would notice a crash', async () => {
    const broken = { ...parseOnly('vector(1)'), kind: 'nosuch' } as unknown as Expr; // a tree that no parser makes
    await expect(answer(broken)).rejects.toThrow();
  });
});
