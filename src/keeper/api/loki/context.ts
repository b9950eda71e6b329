// What the handlers of Loki's API share.
import type { LogStore } from '../../store/logs/log-store.ts';

export interface LokiContext {
  readonly store: LogStore;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}
