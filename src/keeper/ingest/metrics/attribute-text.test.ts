// Attribute values as texts, against what the collector's AsString gives.
import { expect, test } from 'vitest';
import type { AnyValue } from '../../../wire/otlp/types.ts';
import { printAttribute } from './attribute-text.ts';

const text = (value: string): AnyValue => ({ kind: 'string', value });

test.each<[AnyValue, string]>([
  [text('a "b"'), 'a "b"'],
  [text('half \ud83d, whole \u{1f600}'), 'half \ufffd, whole \u{1f600}'],
  [{ kind: 'empty' }, ''],
  [{ kind: 'bool', value: true }, 'true'],
  [{ kind: 'int', value: -42 }, '-42'],
  [{ kind: 'double', value: 0.5 }, '0.5'],
  [{ kind: 'double', value: 1e-7 }, '1e-7'],
  [{ kind: 'bytes', value: Uint8Array.of(1, 2, 3) }, 'AQID'],
  [{ kind: 'array', value: [text('<a>'), { kind: 'int', value: 1 }, { kind: 'empty' }] }, '["\\u003ca\\u003e",1,null]'],
  [
    {
      kind: 'kvlist',
      value: [
        { key: 'b', value: { kind: 'bool', value: false } },
        { key: 'a', value: { kind: 'array', value: [] } },
      ],
    },
    '{"a":[],"b":false}',
  ],
])('%j is written as %s', (value, written) => {
  expect(printAttribute(value)).toBe(written);
});

test('a 64-bit integer keeps all of its digits', () => {
  expect(printAttribute({ kind: 'int', value: 9_007_199_254_740_993n })).toBe('9007199254740993');
});
