// The natural order of sort_by_label, with its quirks: digits compare as numbers, and texts that are equal chunk by chunk are
// each before the other, so that the outcome depends on the order they came in. Go sorts short lists by insertion.

const chunks = /\d+|\D+/g;

/** Is `a` before `b`? Not a consistent order for equal or empty texts. */
export function isNaturallyBefore(a: string, b: string): boolean {
  const left = a.match(chunks) ?? [];
  const right = b.match(chunks) ?? [];
  for (const [i, chunk] of left.entries()) {
    const other = right[i];
    if (other === undefined) return false;
    const areNumbers = /^\d/.test(chunk) && /^\d/.test(other);
    const isEqual = areNumbers ? Number(chunk) === Number(other) : chunk === other;
    if (!isEqual) return areNumbers ? Number(chunk) < Number(other) : chunk < other;
    if (i === left.length - 1) return true;
    if (i === right.length - 1) return false;
  }
  return false;
}

/** Go sorts up to this many elements by insertion. */
const maxInsertion = 12;

/** Sorts as Go's slices.SortFunc does, which matters where `compare` is no consistent order. */
export function sortLikeGo<T>(items: readonly T[], compare: (a: T, b: T) => number): T[] {
  const sorted = [...items];
  if (sorted.length > maxInsertion) return sorted.sort(compare);
  for (let i = 1; i < sorted.length; i++) {
    for (let j = i; j > 0; j--) {
      // Both indexes are inside the list.
      const [before, after] = [sorted[j - 1]!, sorted[j]!];
      if (compare(after, before) >= 0) break;
      sorted[j - 1] = after;
      sorted[j] = before;
    }
  }
  return sorted;
}
