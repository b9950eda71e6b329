// Questions to the person at the terminal.
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { askYesNo } from './ask.ts';

const ask = (answer: string) => {
  const input = new PassThrough();
  input.end(answer);
  return askYesNo('Remove all?', { input, output: new PassThrough() }, new AbortController().signal);
};

test.each([
  ['y\n', true],
  ['YES\n', true],
  ['\n', false],
  ['n\n', false],
  ['yesterday\n', false],
  ['', false],
])('the answer %j is a yes: %s', async (answer, expected) => {
  expect(await ask(answer)).toBe(expected);
});

test('Ctrl-C ends the question', async () => {
  const aborter = new AbortController();
  const asked = askYesNo('?', { input: new PassThrough(), output: new PassThrough() }, aborter.signal);
  aborter.abort();
  await expect(asked).rejects.toThrow();
});
