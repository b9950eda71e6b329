// The flags of Node with which every keeper runs, apart from what starts it, since compiled code that was kept under
// other flags is refused by V8: whoever starts a keeper in a way of its own needs the same.
import { availableParallelism } from 'node:os';

/** Node's own number of helpers, whatever the machine. */
const mostHelpers = 4;

/**
 * Heap that fits a small store and is collected before it has grown by half: the store's columns lie outside of it, and
 * those that were pruned are given back only then. V8's helpers (compiling, collecting) leave one processor to the thread
 * that takes telemetry in: with more of them than processors, it waits for its turn.
 */
export const keeperFlags: readonly string[] = [
  '--max-semi-space-size=4',
  '--heap-growing-percent=50',
  `--v8-pool-size=${Math.max(1, Math.min(mostHelpers, availableParallelism() - 1))}`,
];
