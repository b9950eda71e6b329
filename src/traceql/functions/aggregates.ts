// count(), avg(), min(), max() and sum() over the spans of a spanset. Spans without a value do not count; a set in which
// no span has one has no result.

import type { AggregateOp } from '../ast.ts';
import { compareValues, nil, type Static } from '../values.ts';
import type { NumberSums } from './number-sums.ts';

/** How the values of rows are had. */
interface Values {
  readonly read: (row: number) => Static;
  /** Set if they are numbers of a column. */
  readonly column: NumberSums | undefined;
}

/** Of the first `count` rows. */
type Aggregate = (rows: ArrayLike<number>, count: number) => Static | undefined;

const makers: Readonly<Record<AggregateOp, (values: Values) => Aggregate>> = {
  count: () => (_, count) => ({ type: 'int', value: count }),
  max: (values) => choose(values, (a, b) => compareValues(a, b) > 0),
  min: (values) => choose(values, (a, b) => compareValues(a, b) < 0),
  sum: (values) => (rows, count) => add(values, rows, count)?.sum,
  avg: (values) => (rows, count) => {
    const found = add(values, rows, count);
    return found && divide(found.sum, found.count);
  },
};

/** Makes an aggregate of the values of spans. */
export function makeAggregate(op: AggregateOp, values: Values): Aggregate {
  return makers[op](values);
}

function choose({ read }: Values, isBetter: (a: Static, b: Static) => boolean): Aggregate {
  return (rows, count) => {
    let best: Static | undefined;
    for (let i = 0; i < count; i++) {
      const value = read(rows[i]!); // below the count
      if (value.type !== 'nil' && (best === undefined || isBetter(value, best))) best = value;
    }
    return best;
  };
}

interface Sum {
  readonly sum: Static;
  readonly count: number;
}

function add({ read, column }: Values, rows: ArrayLike<number>, count: number): Sum | undefined {
  if (!column?.add(rows, count)) return addValues(read, rows, count);
  const { type, total, count: found } = column;
  return type && { sum: { type, value: total }, count: found };
}

// The first value decides the type; values of another are counted but not added, as in Tempo.
function addValues(read: Values['read'], rows: ArrayLike<number>, count: number): Sum | undefined {
  let first: Static | undefined;
  let total = 0;
  let found = 0;
  let isExact = true;
  for (let i = 0; i < count; i++) {
    const value = read(rows[i]!); // below the count
    if (value.type === 'nil') continue;
    first ??= value;
    found++;
    if (value.type !== first.type) continue;
    total += plainNumber(value);
    isExact &&= first.type !== 'int' || Number.isSafeInteger(total);
  }
  if (!first) return undefined;
  if (first.type === 'int' && !isExact) return { sum: addExactly(read, rows, count), count: found };
  const { type } = first;
  const isNumber = type === 'int' || type === 'float' || type === 'duration';
  return { sum: isNumber ? { type, value: total } : first, count: found };
}

// NaN for what is no number, or a large one.
function plainNumber(value: Static): number {
  return 'value' in value && typeof value.value === 'number' ? value.value : Number.NaN;
}

// Integers beyond 53 bits.
function addExactly(read: Values['read'], rows: ArrayLike<number>, count: number): Static {
  let sum: Static = nil;
  for (let i = 0; i < count; i++) {
    const value = read(rows[i]!); // below the count
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
