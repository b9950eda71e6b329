// Our scripts, and a proof that the runner sees every kind of difference.
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { runScript } from './run-script.ts';
import { parseScript } from './script.ts';

const folder = new URL('./scripts/', import.meta.url);

describe('our own scripts', () => {
  test.each(readdirSync(folder))('%s: every evaluation comes out as computed by hand', async (file) => {
    const outcomes = await runScript(parseScript(readFileSync(new URL(file, folder), 'utf8')));
    expect(outcomes.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});

describe('the runner notices', () => {
  test.each([
    ['a wrong value', 'eval instant at 0 vector(1)\n  {} 2'],
    ['a missing series', 'eval instant at 0 missing\n  {} 1'],
    ['a series too many', 'eval instant at 0 vector(1)'],
    ['wrong labels', 'eval instant at 0 vector(1)\n  {a="b"} 1'],
    ['a failure that does not come', 'eval instant at 0 vector(1)\n  expect fail'],
    ['another error text', 'eval instant at 0 nosuch()\n  expect fail msg: no'],
    ['an annotation that does not come', 'eval instant at 0 vector(1)\n  expect warn\n  {} 1'],
    [
      'another order',
      'eval instant at 0 sort(label_replace(vector(2), "a", "b", "", "") or vector(1))\n  expect ordered\n  {a="b"} 2\n  {} 1',
    ],
    ['another number of steps', 'eval range from 0 to 2m step 1m vector(1)\n  {} 1 1'],
  ])('%s', async (_case, script) => {
    const [outcome] = await runScript(parseScript(script));
    expect(outcome?.problem).toBeDefined();
  });
});
