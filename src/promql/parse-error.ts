// Refusals of a PromQL text: our own words with place and expectation, and beside them the exact text of Prometheus.
import { QueryError, type QueryErrorKind } from '../errors/query-error.ts';
import type { Span } from './ast.ts';

export interface Refusal extends Partial<Span> {
  readonly kind: QueryErrorKind;
  /** What Prometheus says behind `parse error: `. */
  readonly message: string;
  readonly expected?: readonly string[];
  readonly suggestion?: string;
}

/** Makes the error for a text that does not parse or has the wrong types. */
export function refuse(query: string, refusal: Refusal): QueryError {
  const { kind, message, start = 0, end, expected, suggestion } = refusal;
  return new QueryError({
    language: 'promql',
    kind,
    message,
    serverText: `${describePlace(query, start)}: parse error: ${message}`,
    query,
    start,
    ...(end === undefined ? {} : { end }),
    ...(expected === undefined ? {} : { expected }),
    ...(suggestion === undefined ? {} : { suggestion }),
    httpStatus: 400,
    errorType: 'bad_data',
  });
}

/** `line:column` of an offset, with columns in bytes as Prometheus counts them. */
export function describePlace(query: string, start: number): string {
  if (query === '') return 'unknown position';
  const before = query.slice(0, start);
  const lastBreak = before.lastIndexOf('\n');
  const line = before.split('\n').length;
  return `${line}:${Buffer.byteLength(before.slice(lastBreak + 1)) + 1}`;
}
