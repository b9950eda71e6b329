// Random expressions: nothing breaks, and printing loses nothing.
import { expect, test } from 'vitest';
import { printExpr } from '../../src/promql/print.ts';
import { runFuzz } from './fuzz.ts';

const seed = 20_261_122;

test(`600 random expressions of seed ${seed} print, parse and evaluate without a defect`, async () => {
  expect(await runFuzz({ seed, count: 600 })).toEqual([]);
});

test('a printer that loses parentheses is caught', async () => {
  const failures = await runFuzz({ seed, count: 300, print: (expr) => printExpr(expr).replace(/[()]/g, '') });
  expect(failures.length).toBeGreaterThan(0);
});
