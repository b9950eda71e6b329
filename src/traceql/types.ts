// Types of expressions before they are run, and the checks that rest on them alone.
import type { QueryError } from '../errors/query-error.ts';
import { compileRe2 } from '../std/re2.ts';
import type * as ast from './ast.ts';
import { makeInvalid } from './errors.ts';
import { printAsServer } from './print.ts';
import { isMatchingOperand, isNumeric, isOperatorValid, type StaticType } from './values.ts';

const intrinsicTypes: Partial<Record<ast.Intrinsic, StaticType>> = {
  duration: 'duration',
  'span:childCount': 'int',
  name: 'string',
  status: 'status',
  statusMessage: 'string',
  kind: 'kind',
  'event:name': 'string',
  'event:timeSinceStart': 'duration',
  'link:traceID': 'string',
  'link:spanID': 'string',
  parent: 'nil',
  traceDuration: 'duration',
  rootServiceName: 'string',
  rootName: 'string',
  nestedSetLeft: 'int',
  nestedSetRight: 'int',
  nestedSetParent: 'int',
  'trace:id': 'string',
  'span:id': 'string',
  'span:parentID': 'string',
};

const arithmeticOps: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^']);

/** The type an expression will have; `attribute` if only the data can tell. */
export function impliedType(node: ast.FieldExpression | ast.ScalarExpression): StaticType {
  switch (node.type) {
    case 'static':
      return node.value.type;
    case 'attribute':
      return node.ref.intrinsic ? (intrinsicTypes[node.ref.intrinsic] ?? 'attribute') : 'attribute';
    case 'exists':
    case 'missing':
      return 'boolean';
    case 'unary':
      return impliedType(node.operand);
    case 'aggregate':
      return node.expression && node.op !== 'count' ? impliedType(node.expression) : 'int';
    case 'pipeline': {
      const last = node.elements.at(-1);
      return last?.type === 'aggregate' ? impliedType(last) : 'spanset';
    }
    default: {
      if (!arithmeticOps.has(node.op)) return 'boolean';
      const left = impliedType(node.left);
      return left === 'attribute' ? impliedType(node.right) : left;
    }
  }
}

/** Does the expression depend on the span at all? */
export function referencesSpan(node: ast.FieldExpression): boolean {
  if (node.type === 'binary') return referencesSpan(node.left) || referencesSpan(node.right);
  return node.type === 'attribute' || ('operand' in node && referencesSpan(node.operand));
}

/** Why an expression is refused; undefined if it is fine. */
export function validateExpression(node: ast.FieldExpression, query: string): QueryError | undefined {
  if (node.type === 'static') return undefined;
  if (node.type === 'attribute') return validateAttribute(node, query);
  if (node.type === 'binary') return validateBinary(node, query);
  return validateExpression(node.operand, query) ?? validateOperand(node, query);
}

/** Are the operands of this one node of the right types? Used where only that matters (constants). */
export function isOperatorTypeValid(node: ast.FieldExpression): boolean {
  return node.type !== 'unary' || isUnaryValid(node.op, impliedType(node.operand));
}

function validateAttribute(node: ast.Attribute, query: string): QueryError | undefined {
  const { parent, intrinsic } = node.ref;
  if (!parent && intrinsic !== 'parent') return undefined;
  const what = parent ? 'parent' : 'intrinsic (parent)';
  return makeInvalid(query, node, {
    message: `Tempo takes ${what} for a word and answers no query with it; { … } > { … } speaks of the parent span`,
    serverText: `${what} not yet supported`,
  });
}

function validateBinary(node: ast.Binary, query: string): QueryError | undefined {
  const inner = validateExpression(node.left, query) ?? validateExpression(node.right, query);
  if (inner) return inner;
  const left = impliedType(node.left);
  const right = impliedType(node.right);
  const text = printAsServer(node);
  if (!isMatchingOperand(left, right))
    return makeInvalid(query, node, {
      message: `${text} compares ${describeType(left)} with ${describeType(right)}`,
      serverText: `binary operations must operate on the same type: ${text}`,
    });
  if (!isOperatorValid(node.op, left) || !isOperatorValid(node.op, right))
    return makeInvalid(query, node, {
      message: `${node.op} does not work on ${describeType(isOperatorValid(node.op, left) ? right : left)}: ${text}`,
      serverText: `illegal operation for the given types: ${text}`,
    });
  return node.op === '=~' || node.op === '!~' ? validateRegex(node, query) : undefined;
}

function validateRegex(node: ast.Binary, query: string): QueryError | undefined {
  const { right } = node;
  if (right.type !== 'static' || right.value.type !== 'string')
    return makeInvalid(query, right, {
      message: `the right side of ${node.op} must be a string`,
      serverText: `invalid type for =~ or !~: ${printAsServer(right)}`,
    });
  try {
    compileRe2(right.value.value);
    return undefined;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return makeInvalid(query, right, {
      message: `this is no regular expression (RE2 syntax): ${reason}`,
      serverText: `invalid regex: ${printAsServer(right)}`,
    });
  }
}

function validateOperand(node: ast.Unary | ast.Existence, query: string): QueryError | undefined {
  if (node.type === 'missing' && node.operand.type === 'attribute') {
    const { ref } = node.operand;
    const isServiceName = ref.scope === 'resource' && ref.name === 'service.name';
    if (ref.intrinsic || isServiceName) {
      const text = printAsServer(node.operand);
      const reason = ref.intrinsic ? 'intrinsics cannot be nil' : `${text} cannot be nil`;
      const message = `${text}=nil is not valid because ${reason}`;
      return makeInvalid(query, node, { message, serverText: message });
    }
  }
  if (node.type !== 'unary') return undefined;
  const type = impliedType(node.operand);
  if (type === 'attribute' || isUnaryValid(node.op, type)) return undefined;
  const text = printAsServer(node);
  return makeInvalid(query, node, {
    message: `${node.op} does not work on ${describeType(type)}: ${text}`,
    serverText: `illegal operation for the given type: ${text}`,
  });
}

function isUnaryValid(op: '-' | '!', type: StaticType): boolean {
  return type === 'attribute' || (op === '-' ? isNumeric(type) : type === 'boolean');
}

const typeWords: Partial<Record<StaticType, string>> = {
  int: 'a whole number',
  float: 'a number',
  string: 'a string',
  boolean: 'true or false',
  duration: 'a duration',
  status: 'a status (error, ok, unset)',
  kind: 'a kind (server, client, …)',
  nil: 'nil',
  spanset: 'a set of spans',
};

/** A type in words, for messages. */
export function describeType(type: StaticType): string {
  return typeWords[type] ?? type;
}
