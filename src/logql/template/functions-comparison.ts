// eq, ne, lt, le, gt, ge: only values of the same basic kind compare.
import type { TemplateFunction } from './call.ts';
import type { Value } from './value.ts';

export const comparisonFunctions: Readonly<Record<string, TemplateFunction>> = {
  eq: { parameters: ['any'], rest: 'any', run: (first: Value, ...others: Value[]) => isEqualToAny(first, others) },
  ne: { parameters: ['any', 'any'], run: (a: Value, b: Value) => !isEqualToAny(a, [b]) },
  lt: { parameters: ['any', 'any'], run: (a: Value, b: Value) => isLess(a, b) },
  le: { parameters: ['any', 'any'], run: (a: Value, b: Value) => isLess(a, b) || isEqualToAny(a, [b]) },
  gt: { parameters: ['any', 'any'], run: (a: Value, b: Value) => !(isLess(a, b) || isEqualToAny(a, [b])) },
  ge: { parameters: ['any', 'any'], run: (a: Value, b: Value) => !isLess(a, b) },
};

function isEqualToAny(first: Value, others: readonly Value[]): boolean {
  if (others.length === 0) throw new Error('missing argument for comparison');
  return others.some((other) => {
    if (first === null || first === undefined || other === null || other === undefined)
      return (first ?? null) === (other ?? null);
    if (typeof first !== typeof other) throw new Error('incompatible types for comparison');
    if (typeof first === 'object') throw new Error('non-comparable type');
    return first === other;
  });
}

function isLess(a: Value, b: Value): boolean {
  if (typeof a !== typeof b) throw new Error('incompatible types for comparison');
  if (typeof a === 'string' && typeof b === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b;
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  throw new Error('invalid type for comparison');
}
