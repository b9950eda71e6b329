// The population behind a LogQL query: the lines of the services its selector names, before any filter. Zero matching
// lines mean zero only if this is not empty.
import type { Matcher } from '../../logql/ast.ts';
import { parse } from '../../logql/parser.ts';
import { findNearest } from '../../std/nearest.ts';

const serviceLabel = 'service_name';

/** Does the query select lines (and not compute a metric)? @throws QueryError */
export function selectsLines(query: string): boolean {
  return parse(query).kind === 'log';
}

/** A selector of all lines of the services that the query's own selector names. @throws QueryError */
export function findPopulationSelector(query: string): string {
  const named = matchersOf(query).filter((matcher) => matcher.name === serviceLabel);
  if (named.length === 0) return `{${serviceLabel}=~".+"}`;
  return `{${named.map((matcher) => query.slice(matcher.start, matcher.end)).join(', ')}}`;
}

/** Why the selector can match no line whatever happens: a label that no stream has; null if there is none. */
export function findUnknownLabel(query: string, known: readonly string[]): string | null {
  const matcher = matchersOf(query).find((one) => demandsLabel(one) && !known.includes(one.name));
  if (matcher === undefined) return null;
  const nearest = findNearest(matcher.name, known, 1)[0] ?? known.slice(0, 5).join(', ');
  return `no stream has the label ${matcher.name}; there is ${nearest}`;
}

function demandsLabel(matcher: Matcher): boolean {
  return (matcher.type === '=' && matcher.value !== '') || matcher.type === '=~';
}

function matchersOf(query: string): readonly Matcher[] {
  const expr = parse(query);
  return expr.kind === 'log' ? expr.matchers : [];
}
