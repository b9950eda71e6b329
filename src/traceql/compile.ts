// Turns field expressions into functions of a row. Comparisons of attributes with constants, by far the most common, are
// worked out over columns (column-filter.ts); everything else row by row.
import type * as ast from './ast.ts';
import {
  type Narrow,
  narrowByBoth,
  narrowByComparison,
  narrowByConstant,
  narrowByEither,
  type RowTest,
  testByBlock,
} from './column-filter.ts';
import type { Field } from './fields.ts';
import type { Question } from './id-verdicts.ts';
import type { Room } from './kernels/room.ts';
import { applyBinary, applyUnary, makeComparison, type RegexCache } from './operators.ts';
import { printAsServer } from './print.ts';
import type { TraceSource } from './source.ts';
import { impliedType } from './types.ts';
import { absentMark, equals, nil, no, type Static, yes } from './values.ts';

export type RowValue = (row: number) => Static;

/** What expressions are compiled against. */
export interface CompileContext {
  readonly source: TraceSource;
  readonly regexes: RegexCache;
  /** Where columns are walked. */
  readonly room: Room;
  readonly field: (ref: ast.AttributeRef) => Field;
}

/** The expression as a filter: does it resolve to true? May throw a QueryError of kind execution. */
export function compileTest(node: ast.FieldExpression, context: CompileContext): RowTest {
  const narrow = compileColumns(node, context);
  if (narrow) return testByBlock(narrow, context.room, context.source.spans.count);
  if (node.type === 'binary') return compileBinaryTest(node, context);
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

// Undefined for what has no columns, or may fail for a row that nobody asks about.
function compileColumns(node: ast.FieldExpression, context: CompileContext): Narrow | undefined {
  if (node.type === 'static') return narrowByConstant(node.value.type === 'boolean' && node.value.value, context.room);
  if (node.type === 'exists' || node.type === 'missing') return compileExistence(node, context);
  if (node.type !== 'binary') return undefined;
  const { left, right, op } = node;
  if (op === '&&' || op === '||') {
    if (!isSurelyBoolean(left) || !isSurelyBoolean(right)) return undefined;
    const first = compileColumns(left, context);
    const second = first && compileColumns(right, context);
    if (!first || !second) return undefined;
    return op === '&&' ? narrowByBoth(first, second) : narrowByEither(first, second, context.room);
  }
  const { regexes } = context;
  if (left.type === 'attribute' && right.type === 'static') {
    const { value: operand } = right;
    return compileLeaf(left, { holds: makeComparison(op, operand, regexes), comparison: { op, operand } }, context);
  }
  if (left.type !== 'static' || right.type !== 'attribute' || mayThrow(node)) return undefined;
  const { value: operand } = left;
  const holds = (value: Static) => isTrue(applyBinary(op, operand, value, regexes));
  return compileLeaf(right, { holds, comparison: undefined }, context);
}

function compileExistence({ type, operand }: ast.Existence, context: CompileContext): Narrow | undefined {
  if (operand.type !== 'attribute') return undefined;
  const holds = (value: Static) => (type === 'exists' ? value.type !== 'nil' : equals(value, absentMark));
  return compileLeaf(operand, { holds, comparison: { op: type, operand: undefined } }, context);
}

function compileLeaf({ ref }: ast.Attribute, question: Question, context: CompileContext): Narrow | undefined {
  return narrowByComparison(ref, context.field(ref), question, context);
}

function compileBinaryTest(node: ast.Binary, context: CompileContext): RowTest {
  const { left, right, op } = node;
  if (op === '&&' || op === '||') {
    if (!isSurelyBoolean(left) || !isSurelyBoolean(right)) return testOf(compileBinaryValue(node, context));
    const first = compileTest(left, context);
    const second = compileTest(right, context);
    return op === '&&' ? (row) => first(row) && second(row) : (row) => first(row) || second(row);
  }
  if (left.type !== 'attribute' || right.type !== 'static') return testOf(compileBinaryValue(node, context));
  const { get } = context.field(left.ref);
  const holds = makeComparison(op, right.value, context.regexes);
  return (row) => holds(get(row) ?? nil);
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
