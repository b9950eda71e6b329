// The syntax tree of LogQL. Nodes carry `start` and `end` (offsets into the query) so that any later refusal can point
// at its place; nothing but positions is lost between text and tree. https://grafana.com/docs/loki/latest/query/

export interface Place {
  readonly start: number;
  readonly end: number;
}

export type MatchType = '=' | '!=' | '=~' | '!~';

/** `name="value"`, in selectors, label filters, drop and keep. */
export interface Matcher extends Place {
  readonly name: string;
  readonly type: MatchType;
  readonly value: string;
}

export type LineFilterType = '|=' | '!=' | '|~' | '!~' | '|>' | '!>';

/** One alternative of a line filter; `ip` says that the text is an argument of `ip()`. */
export interface LineFilterTerm {
  readonly text: string;
  readonly ip: boolean;
}

export interface LineFilterStage extends Place {
  readonly kind: 'line_filter';
  readonly type: LineFilterType;
  /** The first one, then those after `or`. */
  readonly terms: readonly LineFilterTerm[];
}

/** `label="expression"` of json and logfmt, or a bare `label`, which is its own expression. */
export interface LabelExtraction {
  readonly label: string;
  readonly expression: string;
}

export interface JsonStage extends Place {
  readonly kind: 'json';
  readonly extractions: readonly LabelExtraction[];
}

export interface LogfmtStage extends Place {
  readonly kind: 'logfmt';
  readonly strict: boolean;
  readonly keepEmpty: boolean;
  readonly extractions: readonly LabelExtraction[];
}

export interface RegexpStage extends Place {
  readonly kind: 'regexp';
  readonly pattern: string;
}

export interface PatternStage extends Place {
  readonly kind: 'pattern';
  readonly pattern: string;
}

export interface UnpackStage extends Place {
  readonly kind: 'unpack';
}

export type Comparison = '==' | '!=' | '>' | '>=' | '<' | '<=';

export type LabelFilter =
  | (Place & { readonly kind: 'string'; readonly matcher: Matcher })
  | (Place & { readonly kind: 'number'; readonly name: string; readonly op: Comparison; readonly value: number })
  /** Value in nanoseconds. */
  | (Place & { readonly kind: 'duration'; readonly name: string; readonly op: Comparison; readonly value: number })
  /** Value in bytes. */
  | (Place & { readonly kind: 'bytes'; readonly name: string; readonly op: Comparison; readonly value: number })
  | (Place & { readonly kind: 'ip'; readonly name: string; readonly op: '=' | '!='; readonly pattern: string })
  | (Place & { readonly kind: 'and'; readonly left: LabelFilter; readonly right: LabelFilter })
  | (Place & { readonly kind: 'or'; readonly left: LabelFilter; readonly right: LabelFilter });

export interface LabelFilterStage extends Place {
  readonly kind: 'label_filter';
  readonly filter: LabelFilter;
}

export interface LineFormatStage extends Place {
  readonly kind: 'line_format';
  readonly template: string;
}

/** `to=from` renames, `to="template"` computes. */
export type LabelFormat =
  | { readonly to: string; readonly from: string; readonly template?: never }
  | { readonly to: string; readonly template: string; readonly from?: never };

export interface LabelFormatStage extends Place {
  readonly kind: 'label_format';
  readonly formats: readonly LabelFormat[];
}

/** A bare name, or a matcher on it, in drop and keep. */
export interface NamedMatcher {
  readonly name: string;
  readonly matcher?: Matcher;
}

export interface DropStage extends Place {
  readonly kind: 'drop';
  readonly names: readonly NamedMatcher[];
}

export interface KeepStage extends Place {
  readonly kind: 'keep';
  readonly names: readonly NamedMatcher[];
}

export interface DecolorizeStage extends Place {
  readonly kind: 'decolorize';
}

export type StageExpr =
  | LineFilterStage
  | JsonStage
  | LogfmtStage
  | RegexpStage
  | PatternStage
  | UnpackStage
  | LabelFilterStage
  | LineFormatStage
  | LabelFormatStage
  | DropStage
  | KeepStage
  | DecolorizeStage;

/** A stream selector and the stages that its lines go through. */
export interface LogExpr extends Place {
  readonly kind: 'log';
  readonly matchers: readonly Matcher[];
  readonly stages: readonly StageExpr[];
}

export type UnwrapConversion = 'bytes' | 'duration' | 'duration_seconds';

export interface Unwrap extends Place {
  readonly label: string;
  readonly conversion?: UnwrapConversion;
  readonly postFilters: readonly LabelFilter[];
}

/** `{…} | … | unwrap x [5m] offset 1m`; times in nanoseconds. */
export interface LogRange extends Place {
  readonly log: LogExpr;
  readonly rangeNs: number;
  readonly offsetNs: number;
  readonly unwrap?: Unwrap;
}

export interface Grouping {
  readonly without: boolean;
  readonly labels: readonly string[];
}

export const rangeOps = [
  'rate',
  'rate_counter',
  'count_over_time',
  'bytes_over_time',
  'bytes_rate',
  'avg_over_time',
  'sum_over_time',
  'min_over_time',
  'max_over_time',
  'stdvar_over_time',
  'stddev_over_time',
  'quantile_over_time',
  'first_over_time',
  'last_over_time',
  'absent_over_time',
] as const;
export type RangeOp = (typeof rangeOps)[number];

export const vectorOps = [
  'sum',
  'avg',
  'count',
  'max',
  'min',
  'stddev',
  'stdvar',
  'bottomk',
  'topk',
  'approx_topk',
  'sort',
  'sort_desc',
] as const;
export type VectorOp = (typeof vectorOps)[number];

export const binaryOps = [
  'or',
  'and',
  'unless',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
  '==',
  '!=',
  '>',
  '>=',
  '<',
  '<=',
] as const;
export type BinaryOp = (typeof binaryOps)[number];

export interface RangeAggregation extends Place {
  readonly kind: 'range_aggregation';
  readonly op: RangeOp;
  readonly parameter?: number;
  readonly range: LogRange;
  readonly grouping?: Grouping;
}

export interface VectorAggregation extends Place {
  readonly kind: 'vector_aggregation';
  readonly op: VectorOp;
  readonly parameter?: number;
  readonly inner: MetricExpr;
  readonly grouping?: Grouping;
}

export interface VectorMatching {
  readonly on: boolean;
  readonly labels: readonly string[];
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many';
  readonly include: readonly string[];
}

export interface BinaryExpr extends Place {
  readonly kind: 'binary';
  readonly op: BinaryOp;
  readonly returnBool: boolean;
  /** Absent: match on all labels. */
  readonly matching?: VectorMatching;
  readonly left: MetricExpr;
  readonly right: MetricExpr;
}

export interface LiteralExpr extends Place {
  readonly kind: 'literal';
  readonly value: number;
}

export interface VectorExpr extends Place {
  readonly kind: 'vector';
  readonly value: number;
}

export interface LabelReplaceExpr extends Place {
  readonly kind: 'label_replace';
  readonly inner: MetricExpr;
  readonly target: string;
  readonly replacement: string;
  readonly source: string;
  readonly pattern: string;
}

export type MetricExpr =
  | RangeAggregation
  | VectorAggregation
  | BinaryExpr
  | LiteralExpr
  | VectorExpr
  | LabelReplaceExpr;

/** Several aggregations over one range; refused by the servers we imitate unless switched on, so only parsed. */
export interface VariantsExpr extends Place {
  readonly kind: 'variants';
  readonly metrics: readonly MetricExpr[];
  readonly range: LogRange;
}

export type Expr = LogExpr | MetricExpr | VariantsExpr;
