// Does a question to a shared server carry the matcher of one stack, everywhere it reads telemetry? The cluster of the
// tests asks this of every question that reaches it. It goes by the languages' trees, not by the code that narrows them.
import type { Matcher as LogMatcher } from '../../src/logql/ast.ts';
import { parseOnly } from '../../src/logql/parser.ts';
import { listSelectors } from '../../src/promql/ast.ts';
import { parsePromql, parseSelector } from '../../src/promql/parser.ts';
import { parseTraceql } from '../../src/traceql/parser.ts';
import { type AnyNode, findOpenFilters } from './open-filters.ts';

export type Role = 'loki' | 'prometheus' | 'tempo';

interface NamedMatcher {
  readonly name: string;
  readonly type: string;
  readonly value: string;
}

/** What is wrong with the question; undefined if it is confined to a stack, or tells nothing about telemetry. */
export function findUnconfined(role: Role, path: string, parameters: URLSearchParams): string | undefined {
  if (harmless.test(path)) return undefined;
  return judges[role](path, parameters) ? undefined : `${role} was asked about everybody: ${path}?${parameters}`;
}

const harmless = /\/(?:ready|-\/ready|-\/healthy|format_query|parse_query|buildinfo|echo)$/;

const judges: Readonly<Record<Role, (path: string, parameters: URLSearchParams) => boolean>> = {
  loki: (_path, parameters) => {
    const asked = ['query', 'match', 'match[]'].flatMap((name) => parameters.getAll(name));
    return asked.length > 0 && asked.every((text) => listLogMatchers(parseOnly(text)).every(isConfined));
  },
  prometheus: (_path, parameters) => {
    const queries = parameters.getAll('query').map((text) => listSelectors(parsePromql(text)));
    const selectors = [...queries.flat(), ...parameters.getAll('match[]').map(parseSelector)];
    const isAsked = queries.length > 0 || parameters.has('match[]');
    return isAsked && selectors.every(({ matchers }) => isConfined(matchers));
  },
  tempo: (path, parameters) => {
    // A trace by its id has no condition: what comes back is narrowed. The names of intrinsics are in no telemetry.
    if (/\/api\/(?:v2\/)?traces\//.test(path) || parameters.get('scope') === 'intrinsic') return true;
    const query = parameters.get('q') ?? '';
    return isAboutSpanIds(query) || isTraceqlConfined(query);
  },
};

// The keeper looks for the spans that it has just sent, by their ids.
function isAboutSpanIds(query: string): boolean {
  return /^\{ span:id = "[0-9a-f]{16}"(?: \|\| span:id = "[0-9a-f]{16}")* \}$/.test(query);
}

function isTraceqlConfined(query: string): boolean {
  const stackId = /resource\.obs\.stack = "([^"]+)"/.exec(query)?.[1];
  if (stackId === undefined) return false;
  // Seen as nodes of any type: the judge does not use the types of the code it judges.
  return findOpenFilters(parseTraceql(query).pipeline as unknown as AnyNode, stackId).length === 0;
}

function isConfined(matchers: readonly NamedMatcher[]): boolean {
  return matchers.some(({ name, type, value }) => name === 'obs_stack' && type === '=' && value !== '');
}

/** The matchers of every stream selector below a node. */
export function listLogMatchers(node: unknown): LogMatcher[][] {
  if (Array.isArray(node)) return node.flatMap(listLogMatchers);
  if (typeof node !== 'object' || node === null) return [];
  const isLog = 'kind' in node && node.kind === 'log' && 'matchers' in node;
  // A node of kind `log` is a LogExpr.
  const own = isLog ? [node.matchers as LogMatcher[]] : [];
  return [...own, ...Object.values(node).flatMap(listLogMatchers)];
}
