// Runs every script of scripts/ on the embedded engine: one test for each `eval`.
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { applyLoad, findProblem, makeStore } from './run-eval.ts';
import { parseScript } from './script.ts';

const folder = fileURLToPath(new URL('scripts/', import.meta.url));

for (const file of readdirSync(folder).filter((name) => name.endsWith('.test'))) {
  describe(file, () => {
    let store = makeStore();
    for (const command of parseScript(readFileSync(folder + file, 'utf8'))) {
      if (command.kind === 'clear') store = makeStore();
      else if (command.kind === 'load') applyLoad(store, command);
      else {
        // Later loads must not be seen by earlier evaluations, so each keeps the store it was written for.
        const own = store;
        it(`line ${command.line}: ${command.query}`, async () => {
          expect(await findProblem(own, command)).toBeUndefined();
        });
      }
    }
  });
}

describe('the scripts', () => {
  it('can fail: a wrong expectation is noticed', async () => {
    const [load, evaluation] = parseScript('load {a="b"}\n  0s "x"\n\neval count 2 {a="b"}');
    const store = makeStore();
    if (load?.kind === 'load') applyLoad(store, load);
    const problem = evaluation?.kind === 'eval' ? await findProblem(store, evaluation) : 'no eval';
    expect(problem).toBe('expected 2 lines, got 1');
  });
});
