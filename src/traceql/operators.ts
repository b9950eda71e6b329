// What the operators of field expressions do to two values. One place for constants, filters and groups alike.
import { compileRe2, type Re2 } from '../std/re2.ts';
import type * as ast from './ast.ts';
import { makeExecutionError } from './errors.ts';
import {
  compareText,
  equals,
  goTypeNames,
  isArray,
  isMatchingElement,
  isMatchingOperand,
  isOperatorValid,
  nil,
  no,
  type Static,
  toFloat,
} from './values.ts';

/** Compiled patterns of one query, by text. */
export type RegexCache = Map<string, Re2>;

type Operator = ast.BinaryOp | ast.ArrayOp;

const elementOps: Readonly<Record<ast.ArrayOp, ast.BinaryOp>> = {
  IN: '=',
  'NOT IN': '!=',
  'MATCH ANY': '=~',
  'MATCH NONE': '!~',
};

const flipped: Partial<Record<Operator, ast.BinaryOp>> = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' };

/**
 * Applies an operator. Values that do not go together give false, as in Tempo.
 * @throws QueryError of kind execution on division by zero and on arithmetic with arrays
 */
export function applyBinary(op: Operator, left: Static, right: Static, regexes: RegexCache): Static {
  const elementOp = elementOps[op as ast.ArrayOp];
  if (elementOp) return applyToElements(elementOp, { array: right, scalar: left, arrayFirst: false }, regexes);
  const plain = op as ast.BinaryOp; // the four array operators were handled above
  if (!isMatchingOperand(left.type, right.type)) return no;
  if (!isOperatorValid(plain, left.type) || !isOperatorValid(plain, right.type)) return no;
  if (isMatchingElement(left.type, right.type)) return applyToArray(plain, left, right, regexes);
  return applyScalar(plain, left, right, regexes);
}

function applyToArray(op: ast.BinaryOp, left: Static, right: Static, regexes: RegexCache): Static {
  if (arithmetic[op]) throw makeExecutionError('unsupported operation');
  if (isArray(left.type) && isArray(right.type))
    throw makeExecutionError('array operators must consist of a scalar and an array operand');
  if (!isArray(left.type)) return applyToElements(op, { array: right, scalar: left, arrayFirst: false }, regexes);
  const isRegex = op === '=~' || op === '!~';
  return applyToElements(flipped[op] ?? op, { array: left, scalar: right, arrayFirst: isRegex }, regexes);
}

interface ArrayOperands {
  readonly array: Static;
  readonly scalar: Static;
  /** The pattern of a regex must stay on the right. */
  readonly arrayFirst: boolean;
}

// `!=` and `!~` must hold for all elements, everything else for one.
function applyToElements(op: ast.BinaryOp, { array, scalar, arrayFirst }: ArrayOperands, regexes: RegexCache): Static {
  const holds = (element: Static) => {
    const result = arrayFirst ? applyBinary(op, element, scalar, regexes) : applyBinary(op, scalar, element, regexes);
    return result.type === 'boolean' && result.value;
  };
  const elements = listElements(array);
  const value = op === '!=' || op === '!~' ? elements.every(holds) : elements.some(holds);
  return { type: 'boolean', value };
}

/** The elements of an array; a scalar is its own only element. */
export function listElements(value: Static): Static[] {
  switch (value.type) {
    case 'strings':
      return value.value.map((v) => ({ type: 'string', value: v }));
    case 'ints':
      return value.value.map((v) => ({ type: 'int', value: v }));
    case 'floats':
      return value.value.map((v) => ({ type: 'float', value: v }));
    case 'booleans':
      return value.value.map((v) => ({ type: 'boolean', value: v }));
    default:
      return [value];
  }
}

function applyScalar(op: ast.BinaryOp, left: Static, right: Static, regexes: RegexCache): Static {
  if (op === '&&' || op === '||') return applyLogic(op, left, right);
  if (op === '=') return boolean(equals(left, right));
  if (op === '!=') return boolean(left.type !== 'nil' && right.type !== 'nil' && !equals(left, right));
  if (op === '=~' || op === '!~') return boolean(matches(left, right, regexes) === (op === '=~'));
  const calculate = arithmetic[op];
  if (calculate)
    return left.type === 'int' && right.type === 'int'
      ? applyInt(op, left.value, right.value)
      : float(calculate(toFloat(left), toFloat(right)));
  const order = orders[op];
  if (order === undefined) return nil;
  if (left.type === 'string' && right.type === 'string') return boolean(order(compareText(left.value, right.value), 0));
  if (left.type === 'int' && right.type === 'int') return boolean(order(left.value, right.value));
  return boolean(order(toFloat(left), toFloat(right)));
}

function applyLogic(op: '&&' | '||', left: Static, right: Static): Static {
  if (left.type !== 'boolean' || right.type !== 'boolean') return no;
  return boolean(op === '&&' ? left.value && right.value : left.value || right.value);
}

function matches(text: Static, pattern: Static, regexes: RegexCache): boolean {
  if (text.type !== 'string' || pattern.type !== 'string') return false;
  let regex = regexes.get(pattern.value);
  if (regex === undefined) {
    regex = compileRe2(pattern.value, { anchored: true });
    regexes.set(pattern.value, regex);
  }
  return regex.test(text.value);
}

type Ordering = (a: number | bigint, b: number | bigint) => boolean;

const orders: Partial<Record<ast.BinaryOp, Ordering>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
};

const arithmetic: Partial<Record<ast.BinaryOp, (a: number, b: number) => number>> = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
};

// 64-bit integers that wrap; `^` takes its operands the wrong way round, as Tempo does.
function applyInt(op: ast.BinaryOp, left: number | bigint, right: number | bigint): Static {
  const a = BigInt(left);
  const b = BigInt(right);
  if (op === '^') return int(BigInt(saturate(Number(right) ** Number(left))));
  if (b === 0n && op === '/') throw makeExecutionError('division by zero');
  if (b === 0n && op === '%') throw makeExecutionError('modulo by zero');
  if (op === '+') return int(a + b);
  if (op === '-') return int(a - b);
  if (op === '*') return int(a * b);
  return int(op === '/' ? a / b : a % b);
}

// Go's conversion of a float beyond 64 bits.
function saturate(value: number): bigint {
  return Number.isFinite(value) && Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : -(1n << 63n);
}

function int(value: bigint): Static {
  const wrapped = BigInt.asIntN(64, value);
  const small = Number(wrapped);
  return { type: 'int', value: Number.isSafeInteger(small) ? small : wrapped };
}

function float(value: number): Static {
  return { type: 'float', value };
}

function boolean(value: boolean): Static {
  return { type: 'boolean', value };
}

/** `-x` and `!x`. @throws QueryError of kind execution if the value is not of the right type */
export function applyUnary(op: '-' | '!', value: Static, describe: () => string): Static {
  if (op === '!') {
    if (value.type === 'boolean') return boolean(!value.value);
    throw makeExecutionError(`expression (${describe()}) expected a boolean, but got ${goTypeNames[value.type]}`);
  }
  if (value.type === 'int') return int(-BigInt(value.value));
  if (value.type === 'float' || value.type === 'duration') return { type: value.type, value: -value.value };
  throw makeExecutionError(`expression (${describe()}) expected a numeric, but got ${goTypeNames[value.type]}`);
}

type Predicate = (value: Static) => boolean;

/** `value op operand` as a test, for the many values of a column; the same answers as applyBinary, without its detours. */
export function makeComparison(op: Operator, operand: Static, regexes: RegexCache): Predicate {
  const general: Predicate = (value) => {
    const result = applyBinary(op, value, operand, regexes);
    return result.type === 'boolean' && result.value;
  };
  const order = orders[op as ast.BinaryOp];
  if (operand.type === 'string' && (op === '=' || op === '!=')) {
    const wanted = op === '=';
    return (value) => (value.type === 'string' ? (value.value === operand.value) === wanted : general(value));
  }
  if ((operand.type === 'int' || operand.type === 'float' || operand.type === 'duration') && order) {
    const { value: limit } = operand;
    return (value) => (isPlainNumber(value) ? order(value.value, limit) : general(value));
  }
  return general;
}

function isPlainNumber(value: Static): value is Extract<Static, { type: 'int' | 'float' | 'duration' }> {
  return value.type === 'int' || value.type === 'float' || value.type === 'duration';
}
