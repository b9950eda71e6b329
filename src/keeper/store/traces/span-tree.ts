// The tree of one trace as nested-set bounds, which make "is below", "is a child of" and "is a sibling of" comparisons of
// numbers. Spans that no root leads to get no bounds, so structural operators never match them.
import type { SpanColumns } from '../../../traceql/source.ts';

const client = 3;
const server = 2;
const rootParent = -1;
// With three spans of one id nobody knows who is whose child; such a trace gets no bounds at all.
const maxSameId = 2;

type Finder = (high: number, low: number) => readonly number[];

/** Writes left, right and parent of all `rows` of a trace. `find` gives the rows with a span id in this trace. */
export function assignNestedSets(rows: readonly number[], spans: SpanColumns, find: Finder): void {
  for (const row of rows) {
    spans.left[row] = 0;
    spans.right[row] = 0;
    spans.parent[row] = 0;
  }
  const roots = rows.filter((row) => spans.hasParent[row] === 0);
  // Columns hold every row of the trace.
  if (roots.length === 0 || rows.some((row) => find(spans.idHigh[row]!, spans.idLow[row]!).length > maxSameId)) return;
  const children = groupByParent(rows, spans, find);
  let bound = 1;
  for (const root of roots) bound = walk(root, bound, children, spans);
}

function groupByParent(rows: readonly number[], spans: SpanColumns, find: Finder): Map<number, number[]> {
  const children = new Map<number, number[]>();
  for (const row of rows) {
    if (spans.hasParent[row] === 0) continue;
    const parent = chooseParent(row, spans, find(spans.parentHigh[row]!, spans.parentLow[row]!)); // row is of this trace
    if (parent === undefined) continue;
    const siblings = children.get(parent);
    if (siblings) siblings.push(row);
    else children.set(parent, [row]);
  }
  return children;
}

// Zipkin's client and server share an id: the server's parent is the client, everyone else's is the server.
function chooseParent(row: number, spans: SpanColumns, candidates: readonly number[]): number | undefined {
  if (candidates.length < 2) return candidates[0];
  const wanted = spans.kind[row] === server ? client : server;
  return candidates.find((candidate) => spans.kind[candidate] === wanted);
}

// Depth first without recursion: traces may be thousands of levels deep.
function walk(
  root: number,
  firstBound: number,
  children: ReadonlyMap<number, readonly number[]>,
  spans: SpanColumns,
): number {
  let bound = firstBound;
  spans.left[root] = bound++;
  spans.parent[root] = rootParent;
  const path = [{ row: root, nextChild: 0 }];
  for (let top = path.at(-1); top !== undefined; top = path.at(-1)) {
    const child = children.get(top.row)?.[top.nextChild++];
    if (child === undefined) {
      spans.right[top.row] = bound++;
      path.pop();
      continue;
    }
    spans.left[child] = bound++;
    spans.parent[child] = spans.left[top.row]!; // set when it was put on the path
    path.push({ row: child, nextChild: 0 });
  }
  return bound;
}
