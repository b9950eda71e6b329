// TraceQL texts that come as parameters: bounded, parsed, checked, and refused in Tempo's words.
import { QueryError } from '../../../errors/query-error.ts';
import type * as ast from '../../../traceql/ast.ts';
import { parseTraceql } from '../../../traceql/parser.ts';
import { validateTraceql } from '../../../traceql/validate.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import { refuse } from './params.ts';

const maxQueryBytes = 128 * 1024;

/** Parses a query. @throws HttpRefusal 400: `prefix` and Tempo's text */
export function parseQuery(text: string, prefix: string): ast.Query {
  if (Buffer.byteLength(text) > maxQueryBytes)
    throw refuse(
      `TraceQL expression exceeds the configured maximum size of ${maxQueryBytes} bytes, reduce the query expression size or contact your system administrator`,
    );
  return inServerWords(prefix, () => parseTraceql(text));
}

/** Checks a parsed query. @throws HttpRefusal as parseQuery */
export function validateQuery(query: ast.Query, text: string, prefix: string): void {
  inServerWords(prefix, () => validateTraceql(query, text));
}

/** Runs `work`; a refused query becomes a 400 (or what the error says) with the prefix and Tempo's text. */
export function inServerWords<T>(prefix: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { serverText, message, httpStatus } = error.fields;
    throw new HttpRefusal(httpStatus ?? 400, `${prefix}${serverText ?? message}`, { cause: error });
  }
}
