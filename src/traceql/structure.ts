// The structural operators: which spans of the right side stand in a relation to one of the left side. All rest on the
// nested-set columns, so they take time in proportion to the spans, not to their pairs.
import type * as ast from './ast.ts';
import type { SpanColumns } from './source.ts';

type Rows = readonly number[];
type Relation = (
  left: Rows,
  right: Rows,
  spans: SpanColumns,
) => { readonly left: Set<number>; readonly right: Set<number> };

/** The spans that `left op right` yields: of the right side, for the union forms (`&>>`) of both. */
export function relate(op: ast.SpansetOp, left: Rows, right: Rows, spans: SpanColumns): number[] {
  const relation = relations[op.replace(/^[!&]/, '')];
  if (!relation || right.length === 0) return [];
  const found = relation(left, right, spans);
  if (op.startsWith('!')) return right.filter((row) => !found.right.has(row));
  if (!op.startsWith('&')) return right.filter((row) => found.right.has(row));
  return [...new Set([...left.filter((row) => found.left.has(row)), ...right.filter((row) => found.right.has(row))])];
}

const relations: Readonly<Record<string, Relation>> = {
  '>': (left, right, spans) => relateParents(left, right, spans),
  '<': (left, right, spans) => swap(relateParents(right, left, spans)),
  '>>': (left, right, spans) => relateAncestors(left, right, spans),
  '<<': (left, right, spans) => swap(relateAncestors(right, left, spans)),
  '~': relateSiblings,
};

type Found = ReturnType<Relation>;

function swap(found: Found): Found {
  return { left: found.right, right: found.left };
}

function relateParents(parents: Rows, children: Rows, { left, parent }: SpanColumns): Found {
  const found: Found = { left: new Set(), right: new Set() };
  const byBound = new Map<number, number>();
  // Bounds are unique within a trace; 0 is a span outside the tree, -1 the parent of roots. Columns hold every row.
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
function relateAncestors(ancestors: Rows, descendants: Rows, { left, right }: SpanColumns): Found {
  const found: Found = { left: new Set(), right: new Set() };
  const inTree = (row: number) => left[row] !== 0 && right[row] !== 0;
  const byLeft = (a: number, b: number) => left[a]! - left[b]!; // columns hold every row
  const above = ancestors.filter(inTree).sort(byLeft);
  const open: number[] = [];
  let nextAbove = 0;
  for (const row of descendants.filter(inTree).sort(byLeft)) {
    while (nextAbove < above.length && left[above[nextAbove]!]! < left[row]!) open.push(above[nextAbove++]!);
    while (open.length > 0 && right[open.at(-1)!]! < right[row]!) open.pop();
    if (open.length === 0) continue;
    found.right.add(row);
    // All of the stack is open; those marked before have everything below them marked too.
    for (let i = open.length - 1; i >= 0 && !found.left.has(open[i]!); i--) found.left.add(open[i]!);
  }
  return found;
}

// A span is no sibling of itself. Roots are siblings of each other: they share the parent -1.
function relateSiblings(leftRows: Rows, rightRows: Rows, { parent }: SpanColumns): Found {
  const found: Found = { left: new Set(), right: new Set() };
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
