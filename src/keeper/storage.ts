// What becomes of telemetry and of questions: kept and answered by the keeper itself (stored.ts), or passed on to the
// servers of the stack (forwarded.ts). Only one of the two is loaded: each would cost the other memory and time.
import type { Backend } from '../model/backend.ts';
import type { Bounds } from '../model/limits.ts';
import type { StackState } from '../model/stack-state.ts';
import type { MetricMetadata } from './control/metric-metadata.ts';
import type { RestHandler, UpgradeHandler } from './http/listener.ts';
import type { Route } from './http/types.ts';
import type { Incoming } from './ingest/ingest.ts';
import type { Log } from './log.ts';
import type { Masker } from './mask/mask-request.ts';
import type { Sink } from './sink/sink.ts';
import type { ServerRole } from './tenancy/tenancy.ts';

export interface StorageOptions {
  readonly stackDir: string;
  readonly isMemoryOnly: boolean;
  readonly state: StackState;
  readonly masker: Masker;
  readonly metadata: MetricMetadata;
  readonly bounds: Bounds;
  readonly nowMs: () => number;
  readonly log: Log;
  /** Told of exports that come out of the write-ahead log. */
  readonly onReplayed: (incoming: Pick<Incoming, 'signal' | 'request'>) => void;
}

/** How questions on the port of one server are answered. */
export interface QueryApi {
  readonly routes: readonly Route[];
  /** What no route serves. */
  readonly rest?: RestHandler;
  readonly upgrade?: UpgradeHandler;
}

export interface Storage {
  readonly sink: Sink;
  readonly apis: Readonly<Record<ServerRole, QueryApi>>;
  /** Takes up what an earlier keeper of this stack left on disk; says how many records or requests that were. */
  readonly replay: () => Promise<number>;
}

/** Loads and makes the storage that the state asks for. */
export async function openStorage(options: StorageOptions): Promise<Storage> {
  const { backend } = options.state;
  return backend === null ? openStore(options) : openForwarding({ ...options, backend });
}

async function openStore(options: StorageOptions): Promise<Storage> {
  const { makeStore } = await import('./stored.ts');
  return makeStore(options);
}

async function openForwarding(options: StorageOptions & { readonly backend: Backend }): Promise<Storage> {
  const { makeForwarding } = await import('./forwarded.ts');
  return makeForwarding(options);
}
