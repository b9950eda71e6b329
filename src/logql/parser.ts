// Text to syntax tree. Refuses with Loki's text for the API and with our own message, place and expectations for people.

import { QueryError } from '../errors/query-error.ts';
import type { Expr, LogExpr, Matcher } from './ast.ts';
import { parseExpr } from './parse-metric.ts';
import { TokenCursor } from './token-cursor.ts';
import { validate } from './validate.ts';

/** Longer queries are refused, as Loki does. */
const maxQueryChars = 131072;

/** Parses and validates a query. @throws QueryError */
export function parse(query: string): Expr {
  const expr = parseOnly(query);
  validate(query, expr);
  return expr;
}

/** Parses without the checks that need the whole query (at least one matcher, stages that compile). @throws QueryError */
export function parseOnly(query: string): Expr {
  if (query.length >= maxQueryChars) {
    const text = `input size too long (${query.length} > ${maxQueryChars})`;
    throw new QueryError({ language: 'logql', kind: 'syntax', message: text, serverText: `parse error : ${text}` });
  }
  const cursor = new TokenCursor(query);
  const expr = parseExpr(cursor);
  if (cursor.pendingPipe !== undefined || !cursor.is('$end')) throw cursor.unexpected({ hint: hintAfter(expr) });
  return expr;
}

/** Parses a bare stream selector, as the label and series endpoints take; an empty `{}` is fine. @throws QueryError */
export function parseSelectorOnly(query: string): readonly Matcher[] {
  const expr = parseOnly(query);
  if (expr.kind === 'log' && expr.stages.length === 0) return expr.matchers;
  const text = 'only label matchers are supported';
  throw new QueryError({ language: 'logql', kind: 'invalid', message: text, serverText: text, query });
}

/** Parses a query that must be a log query. @throws QueryError */
export function parseLogQuery(query: string): LogExpr {
  const expr = parse(query);
  if (expr.kind === 'log') return expr;
  const text = 'only log selector is supported';
  throw new QueryError({ language: 'logql', kind: 'invalid', message: text, serverText: text, query });
}

function hintAfter(expr: Expr): string[] {
  return expr.kind === 'log' ? ['| and a stage', 'a line filter such as |= "text"'] : ['an operator such as / or >'];
}
