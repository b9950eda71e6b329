// The main thread and a worker are told apart without node:worker_threads.
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { isMainThread } from './thread.ts';

/** The function by its source, so that each thread asks for itself; its types are gone by now. */
const script = `require('node:worker_threads').parentPort.postMessage((${isMainThread.toString()})())`;

test('a worker knows that it is not the main thread', async () => {
  const worker = new Worker(script, { eval: true });
  expect(await new Promise((resolve) => worker.once('message', resolve))).toBe(false);
});
