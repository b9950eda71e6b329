// The tree of one trace as nested-set bounds, which make "is below", "is a child of" and "is a sibling of" comparisons of
// numbers. Spans that no root leads to get no bounds, so structural operators never match them.
import type { SpanColumns } from '../../../traceql/source.ts';

const client = 3;
const server = 2;
const rootParent = -1;
// With three spans of one id nobody knows who is whose child; such a trace gets no bounds at all.
const maxSameId = 2;

type Finder = (high: number, low: number) => readonly number[];

/** Children of each span of a trace as chains of positions in the trace. */
interface Chains {
  readonly firstChild: Int32Array;
  readonly lastChild: Int32Array;
  readonly nextSibling: Int32Array;
}

/** Writes left, right and parent of all `rows` of a trace. `find` gives the rows with a span id in this trace. */
export function assignNestedSets(rows: readonly number[], spans: SpanColumns, find: Finder): void {
  for (const row of rows) {
    spans.left[row] = 0;
    spans.right[row] = 0;
    spans.parent[row] = 0;
  }
  const roots = rows.filter((row) => spans.hasParent[row] === 0);
  if (roots.length === 0) return;
  const position = new Map(rows.map((row, i) => [row, i]));
  const chains = chainChildren(rows, spans, { find, position });
  if (!chains) return;
  let bound = 1;
  for (const root of roots) bound = walk(root, bound, { rows, position, chains, spans });
}

// Undefined if the ids of the trace are of no use.
function chainChildren(
  rows: readonly number[],
  spans: SpanColumns,
  { find, position }: { readonly find: Finder; readonly position: ReadonlyMap<number, number> },
): Chains | undefined {
  const make = () => new Int32Array(rows.length).fill(-1);
  const chains: Chains = { firstChild: make(), lastChild: make(), nextSibling: make() };
  for (const [i, row] of rows.entries()) {
    // Columns hold every row of the trace.
    if (find(spans.idHigh[row]!, spans.idLow[row]!).length > maxSameId) return undefined;
    if (spans.hasParent[row] === 0) continue;
    const parentRow = chooseParent(row, spans, find(spans.parentHigh[row]!, spans.parentLow[row]!));
    const parent = parentRow === undefined ? undefined : position.get(parentRow);
    if (parent === undefined) continue;
    const before = chains.lastChild[parent]!; // positions are below rows.length
    if (before === -1) chains.firstChild[parent] = i;
    else chains.nextSibling[before] = i;
    chains.lastChild[parent] = i;
  }
  return chains;
}

// Zipkin's client and server share an id: the server's parent is the client, everyone else's is the server.
function chooseParent(row: number, spans: SpanColumns, candidates: readonly number[]): number | undefined {
  if (candidates.length < 2) return candidates[0];
  const wanted = spans.kind[row] === server ? client : server;
  return candidates.find((candidate) => spans.kind[candidate] === wanted);
}

interface Walk {
  readonly rows: readonly number[];
  readonly position: ReadonlyMap<number, number>;
  readonly chains: Chains;
  readonly spans: SpanColumns;
}

// Depth first without recursion: traces may be thousands of levels deep.
function walk(root: number, firstBound: number, { rows, position, chains, spans }: Walk): number {
  let bound = firstBound;
  const path: number[] = [];
  const enter = (i: number, parent: number) => {
    const row = rows[i]!; // positions are below rows.length
    spans.left[row] = bound++;
    spans.parent[row] = parent;
    path.push(i);
  };
  enter(position.get(root) ?? 0, rootParent);
  for (let next = chains.firstChild[path[0]!]!; path.length > 0; ) {
    const top = path[path.length - 1]!; // not empty, as just checked
    if (next !== -1) {
      enter(next, spans.left[rows[top]!]!);
      next = chains.firstChild[next]!;
      continue;
    }
    spans.right[rows[top]!] = bound++;
    next = chains.nextSibling[top]!;
    path.pop();
  }
  return bound;
}
