// Paths of steps for compare(): what decides the values of spans is given by one path each. Of steps that lead to the same sums one
// is as good as another, so that most paths become one.
import type { CompareRoom } from './compare-room.ts';
import { wordBytes } from './kernels/room.ts';

/** Paths are numbered; each is one with a smaller number and one step more, or a first step. */
export interface Paths {
  readonly count: number;
  /** By path: the one that it extends (negative: none), and its last step; where they begin in the room. */
  readonly parents: number;
  readonly steps: number;
  /** Totals by path: of spans that have just this one, and of those that have it or one that extends it. */
  readonly own: number;
  readonly reach: number;
  /** By step: what it is taken for, as a first step and behind others. */
  readonly firstSteps: number;
  readonly laterSteps: number;
}

export interface JoinedPaths {
  /** By path: a number that paths of the same steps share; any for paths that no span has. Where they begin in the room. */
  readonly numbers: number;
  /** By number: what the steps are taken for, the last one first. */
  readonly steps: readonly (readonly number[])[];
}

/** A joined path is the one that it extends and its last step, two words. */
const joinedBytes = 2 * wordBytes;
const noPath = 2 ** 32 - 1;

/** Joins paths whose steps are taken for the same ones. */
export function joinPaths(room: CompareRoom, paths: Paths): JoinedPaths {
  const { count, parents, steps, own, reach, firstSteps, laterSteps } = paths;
  const hashed = 2 ** Math.ceil(Math.log2(count * 2 + 1));
  const table = room.takeZeros(hashed);
  const numbers = room.take(count * wordBytes);
  const joined = room.take(count * joinedBytes);
  const tables = [firstSteps, laterSteps, table, hashed - 1, numbers, joined];
  const known = room.kernels.joinPaths(count, parents, steps, reach, ...tables);
  const endOf = room.takeZeros(known);
  const ends = room.kernels.numberEnds(numbers, numbers + count * wordBytes, own, endOf);
  const listed: number[][] = Array.from({ length: ends }, () => []);
  for (let path = 0; path < known; path++) {
    const end = room.wordAt(endOf, path);
    for (let at = path; end > 0 && at !== noPath; at = room.wordAt(joined + at * joinedBytes))
      listed[end - 1]!.push(room.wordAt(joined + at * joinedBytes, 1)); // there are as many as ends
  }
  return { numbers, steps: listed };
}
