// The structural operators: which spans of the right side stand in a relation to one of the left side. All rest on the
// nested-set columns.
import type * as ast from './ast.ts';
import type { SpanColumns } from './source.ts';

type Rows = readonly number[];
/** Does the span on the right stand in the relation to the one on the left? */
type Relation = (left: number, right: number, spans: SpanColumns) => boolean;
/** The spans of both sides that have a partner on the other. */
interface Partners {
  readonly left: Set<number>;
  readonly right: Set<number>;
}
type FindPartners = (left: Rows, right: Rows, spans: SpanColumns) => Partners;

// Up to so many pairs are compared one by one, which beats any cleverness for the traces of everyday.
const maxPairs = 1024;

/** The spans that `left op right` yields: of the right side, for the union forms (`&>>`) of both. */
export function relate(op: ast.SpansetOp, left: Rows, right: Rows, spans: SpanColumns): readonly number[] {
  const plain = op.replace(/^[!&]/, '');
  const holds = relations[plain];
  const find = finders[plain];
  if (!holds || !find || right.length === 0) return [];
  if (left.length === 0) return op.startsWith('!') ? right : [];
  const walk = unionWalks[op];
  if (walk) return walk(left, right, spans);
  const isSmall = left.length * right.length <= maxPairs;
  if (op.startsWith('&'))
    return unite(left, right, isSmall ? comparePairs(left, right, spans, holds) : find(left, right, spans));
  const wanted = !op.startsWith('!');
  if (isSmall) return right.filter((r) => left.some((l) => holds(l, r, spans)) === wanted);
  const found = find(left, right, spans).right;
  return right.filter((row) => found.has(row) === wanted);
}

function unite(left: Rows, right: Rows, found: Partners): number[] {
  return [...new Set([...left.filter((row) => found.left.has(row)), ...right.filter((row) => found.right.has(row))])];
}

// Bounds are 0 outside the tree. Columns hold every row.
const isParent: Relation = (a, b, { left, parent }) => left[a] !== 0 && left[a] === parent[b];
const isAncestor: Relation = (a, b, { left, right }) => left[a] !== 0 && left[a]! < left[b]! && right[b]! < right[a]!;
const isSibling: Relation = (a, b, { parent }) => a !== b && parent[a] !== 0 && parent[a] === parent[b];

const relations: Readonly<Record<string, Relation>> = {
  '>': isParent,
  '<': (a, b, spans) => isParent(b, a, spans),
  '>>': isAncestor,
  '<<': (a, b, spans) => isAncestor(b, a, spans),
  '~': isSibling,
};

const finders: Readonly<Record<string, FindPartners>> = {
  '>': findParents,
  '<': (left, right, spans) => swap(findParents(right, left, spans)),
  '>>': findAncestors,
  '<<': (left, right, spans) => swap(findAncestors(right, left, spans)),
  '~': findSiblings,
};

const unionWalks: Readonly<Record<string, (left: Rows, right: Rows, spans: SpanColumns) => number[]>> = {
  '&>>': walkUnion,
  '&<<': (left, right, spans) => walkUnion(right, left, spans),
};

// As in Tempo, the answer is what one pass over the branches finds: of each branch the spans below the ancestor at hand, then that
// branch's ancestors, up to the first that the next branch shares. Spans that the pass has left behind are not in the answer,
// even where the operator's meaning would have them (seen with 3.0.3).
function walkUnion(ancestors: Rows, descendants: Rows, spans: SpanColumns): number[] {
  const { left, right } = spans;
  const above = sortByLeft(ancestors, spans);
  const branches = splitBranches(sortByLeft(descendants, spans), spans);
  const isInside = (a: number, b: number) => right[a] !== 0 && right[b] !== 0 && isAncestor(a, b, spans);
  const found = new Set<number>();
  let hand = 0;
  for (const [number, branch] of branches.entries()) {
    const top = above[hand];
    const leaf = branch.at(-1);
    if (top === undefined || leaf === undefined) break;
    for (const row of branch) if (isInside(top, row)) found.add(row);
    const follower = branches[number + 1]?.[0];
    const isShared = (row: number) => follower !== undefined && isInside(row, follower);
    for (let row = above[hand]; row !== undefined && left[row]! <= right[leaf]!; row = above[++hand]) {
      if (!isInside(row, leaf)) continue;
      found.add(row);
      if (isShared(row)) break;
    }
  }
  return [...found];
}

function sortByLeft(rows: Rows, { left }: SpanColumns): number[] {
  return [...rows].sort((a, b) => left[a]! - left[b]!); // columns hold every row
}

/** Runs of rows in which each begins before the end of the one before it. */
function splitBranches(rows: readonly number[], { left, right }: SpanColumns): number[][] {
  const branches: number[][] = [];
  let last: number | undefined;
  for (const row of rows) {
    if (last !== undefined && left[row]! <= right[last]!)
      branches.at(-1)?.push(row); // columns hold every row
    else branches.push([row]);
    last = row;
  }
  return branches;
}

function swap(found: Partners): Partners {
  return { left: found.right, right: found.left };
}

function comparePairs(left: Rows, right: Rows, spans: SpanColumns, holds: Relation): Partners {
  const found: Partners = { left: new Set(), right: new Set() };
  for (const l of left) {
    for (const r of right) {
      if (!holds(l, r, spans)) continue;
      found.left.add(l);
      found.right.add(r);
    }
  }
  return found;
}

function findParents(parents: Rows, children: Rows, { left, parent }: SpanColumns): Partners {
  const found: Partners = { left: new Set(), right: new Set() };
  const byBound = new Map<number, number>();
  // Bounds are unique within a trace.
  for (const row of parents) if (left[row] !== 0) byBound.set(left[row]!, row);
  for (const row of children) {
    const above = byBound.get(parent[row]!);
    if (above === undefined) continue;
    found.left.add(above);
    found.right.add(row);
  }
  return found;
}

// One walk over both sides in the order of their left bounds; the open ancestors form a stack.
function findAncestors(ancestors: Rows, descendants: Rows, { left, right }: SpanColumns): Partners {
  const found: Partners = { left: new Set(), right: new Set() };
  const inTree = (row: number) => left[row] !== 0 && right[row] !== 0;
  const byLeft = (a: number, b: number) => left[a]! - left[b]!; // columns hold every row
  const above = ancestors.filter(inTree).sort(byLeft);
  const open: number[] = [];
  let nextAbove = 0;
  for (const row of descendants.filter(inTree).sort(byLeft)) {
    while (nextAbove < above.length && left[above[nextAbove]!]! < left[row]!) {
      const next = above[nextAbove++]!; // below its length, as just checked
      while (open.length > 0 && right[open.at(-1)!]! < left[next]!) open.pop();
      open.push(next);
    }
    while (open.length > 0 && right[open.at(-1)!]! < right[row]!) open.pop();
    if (open.length === 0) continue;
    found.right.add(row);
    // All of the stack is open; those marked before have everything below them marked too.
    for (let i = open.length - 1; i >= 0 && !found.left.has(open[i]!); i--) found.left.add(open[i]!);
  }
  return found;
}

// A span is no sibling of itself. Roots are siblings of each other: they share the parent -1.
function findSiblings(leftRows: Rows, rightRows: Rows, { parent }: SpanColumns): Partners {
  const found: Partners = { left: new Set(), right: new Set() };
  const leftByParent = groupByParent(leftRows, parent);
  const rightByParent = groupByParent(rightRows, parent);
  for (const [key, lefts] of leftByParent) {
    const rights = rightByParent.get(key) ?? [];
    if (key === 0 || rights.length === 0) continue;
    for (const row of rights) if (lefts.length > 1 || lefts[0] !== row) found.right.add(row);
    for (const row of lefts) if (rights.length > 1 || rights[0] !== row) found.left.add(row);
  }
  return found;
}

function groupByParent(rows: Rows, parent: Int32Array): Map<number, number[]> {
  const groups = new Map<number, number[]>();
  for (const row of rows) {
    const key = parent[row]!; // columns hold every row
    const group = groups.get(key);
    if (group) group.push(row);
    else groups.set(key, [row]);
  }
  return groups;
}
