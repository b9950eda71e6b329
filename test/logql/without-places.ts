// Trees are compared without the offsets of their nodes, which printing changes.

/** A copy of a tree in which no node knows its place. */
export function withoutPlaces(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(withoutPlaces);
  if (typeof node !== 'object' || node === null) return node;
  const kept = Object.entries(node).filter(([key]) => key !== 'start' && key !== 'end');
  return Object.fromEntries(kept.map(([key, value]) => [key, withoutPlaces(value)]));
}
