// The syntax tree of PromQL. Nodes are made by the parser and are immutable from then on; prepare.ts makes changed
// copies for one evaluation. Offsets are UTF-16 units of the query text, `end` exclusive.
import type { FunctionName } from './function-signatures.ts';
import type { Matcher } from './matcher.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

export type ValueType = 'scalar' | 'string' | 'vector' | 'matrix';

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2';
export type ComparisonOperator = '==' | '!=' | '<' | '>' | '<=' | '>=';
export type TrimOperator = '</' | '>/';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | TrimOperator | SetOperator;

export type AggregationName =
  | 'sum'
  | 'avg'
  | 'count'
  | 'min'
  | 'max'
  | 'group'
  | 'stddev'
  | 'stdvar'
  | 'topk'
  | 'bottomk'
  | 'count_values'
  | 'quantile'
  | 'limitk'
  | 'limit_ratio';

export interface NumberLiteral extends Span {
  readonly type: 'number';
  readonly value: number;
  /** Written as a duration (`5m`), and printed as one. */
  readonly isDuration: boolean;
}

export interface StringLiteral extends Span {
  readonly type: 'string';
  readonly value: string;
}

export type DurationOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'step' | 'range' | 'min_of' | 'max_of';

/** Arithmetic on durations (`[5m * 2]`), evaluated before the query runs. Unary operators have no `lhs`. */
export interface DurationExpr extends Span {
  readonly type: 'duration';
  readonly op: DurationOperator;
  readonly lhs: DurationNode | undefined;
  readonly rhs: DurationNode | undefined;
  /** Stood in parentheses. */
  readonly wrapped: boolean;
}
export type DurationNode = NumberLiteral | DurationExpr;

/** `offset` and `@` of a selector or subquery. */
export interface TimeModifiers {
  /** 0 if there is none, or if `offsetExpr` says it. */
  readonly offsetMs: number;
  readonly offsetExpr: DurationExpr | undefined;
  readonly timestampMs: number | undefined;
  readonly startOrEnd: 'start' | 'end' | undefined;
}

export interface VectorSelector extends Span, TimeModifiers {
  readonly type: 'vectorSelector';
  /** The name before the braces; '' if there is none. */
  readonly name: string;
  /** All conditions, the one for `name` last. */
  readonly matchers: readonly Matcher[];
  readonly extension: 'anchored' | 'smoothed' | undefined;
}

export interface MatrixSelector extends Span {
  readonly type: 'matrixSelector';
  readonly selector: VectorSelector;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | undefined;
}

export interface Subquery extends Span, TimeModifiers {
  readonly type: 'subquery';
  readonly expr: Expr;
  readonly rangeMs: number;
  readonly rangeExpr: DurationExpr | undefined;
  /** 0: the server's default resolution. */
  readonly stepMs: number;
  readonly stepExpr: DurationExpr | undefined;
}

export interface Call extends Span {
  readonly type: 'call';
  readonly name: FunctionName;
  readonly args: readonly Expr[];
}

export interface Aggregation extends Span {
  readonly type: 'aggregation';
  readonly op: AggregationName;
  readonly expr: Expr;
  readonly param: Expr | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
}

export type Cardinality = 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';

export interface VectorMatching {
  readonly card: Cardinality;
  readonly labels: readonly string[];
  readonly on: boolean;
  readonly include: readonly string[];
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

export interface BinaryExpr extends Span {
  readonly type: 'binary';
  readonly op: BinaryOperator;
  readonly lhs: Expr;
  readonly rhs: Expr;
  /** `bool`: comparisons answer 0 or 1 instead of filtering. */
  readonly returnBool: boolean;
  /** undefined unless both sides are vectors. */
  readonly matching: VectorMatching | undefined;
}

export interface UnaryExpr extends Span {
  readonly type: 'unary';
  readonly op: '+' | '-';
  readonly expr: Expr;
}

export interface ParenExpr extends Span {
  readonly type: 'paren';
  readonly expr: Expr;
}

/** Made by prepare.ts only: the same at every step, so evaluated once. */
export interface StepInvariant extends Span {
  readonly type: 'stepInvariant';
  readonly expr: Expr;
}

export type Expr =
  | NumberLiteral
  | StringLiteral
  | VectorSelector
  | MatrixSelector
  | Subquery
  | Call
  | Aggregation
  | BinaryExpr
  | UnaryExpr
  | ParenExpr
  | StepInvariant;

/** The direct subexpressions of a node, in the order they were written (an aggregation's parameter after its vector). */
export function listChildren(node: Expr): readonly Expr[] {
  switch (node.type) {
    case 'number':
    case 'string':
    case 'vectorSelector':
      return [];
    case 'matrixSelector':
      return [node.selector];
    case 'call':
      return node.args;
    case 'aggregation':
      return node.param === undefined ? [node.expr] : [node.expr, node.param];
    case 'binary':
      return [node.lhs, node.rhs];
    default:
      return [node.expr];
  }
}

/** All vector selectors below a node, in the order they were written. */
export function listSelectors(node: Expr): VectorSelector[] {
  if (node.type === 'vectorSelector') return [node];
  return listChildren(node).flatMap(listSelectors);
}
