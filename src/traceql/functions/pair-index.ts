// Numbers for pairs of numbers, given out in the order in which the pairs first come: a hash table in typed arrays.

const firstPlaces = 256;

export class PairIndex {
  /** Pairs so far; their numbers are below it. */
  count = 0;
  /** Number + 1; 0 is free. Twice as many places as pairs at least. */
  private places = new Int32Array(firstPlaces);
  /** The parts of pairs, by number; valid until the next pair is added. */
  firsts = new Int32Array(firstPlaces / 2);
  seconds = new Int32Array(firstPlaces / 2);

  get bytes(): number {
    return this.places.byteLength + this.firsts.byteLength + this.seconds.byteLength;
  }

  /** The number of a pair of 32-bit numbers. */
  indexOf(first: number, second: number): number {
    const mask = this.places.length - 1;
    for (let place = hash(first, second) & mask; ; place = (place + 1) & mask) {
      const number = this.places[place]! - 1; // the mask keeps the place inside
      if (number === -1) return this.add(first, second, place);
      if (this.firsts[number] === first && this.seconds[number] === second) return number;
    }
  }

  /** The parts of a numbered pair. */
  first(number: number): number {
    return this.firsts[number]!; // numbers come from indexOf
  }
  second(number: number): number {
    return this.seconds[number]!; // as above
  }

  private add(first: number, second: number, place: number): number {
    const number = this.count++;
    this.firsts[number] = first;
    this.seconds[number] = second;
    this.places[place] = number + 1;
    if (this.count === this.firsts.length) this.grow();
    return number;
  }

  private grow(): void {
    this.places = new Int32Array(this.places.length * 2);
    this.firsts = lengthen(this.firsts);
    this.seconds = lengthen(this.seconds);
    const mask = this.places.length - 1;
    for (let number = 0; number < this.count; number++) {
      let place = hash(this.first(number), this.second(number)) & mask;
      while (this.places[place] !== 0) place = (place + 1) & mask;
      this.places[place] = number + 1;
    }
  }
}

function lengthen(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const longer = new Int32Array(numbers.length * 2);
  longer.set(numbers);
  return longer;
}

// Numbers of dictionaries count upwards, so bits must spread.
function hash(first: number, second: number): number {
  const h = Math.imul(first, 0x9e3779b1) ^ Math.imul(second, 0x85ebca6b);
  return h ^ (h >>> 15);
}
