// What the four tag endpoints share: the window, the filter query, and the rows both leave.
import type * as ast from '../../../traceql/ast.ts';
import { type Condition, extractConditions } from '../../../traceql/conditions.ts';
import { parseTraceql } from '../../../traceql/parser.ts';
import { foldConstants } from '../../../traceql/simplify.ts';
import type { TraceSource } from '../../../traceql/source.ts';
import { validateTraceql } from '../../../traceql/validate.ts';
import { FetchView } from '../../../traceql/view.ts';
import { touchesWindow } from '../../../traceql/window.ts';
import { readText, readUint32, refuse } from './params.ts';
import { completeQuery } from './unfinished-query.ts';

const maxGroups = 100;

export interface TagWindow {
  readonly startSec: number;
  readonly endSec: number;
}

/** @throws HttpRefusal */
export function readTagWindow(params: URLSearchParams): TagWindow {
  const startSec = readUint32(params, 'start') ?? 0;
  const endSec = readUint32(params, 'end') ?? 0;
  if ((startSec !== 0 || endSec !== 0) && endSec <= startSec)
    throw refuse(`http parameter start must be before end. received start=${startSec} end=${endSec}`);
  return { startSec, endSec };
}

/** Conditions that all have to hold; of several groups one is enough. Undefined: no filter. */
export type ConditionGroups = readonly (readonly Condition[])[] | undefined;

/** The filter of a request; a query that does not help (unreadable, several spansets, a bare attribute) is no filter. */
export function readFilter(params: URLSearchParams): ConditionGroups {
  const text = readText(params, 'q');
  const filter = text === undefined ? undefined : readSpanFilter(text);
  if (!filter) return undefined;
  const groups = splitGroups(filter).map((group) => group.filter((c) => c.op !== 'any'));
  const isUseless = groups.length === 0 || groups.some((g) => g.length === 0);
  const isMingled = groups.some((g) => g.some((c) => c.ref.scope === 'none' && !c.ref.intrinsic));
  if (groups.length > maxGroups)
    throw refuse(
      `maximum condition groups reached (limit: ${maxGroups}). Reduce the number of OR conditions in the query`,
    );
  return isUseless || isMingled ? undefined : groups;
}

function readSpanFilter(text: string): ast.FieldExpression | undefined {
  for (const candidate of [text, completeQuery(text)]) {
    try {
      const query = parseTraceql(candidate);
      validateTraceql(query, candidate);
      const [first] = foldConstants(query).pipeline.elements;
      return first?.type === 'filter' ? first.expression : undefined;
    } catch {
      // Someone is still typing: the completed form is tried next, then there is no filter.
    }
  }
  return undefined;
}

// "or" multiplies groups, "and" joins them.
function splitGroups(node: ast.FieldExpression): Condition[][] {
  if (node.type === 'binary' && node.op === '||') return [...splitGroups(node.left), ...splitGroups(node.right)];
  if (node.type === 'binary' && node.op === '&&') {
    const right = splitGroups(node.right);
    return splitGroups(node.left)
      .flatMap((l) => right.map((r) => [...l, ...r]))
      .slice(0, maxGroups + 1);
  }
  return [conditionsOf(node)];
}

function conditionsOf(node: ast.FieldExpression): Condition[] {
  const filter: ast.SpansetFilter = { type: 'filter', expression: node, start: node.start, end: node.end };
  const pipeline: ast.Pipeline = { type: 'pipeline', elements: [filter], start: node.start, end: node.end };
  return [...extractConditions({ pipeline, metrics: undefined, secondStages: [], hints: undefined }).conditions];
}

/** Calls back for every span of the window that meets one of the groups. */
export function forEachRow(
  source: TraceSource,
  window: TagWindow,
  groups: ConditionGroups,
  visit: (row: number) => void,
): void {
  const regexes = new Map();
  const views = groups?.map((g) => new FetchView(source, g, { allConditions: true, treeColumns: new Set(), regexes }));
  const needsTree = views?.some((view) => view.needsTree) ?? false;
  for (let trace = 0; trace < source.traces.count; trace++) {
    if (!touchesWindow(source, trace, window)) continue;
    if (needsTree) source.prepareTree(trace);
    // Chains are of the source.
    for (let row = source.traces.firstRow[trace]!; row !== -1; row = source.spans.next[row]!)
      if (!views || views.some((view) => view.isFetched(row))) visit(row);
  }
}
