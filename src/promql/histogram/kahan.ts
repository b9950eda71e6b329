// Summation that carries its rounding error along (Kahan's, improved by Neumaier), as Prometheus sums.

/** A running sum: `value` and what rounding has cost so far. */
export class KahanSum {
  value: number;
  compensation: number;

  constructor(value = 0, compensation = 0) {
    this.value = value;
    this.compensation = compensation;
  }

  add(increment: number): void {
    const { value } = this;
    const total = value + increment;
    if (total === Number.POSITIVE_INFINITY || total === Number.NEGATIVE_INFINITY) this.compensation = 0;
    else if (Math.abs(value) >= Math.abs(increment)) this.compensation += value - total + increment;
    else this.compensation += increment - total + value;
    this.value = total;
  }

  get total(): number {
    return this.value + this.compensation;
  }
}
