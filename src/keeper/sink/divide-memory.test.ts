// What one signal leaves, the others may use.
import { expect, test } from 'vitest';
import { divideMemory } from './divide-memory.ts';

test.each([
  ['nobody holds anything', [0, 0, 0], [100, 150, 300]],
  ['one holds all', [300, 0, 0], [300, 100, 150]],
  ['all want more than there is', [400, 500, 600], [100, 100, 100]],
  ['one is small', [20, 500, 600], [100, 140, 140]],
  ['two are small', [20, 500, 30], [100, 250, 140]],
])('when %s', (_, held, parts) => {
  expect(divideMemory(held, 300)).toEqual(parts);
});
