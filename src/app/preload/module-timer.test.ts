// Self time: what a module spends in others is theirs, and what obs does in between is its own.
import { expect, test } from 'vitest';
import { type ModuleRequest, ModuleTimer } from './module-timer.ts';

const request = (file: string) => ({ request: file, isMain: false, findFile: () => file });

function load<T>(timer: ModuleTimer, work: () => T, module: ModuleRequest): T {
  const entered = timer.enter();
  try {
    return work();
  } finally {
    timer.leave(entered, module);
  }
}

/** A timer whose clock moves only when `spend` says so. */
function makeTimer(): { timer: ModuleTimer; spend: (ms: number) => void } {
  let nowMs = 0;
  const spend = (ms: number): void => {
    nowMs += ms;
  };
  return { timer: new ModuleTimer(() => nowMs), spend };
}

test('time spent in other modules and in obs itself is not the module’s own', () => {
  const { timer, spend } = makeTimer();
  const main = (): void => {
    spend(4);
    load(timer, () => spend(40), request('/app/node_modules/express/lib/router.js'));
    timer.timeOwn(() => spend(12));
    load(timer, () => spend(0.5), request('node:path'));
  };
  load(timer, main, { ...request(`${process.cwd()}/main.js`), isMain: true });
  expect(timer.mainLoadedMs).toBe(56.5);
  expect(timer.stop()).toEqual([
    { name: 'express/lib/router.js', selfMs: 40 },
    { name: 'obs instrumentation', selfMs: 12 },
    { name: 'main.js', selfMs: 4 },
  ]);
});

test('what obs loads for itself is its own, whatever it is called', () => {
  const { timer, spend } = makeTimer();
  const fetchChunk = (): void => {
    spend(2);
    load(timer, () => spend(9), request('/obs/dist/preload/core.cjs'));
    load(timer, () => spend(3), request('node:http'));
  };
  load(timer, () => timer.timeOwn(fetchChunk), request('/app/node_modules/express/index.js'));
  expect(timer.stop()).toEqual([{ name: 'obs instrumentation', selfMs: 14 }]);
});

test('a module that throws is timed, and the error passes on', () => {
  const { timer, spend } = makeTimer();
  const fail = (): never => {
    spend(3);
    throw new Error('boom');
  };
  expect(() => load(timer, fail, request('node:zlib'))).toThrow('boom');
  expect(timer.stop()).toEqual([{ name: 'node:zlib', selfMs: 3 }]);
});

test('ES modules are evaluated one after the other; what they require is not their own, and the rest has a name', () => {
  const { timer, spend } = makeTimer();
  spend(20); // reading
  timer.markRead();
  spend(30);
  timer.markEvaluated('/app/node_modules/inner/index.mjs');
  load(timer, () => spend(7), request('/app/node_modules/old/index.js'));
  spend(2);
  timer.markEvaluated(`${process.cwd()}/main.mjs`);
  timer.addRest(59);
  expect(timer.stop()).toEqual([
    { name: 'inner/index.mjs', selfMs: 30 },
    { name: 'reading and evaluating ES modules', selfMs: 20 },
    { name: 'old/index.js', selfMs: 7 },
    { name: 'main.mjs', selfMs: 2 },
  ]);
});

test('what was loaded before the program began is no part of its time', () => {
  const { timer, spend } = makeTimer();
  timer.timeOwn(() => spend(40));
  timer.begin();
  load(timer, () => spend(7), request('/app/node_modules/old/index.js'));
  spend(20);
  timer.addRest(27);
  expect(timer.stop()).toEqual([
    { name: 'reading and evaluating ES modules', selfMs: 20 },
    { name: 'old/index.js', selfMs: 7 },
  ]);
});
