// A syntax tree without places: what has to come back when a query is printed and parsed again.

/** A copy of a tree with no offsets in it. */
export function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (typeof node !== 'object' || node === null) return node;
  const rest = Object.entries(node).filter(([key]) => key !== 'start' && key !== 'end');
  return Object.fromEntries(rest.map(([key, value]) => [key, withoutPlaces(value)]));
}
