// The refusal of a query that yields more series than one query may.
import { QueryError } from '../errors/query-error.ts';

/** A query yields more series than it may. */
export class TooManySeries extends QueryError {}

/** Loki's text for `max_query_series`. */
export function tooManySeries(limit: number): TooManySeries {
  const text = `maximum number of series (${limit}) reached for a single query; consider reducing query cardinality by adding more specific stream selectors, reducing the time range, or aggregating results with functions like sum, count or topk`;
  return new TooManySeries({ language: 'logql', kind: 'execution', message: text, serverText: text, httpStatus: 400 });
}
