// format_query: a query in Loki's own layout.
import { QueryError } from '../../../errors/query-error.ts';
import { parseOnly } from '../../../logql/parser.ts';
import { printPretty } from '../../../logql/print-pretty.ts';
import type { ApiRequest, ApiResponse } from '../../http/types.ts';
import { json } from './query.ts';

/** Refusals of this endpoint are JSON, unlike those of all others. */
export function formatQuery({ query }: ApiRequest): ApiResponse {
  try {
    return json(JSON.stringify({ status: 'success', data: printPretty(parseOnly(query.get('query') ?? '')) }));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const body = JSON.stringify({ status: 'invalid-query', error: error.fields.serverText ?? error.message });
    return { ...json(body), status: 400 };
  }
}
