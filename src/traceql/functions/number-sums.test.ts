// A sum over a column of numbers is what the values say one by one.
import { describe, expect, test } from 'vitest';
import { makeColumnField } from '../fields.ts';
import { type TraceSource, typeCodes } from '../source.ts';
import { nil, type Static } from '../values.ts';
import { makeAggregate } from './aggregates.ts';
import { numbersOf } from './number-sums.ts';

const dictionary: readonly Static[] = [
  { type: 'int', value: 3 },
  { type: 'float', value: 0.5 },
  { type: 'string', value: 'three' },
  { type: 'int', value: Number.MAX_SAFE_INTEGER },
  { type: 'int', value: -Number.MAX_SAFE_INTEGER },
  { type: 'int', value: 2n ** 62n },
];
const source = {
  valueTypes: Uint8Array.from(dictionary, ({ type, ...rest }) =>
    'value' in rest && typeof rest.value === 'bigint' ? typeCodes.other : typeCodes[type as keyof typeof typeCodes],
  ),
  valueNumbers: Float64Array.from(dictionary, (one) => ('value' in one ? Number(one.value) : 0)),
} as TraceSource; // sums read nothing else

// By row: the value of that place in the dictionary, none for 0.
const slots = Uint32Array.of(0, 1, 2, 3, 4, 5, 6);
const field = makeColumnField({
  size: dictionary.length,
  slots,
  shift: 0,
  at: (id) => dictionary[id],
  values: { includes: () => true },
});
const read = (row: number) => field.get(row) ?? nil;

describe('a sum over a column is that of the values one by one', () => {
  test.each([
    ['nothing', [0, 0]],
    ['whole numbers', [1, 0, 1]],
    ['fractions among whole numbers', [1, 2, 1]],
    ['whole numbers among fractions', [2, 1]],
    ['a text first', [3, 1]],
    ['a text behind', [1, 3]],
    ['more than 53 bits on the way', [4, 1, 5]],
    ['more than 53 bits in one', [6, 1]],
  ])('of %s', (_, rows) => {
    const column = numbersOf(field, source);
    expect(column).toBeDefined();
    for (const op of ['sum', 'avg'] as const) {
      const byColumn = makeAggregate(op, { read, column })(rows, rows.length);
      expect(byColumn).toEqual(makeAggregate(op, { read, column: undefined })(rows, rows.length));
    }
  });

  test('of durations, as far as the count goes', () => {
    const durationsNs = Float64Array.of(5, 7, 11);
    const column = numbersOf({ get: () => undefined, durationsNs }, source);
    const readDuration = (row: number): Static => ({ type: 'duration', value: durationsNs[row] ?? 0 });
    expect(makeAggregate('avg', { read: readDuration, column })([0, 1, 2], 2)).toEqual({ type: 'duration', value: 6 });
    expect(makeAggregate('avg', { read: readDuration, column })([0, 1, 2], 0)).toBeUndefined();
  });
});
