// In the place of the write-ahead logs where nothing is to outlive the keeper: benchmarks measure with it what the logs cost.
import type { DurableLog } from './signal-logs.ts';

/** A log that keeps nothing and never fails. */
export const noLog: DurableLog = {
  trouble: undefined,
  losses: [],
  replay: () => Promise.resolve(0),
  append: () => undefined,
  noteDamage: () => undefined,
  close: () => undefined,
};
