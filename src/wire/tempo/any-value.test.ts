// Values as the real Tempo writes them.
import { expect, test } from 'vitest';
import type { AnyValue } from '../otlp/types.ts';
import { anyValueToJson } from './any-value.ts';

test.each<[AnyValue, object]>([
  [{ kind: 'kvlist', value: [] }, { kvlistValue: {} }],
  [{ kind: 'array', value: [] }, { arrayValue: {} }],
  [{ kind: 'array', value: [{ kind: 'kvlist', value: [] }] }, { arrayValue: { values: [{ kvlistValue: {} }] } }],
  [{ kind: 'empty' }, {}],
  [{ kind: 'double', value: Number.NEGATIVE_INFINITY }, { doubleValue: '-Infinity' }],
])('%j is written as %j', (value, json) => {
  expect(anyValueToJson(value)).toEqual(json);
});
