// Names and leaves of attributes as a real Loki 3.7 stores them.
import { expect, test } from 'vitest';
import type { AnyValue } from '../../../wire/otlp/types.ts';
import { labelNameOf, labelsOfAttribute } from './attribute-labels.ts';

test.each([
  ['http.method', 'http_method'],
  ['a..b', 'a_b'],
  ['a__b', 'a_b'],
  ['1a', 'key_1a'],
  ['1__a', 'key_1_a'],
  ['_x', '_x'],
  ['__y', '_y'],
  ['-a', '_a'],
  ['a-', 'a_'],
  ['Ünïcode', '_n_code'],
  ['٣x', '_x'],
  // These a real Loki refuses.
  ['...', 'key_'],
  ['', 'key_'],
])('%s becomes %s', (key, name) => {
  expect(labelNameOf(key)).toBe(name);
});

const text = (value: string): AnyValue => ({ kind: 'string', value });

test('a map becomes a label for each leaf; what has no text becomes none', () => {
  const deep: AnyValue = {
    kind: 'kvlist',
    value: [
      { key: '_a', value: text('1') },
      { key: '1', value: { kind: 'int', value: 5 } },
      { key: 'empty', value: text('') },
      { key: 'nothing', value: { kind: 'empty' } },
      { key: 'list', value: { kind: 'array', value: [] } },
    ],
  };
  expect(labelsOfAttribute({ key: '_deep', value: deep })).toEqual([
    ['_deep_a', '1'],
    ['_deep_1', '5'],
    ['_deep_list', '[]'],
  ]);
});
