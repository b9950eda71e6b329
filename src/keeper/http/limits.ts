// Times and sizes of the keeper's listeners that have no setting: what protects them from clients that are slow or many.
// What has one is in model/limits.ts.

const mebibyte = 1024 * 1024;

/** Bodies decompressed at the same time; each may become as large as its limit. As many as Node has threads for it. */
export const maxExpansions = 4;
export const maxConnections = 1024;
/** How long the other side may leave an answer unread. */
export const unreadTimeoutMs = 30_000;
/** From the first byte of a request to its last: ends writers that trickle. */
export const requestTimeoutMs = 30_000;
export const headersTimeoutMs = 10_000;
/** Longer than the idle time of usual clients, so that they never write into a connection just closed here. */
export const keepAliveTimeoutMs = 75_000;
/** GET queries of the three languages are long; Node's default of 16 KiB cuts them. */
export const maxHeaderBytes = 128 * 1024;
/** What is read and thrown away of a refused body, so that its sender gets to read the answer. */
export const maxDrainBytes = 512 * mebibyte;
export const maxDrainMs = 5_000;
