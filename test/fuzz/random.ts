// A seeded source of randomness, so that a failure can be run again: OBS_FUZZ_SEED=… npm run fuzz.

export class Random {
  readonly seed: number;
  private state: number;

  constructor(seed: number) {
    this.seed = seed;
    this.state = seed >>> 0;
  }

  /** An integer from 0 up to but not including `end`. (mulberry32) */
  below(end: number): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * end);
  }

  /** One of a list that is not empty. */
  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)]!; // the index is one of the list's
  }
}

/** The seed of this run: given, or of the clock. */
export function readSeed(): number {
  return Number(process.env.OBS_FUZZ_SEED ?? Date.now() % 2 ** 31);
}

/** Rounds of each property: few with `npm test`, more with `npm run fuzz`. */
export function readRounds(): number {
  return Number(process.env.OBS_FUZZ_ROUNDS ?? 300);
}
