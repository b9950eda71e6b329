// `q` of /api/v2/traces/<id>: of a trace only the spans that match, and if asked for, those above and below them.
// https://grafana.com/docs/tempo/latest/api_docs/#query-v2
import { QueryError } from '../../../errors/query-error.ts';
import { parseGoAtoi } from '../../../std/go-strconv.ts';
import type * as ast from '../../../traceql/ast.ts';
import { makeTraceFilter, refuseAsTraceFilter } from '../../../traceql/trace-filter.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { OpenTrace, TraceStore } from '../../store/traces/trace-store.ts';
import { readText, refuse } from './params.ts';
import { parseQuery, validateQuery } from './queries.ts';

export interface TraceFilter {
  readonly query: ast.Query;
  /** Levels of spans kept above and below each match; -1: all. */
  readonly above: number;
  readonly below: number;
}

/** What is left of a trace. */
export interface FilteredTrace {
  readonly trace: OpenTrace;
  readonly isWhole: boolean;
}

const prefix = 'invalid TraceQL filter: ';
const parsePrefix = `${prefix}failed to parse TraceQL spanset filter: `;
const all = -1;

/** The filter of a request; undefined if it has none. @throws HttpRefusal */
export function readTraceFilter(params: URLSearchParams): TraceFilter | undefined {
  const text = readText(params, 'q');
  if (text === undefined) return undefined;
  const keepsHierarchy = readBoolean(params, 'keep_hierarchy');
  const below = readLevels(params, 'match_depth', 0);
  const above = keepsHierarchy ? readLevels(params, 'ancestor_depth', all) : 0;
  const query = parseQuery(text, parsePrefix);
  validateQuery(query, text, parsePrefix);
  const problem = refuseAsTraceFilter(query);
  if (problem !== undefined) throw refuse(prefix + problem);
  return { query, above, below };
}

// As strconv.ParseBool takes them.
const booleans = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map((word) => [word, true] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map((word) => [word, false] as const),
]);

function readBoolean(params: URLSearchParams, name: string): boolean {
  const text = readText(params, name);
  if (text === undefined) return false;
  const value = booleans.get(text);
  if (value !== undefined) return value;
  throw refuse(`invalid value for ${name}: strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function readLevels(params: URLSearchParams, name: string, standard: number): number {
  const text = readText(params, name);
  if (text === undefined) return standard;
  const value = parseGoAtoi(text);
  if (typeof value === 'string')
    throw refuse(`invalid value for ${name}: strconv.Atoi: parsing ${JSON.stringify(text)}: ${value}`);
  if (value < all) throw refuse(`invalid value for ${name}: must be >= -1`);
  return value;
}

/** The trace with the spans that the filter keeps, in the groups and the order they were in. */
export function filterTrace(store: TraceStore, trace: OpenTrace, filter: TraceFilter): FilteredTrace {
  const rows = trace.groups.flatMap(({ scopes }) => scopes.flatMap((scope) => scope.rows));
  const kept = new Set(findMatches(store, rows, filter));
  const matched = [...kept];
  if (filter.above !== 0) addAbove(trace, { rows, matched, levels: filter.above }, kept);
  if (filter.below !== 0) addBelow(trace, { rows, matched, levels: filter.below }, kept);
  const groups = trace.groups.flatMap(({ resource, scopes }) => {
    const left = scopes.flatMap(({ scope, rows: own }) => {
      const ownKept = own.filter((row) => kept.has(row));
      return ownKept.length === 0 ? [] : [{ scope, rows: ownKept }];
    });
    return left.length === 0 ? [] : [{ resource, scopes: left }];
  });
  return { trace: { ...trace, groups }, isWhole: kept.size === rows.length };
}

function findMatches(store: TraceStore, rows: readonly number[], { query }: TraceFilter): readonly number[] {
  try {
    return rows.filter(makeTraceFilter(query, store.snapshot()));
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw new HttpRefusal(500, error.fields.serverText ?? error.message, { cause: error });
  }
}

interface Climb {
  readonly rows: readonly number[];
  readonly matched: readonly number[];
  readonly levels: number;
}

function addAbove({ columns: c }: OpenTrace, { rows, matched, levels }: Climb, kept: Set<number>): void {
  // Rows of an open trace are in all columns. Of spans that share an id the first one counts.
  const byId = new Map([...rows].reverse().map((row) => [keyOf(c.idHigh[row]!, c.idLow[row]!), row]));
  const parentOf = (row: number) => {
    const parent = c.hasParent[row] ? byId.get(keyOf(c.parentHigh[row]!, c.parentLow[row]!)) : undefined; // as above
    return parent === undefined ? [] : [parent];
  };
  for (const row of walkLevels(matched, levels, parentOf)) kept.add(row);
}

function addBelow({ columns: c }: OpenTrace, { rows, matched, levels }: Climb, kept: Set<number>): void {
  const byParent = new Map<string, number[]>();
  for (const row of rows) {
    if (!c.hasParent[row]) continue;
    const parent = keyOf(c.parentHigh[row]!, c.parentLow[row]!); // as above
    const siblings = byParent.get(parent) ?? [];
    siblings.push(row);
    byParent.set(parent, siblings);
  }
  const childrenOf = (row: number) => byParent.get(keyOf(c.idHigh[row]!, c.idLow[row]!)) ?? []; // as above
  for (const row of walkLevels(matched, levels, childrenOf)) kept.add(row);
}

function keyOf(high: number, low: number): string {
  return `${high}:${low}`;
}

/** All that is reached within so many levels (-1: any number); breadth first, so each is met where it is nearest. */
function walkLevels(from: readonly number[], levels: number, next: (row: number) => readonly number[]): Set<number> {
  const met = new Set<number>(from);
  let level: readonly number[] = from;
  for (let left = levels; left !== 0 && level.length > 0; left--) {
    const further: number[] = [];
    for (const row of level) {
      for (const reached of next(row)) {
        if (met.has(reached)) continue;
        met.add(reached);
        further.push(reached);
      }
    }
    level = further;
  }
  return met;
}
