// Judges a TraceQL tree: does any span get in without the condition of a stack? Written apart from the code that narrows.

export interface AnyNode {
  readonly type: string;
  readonly op?: string;
  readonly left?: AnyNode;
  readonly right?: AnyNode;
  readonly expression?: AnyNode;
  readonly elements?: readonly AnyNode[];
  readonly ref?: { readonly scope: string; readonly name: string };
  readonly value?: { readonly value: unknown };
}

/** Elements that do not begin with a filter: they look at all spans there are. */
const takesAll = ['by', 'select', 'coalesce', 'aggregate'];

/** Filters without the condition, and pipelines whose first element asks for all spans. */
export function findOpenFilters(node: AnyNode, stackId: string): AnyNode[] {
  const below = (one: AnyNode) => findOpenFilters(one, stackId);
  if (node.type === 'filter') return isClosed(node.expression, stackId) ? [] : [node];
  if (node.type === 'pipeline') {
    const [first, ...rest] = node.elements ?? [];
    const begins = first !== undefined && !takesAll.includes(first.type);
    return [...(begins ? below(first) : [node]), ...rest.filter(hasFilter).flatMap(below)];
  }
  if (node.type === 'static') return [];
  const sides = [node.left, node.right].filter((side) => side !== undefined);
  return sides.length === 0 ? [node] : sides.flatMap(below);
}

function hasFilter(node: AnyNode): boolean {
  const text = JSON.stringify(node, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
  return text.includes('"filter"');
}

function isClosed(expression: AnyNode | undefined, stackId: string): boolean {
  if (expression?.type !== 'binary') return false;
  const { op, left, right } = expression;
  if (op === '&&') return isClosed(left, stackId) || isClosed(right, stackId);
  const isMark = left?.ref?.scope === 'resource' && left.ref.name === 'obs.stack';
  return op === '=' && isMark && right?.value?.value === stackId;
}
