// What the handlers of Tempo's queries share.
import type { Bounds } from '../../../model/limits.ts';
import type { TraceSource } from '../../../traceql/source.ts';
import type { TraceStore } from '../../store/traces/trace-store.ts';
import { makeQueryTimer } from '../query-time.ts';
import type { SpareRoom } from './spare-room.ts';

export interface TempoContext {
  readonly store: TraceStore;
  readonly bounds: Bounds;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  /** For large answers. */
  readonly spare: SpareRoom;
}

/** The columns for one query, whose time begins now. */
export function openSource({ store, bounds, nowMs }: TempoContext): TraceSource {
  const pace = makeQueryTimer({ nowMs, bounds, status: 504, text: 'context deadline exceeded' });
  return { ...store.snapshot(), pace };
}
