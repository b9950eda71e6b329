// Long queries give way to ingest and other queries: every few milliseconds they let the event loop turn.

export interface Breather {
  /** Milliseconds, from any start. */
  readonly nowMs: () => number;
  readonly signal?: AbortSignal;
  /** Throws when the time of the query is over; default: it never is. */
  readonly failWhenLate?: () => void;
  lastMs?: number;
}

/** How long a query may keep the event loop to itself. A sender waits for two turns: one to be heard, one to be read. */
const sliceMs = 4;

/** Lets the event loop turn if the slice is used up. @throws the reason when the query was aborted. */
export async function breathe(breather: Breather): Promise<void> {
  breather.failWhenLate?.();
  const nowMs = breather.nowMs();
  breather.lastMs ??= nowMs;
  if (nowMs - breather.lastMs < sliceMs) return;
  await new Promise((resolve) => setImmediate(resolve));
  breather.signal?.throwIfAborted();
  breather.lastMs = breather.nowMs();
}
