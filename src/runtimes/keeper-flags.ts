// The flags of Node with which every keeper runs, apart from what starts it, since compiled code that was kept under
// other flags is refused by V8: whoever starts a keeper in a way of its own needs the same.

/**
 * Heap that fits a small store and is collected before it has grown by half: the store's columns lie outside of it, and
 * those that were pruned are given back only then.
 */
export const keeperFlags = ['--max-semi-space-size=4', '--heap-growing-percent=50'] as const;
