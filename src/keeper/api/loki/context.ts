// What the handlers of Loki's API share.
import type { Bounds } from '../../../model/limits.ts';
import type { LogStore } from '../../store/logs/log-store.ts';

export interface LokiContext {
  readonly store: LogStore;
  readonly bounds: Bounds;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
}
