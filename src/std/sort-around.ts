// Brings two neighbouring ranks of many numbers into place without sorting the others: what a quantile needs.

/** Fewer than this are sorted, which is as fast. */
const fewNumbers = 600;

/**
 * Reorders `values` so that those at `rank` and `rank + 1` stand where sorting would put them (NaN last, -0 before 0 not
 * told apart).
 */
export function sortAround(values: Float64Array, rank: number): void {
  let low = 0;
  let high = values.length - 1;
  if (values.length < fewNumbers || values.some(Number.isNaN)) {
    values.sort();
    return;
  }
  // Hoare's selection: the side without the rank is never looked at again. Sorting takes over when sides stay lopsided.
  for (let rounds = 2 * Math.ceil(Math.log2(values.length)); high - low > fewNumbers && rounds > 0; rounds--) {
    const pivot = medianOf(values[low] ?? 0, values[(low + high) >>> 1] ?? 0, values[high] ?? 0);
    let left = low;
    let right = high;
    while (left <= right) {
      while ((values[left] ?? 0) < pivot) left++;
      while ((values[right] ?? 0) > pivot) right--;
      if (left > right) break;
      const kept = values[left] ?? 0;
      values[left++] = values[right] ?? 0;
      values[right--] = kept;
    }
    // Both ranks must stay on one side.
    if (rank + 1 <= right) high = right;
    else if (rank >= left) low = left;
    else break;
  }
  values.subarray(low, high + 1).sort();
}

function medianOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
