// Every limit of the keeper's listeners, each with the name by which messages call it. Telemetry is hostile input.

const mebibyte = 1024 * 1024;

/** Largest body, compressed or not. Four times what SDKs send at most by default (4 MiB over gRPC), and eight for spare. */
export const maxBodyBytes = 32 * mebibyte;
/** Bodies that all listeners hold at the same time; beyond it senders are asked to come again. */
export const maxBufferedBytes = 128 * mebibyte;
/** Bodies decompressed at the same time; each may become as large as `maxBodyBytes`. As many as Node has threads for it. */
export const maxExpansions = 4;
/** Requests in progress on one listener. */
export const maxConcurrentRequests = 256;
export const maxConnections = 1024;
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
