// Turns field expressions into functions of a row. Comparisons of an attribute with a constant, by far the most common,
// are decided once per distinct value.
import type * as ast from './ast.ts';
import type { Field } from './fields.ts';
import { applyBinary, applyUnary, makeComparison, type RegexCache } from './operators.ts';
import { printAsServer } from './print.ts';
import type { TraceSource } from './source.ts';
import { impliedType } from './types.ts';
import { absentMark, equals, nil, no, type Static, toFloat, yes } from './values.ts';

export type RowTest = (row: number) => boolean;
export type RowValue = (row: number) => Static;

/** What expressions are compiled against. */
export interface CompileContext {
  readonly source: TraceSource;
  readonly regexes: RegexCache;
  readonly field: (ref: ast.AttributeRef) => Field;
}

/** The expression as a filter: does it resolve to true? May throw a QueryError of kind execution. */
export function compileTest(node: ast.FieldExpression, context: CompileContext): RowTest {
  if (node.type === 'static') {
    const holds = node.value.type === 'boolean' && node.value.value;
    return () => holds;
  }
  if (node.type === 'binary') return compileBinaryTest(node, context);
  if (node.type === 'exists' && node.operand.type === 'attribute') {
    const { get } = context.field(node.operand.ref);
    return (row) => (get(row)?.type ?? 'nil') !== 'nil';
  }
  const value = compileValue(node, context);
  return (row) => isTrue(value(row));
}

/** The expression as a value; nil where an attribute is missing. */
export function compileValue(node: ast.FieldExpression, context: CompileContext): RowValue {
  switch (node.type) {
    case 'static': {
      const { value } = node;
      return () => value;
    }
    case 'attribute': {
      const { get } = context.field(node.ref);
      return (row) => get(row) ?? nil;
    }
    case 'exists':
    case 'missing': {
      const operand = compileValue(node.operand, context);
      return node.type === 'exists'
        ? (row) => toStatic(operand(row).type !== 'nil')
        : (row) => toStatic(equals(operand(row), absentMark));
    }
    case 'unary': {
      const operand = compileValue(node.operand, context);
      const describe = () => printAsServer(node);
      return (row) => applyUnary(node.op, operand(row), describe);
    }
    default:
      return compileBinaryValue(node, context);
  }
}

/** Can running it fail for a span that should not even be looked at? */
export function mayThrow(node: ast.FieldExpression): boolean {
  if (node.type === 'unary') return true;
  if (node.type === 'binary') return node.op === '/' || node.op === '%' || mayThrow(node.left) || mayThrow(node.right);
  return 'operand' in node && mayThrow(node.operand);
}

function compileBinaryTest(node: ast.Binary, context: CompileContext): RowTest {
  const { left, right, op } = node;
  if (op === '&&' || op === '||') {
    if (!isSurelyBoolean(left) || !isSurelyBoolean(right)) return testOf(compileBinaryValue(node, context));
    const first = compileTest(left, context);
    const second = compileTest(right, context);
    return op === '&&' ? (row) => first(row) && second(row) : (row) => first(row) || second(row);
  }
  if (left.type === 'attribute' && right.type === 'static')
    return compileLeaf(
      left.ref,
      makeComparison(op, right.value, context.regexes),
      { op, operand: right.value },
      context,
    );
  if (left.type === 'static' && right.type === 'attribute') {
    const { value: operand } = left;
    return compileLeaf(
      right.ref,
      (value) => isTrue(applyBinary(op, operand, value, context.regexes)),
      undefined,
      context,
    );
  }
  return testOf(compileBinaryValue(node, context));
}

function compileBinaryValue(node: ast.Binary, { ...context }: CompileContext): RowValue {
  const { op } = node;
  const left = compileValue(node.left, context);
  const right = compileValue(node.right, context);
  const { regexes } = context;
  if (op !== '&&' && op !== '||') return (row) => applyBinary(op, left(row), right(row), regexes);
  return (row) => {
    const first = left(row);
    if (first.type === 'boolean' && first.value === (op === '||')) return first;
    return applyBinary(op, first, right(row), regexes);
  };
}

interface Comparison {
  readonly op: ast.Binary['op'];
  readonly operand: Static;
}

function compileLeaf(
  ref: ast.AttributeRef,
  holds: (value: Static) => boolean,
  comparison: Comparison | undefined,
  context: CompileContext,
): RowTest {
  const byNumber = comparison && compileDurationLeaf(ref, comparison, context.source);
  if (byNumber) return byNumber;
  const field = context.field(ref);
  const { coded } = field;
  if (coded) return compileCodedLeaf(coded, (id) => holds(coded.at(id) ?? nil));
  return (row) => holds(field.get(row) ?? nil);
}

const unknown = 0;
const isNot = 1;
const is = 2;

function compileCodedLeaf(coded: NonNullable<Field['coded']>, decide: (id: number) => boolean): RowTest {
  const { idOf } = coded;
  const verdicts = new Uint8Array(coded.size + 1);
  return (row) => {
    const slot = idOf(row) + 1;
    if (verdicts[slot] === unknown) verdicts[slot] = decide(slot - 1) ? is : isNot;
    return verdicts[slot] === is;
  };
}

type NumberTest = (value: number, operand: number) => boolean;
const numberTests: Partial<Record<string, NumberTest>> = {
  '>': (a, b) => a > b,
  '>=': (a, b) => a >= b,
  '<': (a, b) => a < b,
  '<=': (a, b) => a <= b,
  '=': (a, b) => a === b,
  '!=': (a, b) => a !== b,
};

// Durations are numbers in a column, and a comparison always sees the values it asks for itself.
function compileDurationLeaf(
  ref: ast.AttributeRef,
  { op, operand }: Comparison,
  { spans }: TraceSource,
): RowTest | undefined {
  const test = numberTests[op];
  const limit = toFloat(operand);
  if (ref.intrinsic !== 'duration' || !test || Number.isNaN(limit)) return undefined;
  const { durationNs } = spans;
  return (row) => test(durationNs[row]!, limit); // rows come from the source
}

// The operators that give true or false whatever they are given; a lone attribute may be nil.
function isSurelyBoolean(node: ast.FieldExpression): boolean {
  return node.type !== 'attribute' && node.type !== 'unary' && impliedType(node) === 'boolean';
}

function testOf(value: RowValue): RowTest {
  return (row) => isTrue(value(row));
}

function isTrue(value: Static): boolean {
  return value.type === 'boolean' && value.value;
}

function toStatic(value: boolean): Static {
  return value ? yes : no;
}
