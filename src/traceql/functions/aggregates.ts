// count(), avg(), min(), max() and sum() over the spans of a spanset. Spans without a value do not count; a set in which
// no span has one has no result.

import type { AggregateOp } from '../ast.ts';
import { compareValues, nil, type Static } from '../values.ts';

type Read = (row: number) => Static;
type AggregateFunction = (rows: readonly number[], read: Read | undefined) => Static | undefined;

export const aggregateFunctions: Readonly<Record<AggregateOp, AggregateFunction>> = {
  count: (rows) => ({ type: 'int', value: rows.length }),
  max: (rows, read) => choose(rows, read, (a, b) => compareValues(a, b) > 0),
  min: (rows, read) => choose(rows, read, (a, b) => compareValues(a, b) < 0),
  sum: (rows, read) => add(rows, read)?.sum,
  avg: (rows, read) => {
    const found = add(rows, read);
    return found && divide(found.sum, found.count);
  },
};

function choose(
  rows: readonly number[],
  read: Read | undefined,
  isBetter: (a: Static, b: Static) => boolean,
): Static | undefined {
  let best: Static | undefined;
  for (const row of rows) {
    const value = read?.(row) ?? nil;
    if (value.type !== 'nil' && (best === undefined || isBetter(value, best))) best = value;
  }
  return best;
}

// The first value decides the type; values of another are counted but not added, as in Tempo.
function add(rows: readonly number[], read: Read | undefined): { sum: Static; count: number } | undefined {
  let first: Static | undefined;
  let total = 0;
  let count = 0;
  let isExact = true;
  for (const row of rows) {
    const value = read?.(row) ?? nil;
    if (value.type === 'nil') continue;
    first ??= value;
    count++;
    if (value.type !== first.type) continue;
    total += plainNumber(value);
    isExact &&= first.type !== 'int' || Number.isSafeInteger(total);
  }
  if (!first) return undefined;
  if (first.type === 'int' && !isExact) return { sum: addExactly(rows, read), count };
  const { type } = first;
  return { sum: type === 'int' || type === 'float' || type === 'duration' ? { type, value: total } : first, count };
}

// NaN for what is no number, or a large one.
function plainNumber(value: Static): number {
  return 'value' in value && typeof value.value === 'number' ? value.value : Number.NaN;
}

// Integers beyond 53 bits.
function addExactly(rows: readonly number[], read: Read | undefined): Static {
  let sum: Static = nil;
  for (const row of rows) {
    const value = read?.(row) ?? nil;
    if (value.type !== 'nil') sum = sum.type === 'nil' ? value : addTwo(sum, value);
  }
  return sum;
}

function addTwo(a: Static, b: Static): Static {
  if (a.type !== 'int' || b.type !== 'int') return a;
  const sum = Number(a.value) + Number(b.value);
  return {
    type: 'int',
    value: Number.isSafeInteger(sum) ? sum : BigInt.asIntN(64, BigInt(a.value) + BigInt(b.value)),
  };
}

function divide(sum: Static, count: number): Static {
  if (sum.type === 'int' || sum.type === 'float') return { type: 'float', value: Number(sum.value) / count };
  return sum.type === 'duration' ? { type: 'duration', value: Math.trunc(sum.value / count) } : sum;
}
