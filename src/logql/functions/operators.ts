// The arithmetic and comparisons of LogQL on two numbers. Comparisons yield 1 or 0.
import type { BinaryOp } from '../ast.ts';

type Operator = (left: number, right: number) => number;

const operators: Readonly<Partial<Record<BinaryOp, Operator>>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  // Loki answers NaN, not infinity, when the divisor is zero.
  '/': (a, b) => (b === 0 ? Number.NaN : a / b),
  '%': (a, b) => (b === 0 ? Number.NaN : a % b),
  '^': power,
  '==': (a, b) => (a === b ? 1 : 0),
  '!=': (a, b) => (a === b ? 0 : 1),
  '>': (a, b) => (a > b ? 1 : 0),
  '>=': (a, b) => (a >= b ? 1 : 0),
  '<': (a, b) => (a < b ? 1 : 0),
  '<=': (a, b) => (a <= b ? 1 : 0),
};

/** Applies an operator that is not a set operator (`and`, `or`, `unless` have no meaning on numbers and yield NaN). */
export function applyOperator(op: BinaryOp, left: number, right: number): number {
  return operators[op]?.(left, right) ?? Number.NaN;
}

/** Is it one of the six that compare? */
export function isComparison(op: BinaryOp): boolean {
  return op === '==' || op === '!=' || op === '>' || op === '>=' || op === '<' || op === '<=';
}

// Go's math.Pow says 1 where JavaScript says NaN.
function power(base: number, exponent: number): number {
  if (base === 1 || (base === -1 && Math.abs(exponent) === Number.POSITIVE_INFINITY)) return 1;
  return base ** exponent;
}
