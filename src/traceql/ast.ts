// The syntax tree of TraceQL. Nodes carry the place they came from; nothing here is simplified or typed.
import type { Static } from './values.ts';

export interface Place {
  /** Offsets in UTF-16 units of the query, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

export type AttributeScope = 'none' | 'span' | 'resource' | 'event' | 'link' | 'instrumentation';

/** What the spans themselves know, by the name Tempo prints. */
export type Intrinsic =
  | 'duration'
  | 'name'
  | 'status'
  | 'statusMessage'
  | 'kind'
  | 'parent'
  | 'rootName'
  | 'rootServiceName'
  | 'traceDuration'
  | 'nestedSetLeft'
  | 'nestedSetRight'
  | 'nestedSetParent'
  | 'trace:id'
  | 'span:id'
  | 'span:parentID'
  | 'span:childCount'
  | 'event:name'
  | 'event:timeSinceStart'
  | 'link:traceID'
  | 'link:spanID'
  | 'instrumentation:name'
  | 'instrumentation:version'
  // Not in the language; used by the evaluator to ask for what every answer shows.
  | 'spanStartTime'
  | 'traceStartTime';

/** Names one attribute or intrinsic. */
export interface AttributeRef {
  readonly scope: AttributeScope;
  /** `parent.` before it. */
  readonly parent: boolean;
  /** Attribute key, or the intrinsic's printed name. */
  readonly name: string;
  readonly intrinsic: Intrinsic | undefined;
}

export type ArithmeticOp = '+' | '-' | '*' | '/' | '%' | '^';
export type ComparisonOp = '=' | '!=' | '<' | '<=' | '>' | '>=';
export type RegexOp = '=~' | '!~';
export type BinaryOp = ArithmeticOp | ComparisonOp | RegexOp | '&&' | '||';

export type Structure = '>' | '<' | '>>' | '<<' | '~';
export type SpansetOp = '&&' | '||' | Structure | `!${Structure}` | `&${Structure}`;

/** Not in the language: what a chain of `=` or `=~` on one attribute becomes (simplify.ts). */
export type ArrayOp = 'IN' | 'NOT IN' | 'MATCH ANY' | 'MATCH NONE';

export interface Binary extends Place {
  readonly type: 'binary';
  readonly op: BinaryOp | ArrayOp;
  readonly left: FieldExpression;
  readonly right: FieldExpression;
}
export interface Unary extends Place {
  readonly type: 'unary';
  readonly op: '-' | '!';
  readonly operand: FieldExpression;
}
/** `x != nil` (exists) and `x = nil` (missing). */
export interface Existence extends Place {
  readonly type: 'exists' | 'missing';
  readonly operand: FieldExpression;
}
export interface Literal extends Place {
  readonly type: 'static';
  readonly value: Static;
}
export interface Attribute extends Place {
  readonly type: 'attribute';
  readonly ref: AttributeRef;
}
export type FieldExpression = Binary | Unary | Existence | Literal | Attribute;

export interface SpansetFilter extends Place {
  readonly type: 'filter';
  readonly expression: FieldExpression;
}
export interface SpansetOperation extends Place {
  readonly type: 'spansetOperation';
  readonly op: SpansetOp;
  readonly left: SpansetExpression;
  readonly right: SpansetExpression;
}
export type SpansetExpression = SpansetFilter | SpansetOperation | Pipeline;

export type AggregateOp = 'count' | 'avg' | 'max' | 'min' | 'sum';
export interface Aggregate extends Place {
  readonly type: 'aggregate';
  readonly op: AggregateOp;
  /** Missing for count(). */
  readonly expression: FieldExpression | undefined;
}
export interface ScalarOperation extends Place {
  readonly type: 'scalarOperation';
  readonly op: ArithmeticOp;
  readonly left: ScalarExpression;
  readonly right: ScalarExpression;
}
/** A pipeline as a scalar ends with an aggregate. */
export type ScalarExpression = Aggregate | ScalarOperation | Literal | Pipeline;

export interface ScalarFilter extends Place {
  readonly type: 'scalarFilter';
  readonly op: ComparisonOp;
  readonly left: ScalarExpression;
  readonly right: ScalarExpression;
}
export interface GroupOperation extends Place {
  readonly type: 'by';
  readonly expression: FieldExpression;
}
export interface CoalesceOperation extends Place {
  readonly type: 'coalesce';
}
export interface SelectOperation extends Place {
  readonly type: 'select';
  readonly attributes: readonly Attribute[];
}
export type PipelineElement =
  | SpansetExpression
  | ScalarFilter
  | GroupOperation
  | CoalesceOperation
  | SelectOperation
  | Aggregate;
export interface Pipeline extends Place {
  readonly type: 'pipeline';
  readonly elements: readonly PipelineElement[];
}

export type MetricsOp =
  | 'rate'
  | 'count_over_time'
  | 'min_over_time'
  | 'max_over_time'
  | 'avg_over_time'
  | 'sum_over_time'
  | 'quantile_over_time'
  | 'histogram_over_time';
export interface MetricsAggregate extends Place {
  readonly type: 'metrics';
  readonly op: MetricsOp;
  readonly attribute: Attribute | undefined;
  readonly quantiles: readonly number[];
  readonly by: readonly Attribute[];
}
export interface MetricsCompare extends Place {
  readonly type: 'compare';
  readonly filter: SpansetFilter;
  readonly topN: number;
  /** Window of the selection, nanoseconds since 1970; 0: none. */
  readonly startNs: number | bigint;
  readonly endNs: number | bigint;
}
export interface TopK extends Place {
  readonly type: 'topk' | 'bottomk';
  readonly limit: number;
}
export interface MetricsFilter extends Place {
  readonly type: 'metricsFilter';
  readonly op: ComparisonOp;
  /** Durations in seconds. */
  readonly value: number;
}
export type SecondStage = TopK | MetricsFilter;

export interface Hint extends Place {
  readonly name: string;
  readonly value: Static;
}

export interface Query {
  /** Its only element is the scalar filter or spanset expression when the query is one of those. */
  readonly pipeline: Pipeline;
  readonly metrics: MetricsAggregate | MetricsCompare | undefined;
  readonly secondStages: readonly SecondStage[];
  /** Undefined: no `with`. */
  readonly hints: readonly Hint[] | undefined;
}
