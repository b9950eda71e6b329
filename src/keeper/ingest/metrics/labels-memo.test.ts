// The memory of labels gives back what it was told, and is bounded.
import { expect, test } from 'vitest';
import { Labels } from '../../../promql/labels.ts';
import { LabelsMemo } from './labels-memo.ts';

test('labels are made once for each text', () => {
  const memo = new LabelsMemo();
  let made = 0;
  const make = () => Labels.from([['n', String(++made)]]);
  const first = memo.recall('a', make);
  expect(memo.recall('a', make)).toBe(first);
  expect(memo.recall('b', make)).not.toBe(first);
  expect(made).toBe(2);
});

test('what is forgotten is made again', () => {
  const memo = new LabelsMemo();
  const first = memo.recall('0', () => Labels.from([['n', '0']]));
  for (let i = 1; i <= 20_000; i++) memo.recall(String(i), () => Labels.empty);
  expect(memo.recall('0', () => Labels.from([['n', '0']]))).not.toBe(first);
});
