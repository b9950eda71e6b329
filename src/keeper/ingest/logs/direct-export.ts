// The short way of OTLP logs: protobuf body → columns → look for secrets → blocks. Whatever is malformed, holds a secret,
// is beyond a limit or no record at all goes the long way.
import { type Bounds, fillBounds } from '../../../model/limits.ts';
import { type LogsBatch, LogsReader } from '../../../wire/otlp/logs-batch.ts';
import { MalformedOtlp } from '../../../wire/otlp/malformed.ts';
import type { Resource } from '../../../wire/otlp/types.ts';
import { LogsInspector } from '../../mask/inspect-logs.ts';
import type { Masker } from '../../mask/mask-request.ts';
import type { DirectExport, DirectState, SourceCount } from '../../signal-store.ts';
import { sourceOf } from '../../source-of.ts';
import type { LogStore } from '../../store/logs/log-store.ts';
import { DirectEntries } from './direct-entries.ts';

export type ReadDirect = (body: Buffer, receivedNs: bigint, state?: DirectState) => DirectExport | undefined;

/** Makes the short way into a store. */
export function makeDirectLogs(store: LogStore, masker: Masker, bounds: Bounds = fillBounds()): ReadDirect {
  const reader = new LogsReader();
  const entries = new DirectEntries(store, bounds);
  const inspector = new LogsInspector(masker);
  return (body, receivedNs, state = masker.isOff ? 'masked' : 'as it came') => {
    const batch = reader.read(body);
    const accepted = batch?.records.length ?? 0;
    if (batch === undefined || accepted === 0 || !entries.admits(batch, receivedNs)) return undefined;
    if (!isClean(batch, inspector, state)) return undefined;
    return {
      sources: countSources(batch),
      commit: () => {
        entries.store(batch, receivedNs);
        return { accepted, rejected: 0 };
      },
    };
  };
}

function isClean(batch: LogsBatch, inspector: LogsInspector, state: DirectState): boolean {
  try {
    if (state === 'as it came') return !inspector.holdsSecret(batch);
    inspector.inspectMasked(batch);
    return true;
  } catch (error) {
    if (error instanceof MalformedOtlp) return false;
    throw error;
  }
}

function countSources({ spans }: LogsBatch): SourceCount[] {
  const counts = new Map<Resource, number>();
  for (const { resource, from, to } of spans) counts.set(resource, (counts.get(resource) ?? 0) + to - from);
  return [...counts].map(([resource, records]) => ({ ...sourceOf(resource), records }));
}
