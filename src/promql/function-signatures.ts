// Names and types of all functions: what the parser and validate know of them.
// https://prometheus.io/docs/prometheus/latest/querying/functions/
import type { ValueType } from './ast.ts';

/** `optional`: how many of the last arguments may be left out or, if larger, added; 'any' means at will. */
export interface Signature {
  readonly args: readonly ValueType[];
  readonly optional: number | 'any';
  readonly returns: ValueType;
}

const vector = 'vector';
const matrix = 'matrix';
const scalar = 'scalar';
const string = 'string';

const takes = (...args: ValueType[]): Signature => ({ args, optional: 0, returns: vector });
const takesUpTo = (optional: number | 'any', ...args: ValueType[]): Signature => ({ args, optional, returns: vector });
const givesScalar = (...args: ValueType[]): Signature => ({ args, optional: 0, returns: scalar });

const table = {
  abs: takes(vector),
  absent: takes(vector),
  absent_over_time: takes(matrix),
  acos: takes(vector),
  acosh: takes(vector),
  asin: takes(vector),
  asinh: takes(vector),
  atan: takes(vector),
  atanh: takes(vector),
  avg_over_time: takes(matrix),
  ceil: takes(vector),
  changes: takes(matrix),
  clamp: takes(vector, scalar, scalar),
  clamp_max: takes(vector, scalar),
  clamp_min: takes(vector, scalar),
  cos: takes(vector),
  cosh: takes(vector),
  count_over_time: takes(matrix),
  day_of_month: takesUpTo(1, vector),
  day_of_week: takesUpTo(1, vector),
  day_of_year: takesUpTo(1, vector),
  days_in_month: takesUpTo(1, vector),
  deg: takes(vector),
  delta: takes(matrix),
  deriv: takes(matrix),
  double_exponential_smoothing: takes(matrix, scalar, scalar),
  end: givesScalar(),
  exp: takes(vector),
  first_over_time: takes(matrix),
  floor: takes(vector),
  histogram_avg: takes(vector),
  histogram_count: takes(vector),
  histogram_fraction: takes(scalar, scalar, vector),
  histogram_quantile: takes(scalar, vector),
  histogram_quantiles: takesUpTo(9, vector, string, scalar, scalar),
  histogram_stddev: takes(vector),
  histogram_stdvar: takes(vector),
  histogram_sum: takes(vector),
  hour: takesUpTo(1, vector),
  idelta: takes(matrix),
  increase: takes(matrix),
  info: takesUpTo(1, vector, vector),
  irate: takes(matrix),
  label_join: takesUpTo('any', vector, string, string, string),
  label_replace: takes(vector, string, string, string, string),
  last_over_time: takes(matrix),
  ln: takes(vector),
  log10: takes(vector),
  log2: takes(vector),
  mad_over_time: takes(matrix),
  max_of: givesScalar(scalar, scalar),
  max_over_time: takes(matrix),
  min_of: givesScalar(scalar, scalar),
  min_over_time: takes(matrix),
  minute: takesUpTo(1, vector),
  month: takesUpTo(1, vector),
  pi: givesScalar(),
  predict_linear: takes(matrix, scalar),
  present_over_time: takes(matrix),
  quantile_over_time: takes(scalar, matrix),
  rad: takes(vector),
  range: givesScalar(),
  rate: takes(matrix),
  resets: takes(matrix),
  round: takesUpTo(1, vector, scalar),
  scalar: givesScalar(vector),
  sgn: takes(vector),
  sin: takes(vector),
  sinh: takes(vector),
  sort: takes(vector),
  sort_by_label: takesUpTo('any', vector, string),
  sort_by_label_desc: takesUpTo('any', vector, string),
  sort_desc: takes(vector),
  sqrt: takes(vector),
  start: givesScalar(),
  start_timestamp: takes(vector),
  stddev_over_time: takes(matrix),
  stdvar_over_time: takes(matrix),
  step: givesScalar(),
  sum_over_time: takes(matrix),
  tan: takes(vector),
  tanh: takes(vector),
  time: givesScalar(),
  timestamp: takes(vector),
  ts_of_first_over_time: takes(matrix),
  ts_of_last_over_time: takes(matrix),
  ts_of_max_over_time: takes(matrix),
  ts_of_min_over_time: takes(matrix),
  vector: takes(scalar),
  year: takesUpTo(1, vector),
} satisfies Record<string, Signature>;

export type FunctionName = keyof typeof table;

export const signatures: Readonly<Record<FunctionName, Signature>> = table;

export function isFunctionName(name: string): name is FunctionName {
  return Object.hasOwn(table, name);
}
