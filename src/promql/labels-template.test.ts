// Sets from a template are those that are made one by one.
import { expect, test } from 'vitest';
import { Labels } from './labels.ts';
import { LabelsTemplate } from './labels-template.ts';

test.each([
  ['nothing', ['a', 'b'], ['1', '2'], []],
  ['the first value', ['a', 'b'], [undefined, '2'], ['x']],
  ['the last value', ['a', 'b'], ['1', undefined], ['x']],
  ['values side by side', ['a', 'b', 'c'], [undefined, undefined, '3'], ['x', 'y']],
  ['every value', ['a', 'b'], [undefined, undefined], ['x', 'y']],
  ['no label', [], [], []],
])('sets that differ in %s have the keys of any other', (_, names, values, texts) => {
  const made = new LabelsTemplate(names, values).fill(texts);
  const left = [...texts];
  const expected = Labels.from(names.map((name, i) => [name, values[i] ?? left.shift() ?? '']));
  expect([made.key, [...made]]).toEqual([expected.key, [...expected]]);
});
