// Counts by interval for very many things of which most happened once or twice: a list of intervals first, an array
// with a place for each when that is less.

const longestList = 16;

export class IntervalCounts {
  total = 0;
  private readonly size: number;
  private list: number[] | undefined = [];
  private counts: Float64Array | undefined;

  /** `size`: the number of intervals. */
  constructor(size: number) {
    this.size = size;
  }

  add(interval: number): void {
    this.total++;
    if (this.list && this.list.length < longestList) this.list.push(interval);
    else this.toArray()[interval]!++; // callers add below size
  }

  /** Adds all of these. */
  addAll(other: IntervalCounts): void {
    this.total += other.total;
    if (this.total <= longestList && this.list && other.list) this.list.push(...other.list);
    else other.addTo(this.toArray());
  }

  /** Takes away all of these, which are among the own. */
  subtractAll(other: IntervalCounts): void {
    this.total -= other.total;
    const counts = this.toArray();
    for (const [i, count] of other.toArray().entries()) counts[i]! -= count; // both are of one size
  }

  /** Adds to sums with a place for each interval. */
  addTo(sums: Float64Array): void {
    for (const interval of this.list ?? []) sums[interval]!++; // as above
    if (this.counts) for (const [i, count] of this.counts.entries()) sums[i]! += count;
  }

  /** A count for each interval. */
  toArray(): Float64Array {
    if (!this.counts) {
      const counts = new Float64Array(this.size);
      this.addTo(counts);
      this.counts = counts;
      this.list = undefined;
    }
    return this.counts;
  }
}
