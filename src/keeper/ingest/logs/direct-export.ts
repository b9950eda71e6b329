// The short way of OTLP logs: protobuf body → columns → mask secrets → blocks. Whatever is malformed, holds a secret
// outside its records, is beyond a limit or holds no record at all goes the long way.
import { type Bounds, fillBounds } from '../../../model/limits.ts';
import { type LogsBatch, LogsReader } from '../../../wire/otlp/logs-batch.ts';
import { MalformedOtlp } from '../../../wire/otlp/malformed.ts';
import { replaceRecords } from '../../../wire/otlp/replace-records.ts';
import type { LogRecord, Resource } from '../../../wire/otlp/types.ts';
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
    const masked = maskBatch(batch, inspector, state);
    if (masked === undefined) return undefined;
    return {
      ...(masked.size > 0 && { payload: replaceRecords(batch, masked) }),
      isText: inspector.isText,
      sources: countSources(batch),
      commit: () => {
        entries.store(batch, receivedNs);
        return { accepted, rejected: 0 };
      },
    };
  };
}

/** The records that were masked; undefined: the whole export goes the long way. */
function maskBatch(
  batch: LogsBatch,
  inspector: LogsInspector,
  state: DirectState,
): ReadonlyMap<number, LogRecord> | undefined {
  try {
    if (state === 'as it came') return inspector.mask(batch);
    if (state === 'masked') inspector.inspectMasked(batch);
    return none;
  } catch (error) {
    if (error instanceof MalformedOtlp) return undefined;
    throw error;
  }
}

const none: ReadonlyMap<number, LogRecord> = new Map();

function countSources({ spans }: LogsBatch): SourceCount[] {
  const counts = new Map<Resource, number>();
  for (const { resource, from, to } of spans) counts.set(resource, (counts.get(resource) ?? 0) + to - from);
  return [...counts].map(([resource, records]) => ({ ...sourceOf(resource), records }));
}
