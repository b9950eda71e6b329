// Bounds of buckets and quantiles as labels: one spelling in every format, as Prometheus stores them since version 3.
import { formatGoGeneral } from '../../std/go-strconv.ts';

/** `1.0`, `0.25`, `+Inf`. */
export function formatBound(value: number): string {
  const text = formatGoGeneral(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}
