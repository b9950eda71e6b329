// The short way of OTLP logs: protobuf body → columns → mask secrets → blocks. Whatever is malformed, holds a secret
// outside its records, is beyond a limit or holds no record at all goes the long way.
import { type Bounds, fillBounds } from '../../../model/limits.ts';
import { type LogsBatch, LogsReader } from '../../../wire/otlp/logs-batch.ts';
import { MalformedOtlp } from '../../../wire/otlp/malformed.ts';
import { FieldSplicer } from '../../../wire/otlp/splice-fields.ts';
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
  const parts = { reader, inspector: new LogsInspector(masker), splicer: new FieldSplicer() };
  return (body, receivedNs, state = masker.isOff ? 'masked' : 'as it came') => {
    const came = reader.read(body);
    const accepted = came?.records.length ?? 0;
    if (came === undefined || accepted === 0 || !entries.admits(came, receivedNs)) return undefined;
    const batch = maskBatch(came, parts, state);
    if (batch === undefined) return undefined;
    return {
      ...(batch !== came && { payload: batch.bytes }),
      isText: parts.inspector.isText,
      sources: countSources(batch),
      commit: () => {
        entries.store(batch, receivedNs);
        return { accepted, rejected: 0 };
      },
    };
  };
}

interface MaskParts {
  readonly reader: LogsReader;
  readonly inspector: LogsInspector;
  readonly splicer: FieldSplicer;
}

/** What is to be stored of a batch: itself if it holds no secret. Undefined: the export goes the long way. */
function maskBatch(batch: LogsBatch, parts: MaskParts, state: DirectState): LogsBatch | undefined {
  try {
    if (state === 'as it came') return replaceSecrets(batch, parts);
    if (state === 'masked') parts.inspector.inspectMasked(batch);
    return batch;
  } catch (error) {
    if (error instanceof MalformedOtlp) return undefined;
    throw error;
  }
}

function replaceSecrets(batch: LogsBatch, { reader, inspector, splicer }: MaskParts): LogsBatch | undefined {
  const changes = inspector.mask(batch);
  if (changes === undefined || changes.length === 0) return changes && batch;
  const masked = reader.read(splicer.splice(batch.bytes, changes));
  // Which records are left to the decoder was noted in the batch before.
  if (masked !== undefined && !inspector.isText) inspector.inspectMasked(masked);
  return masked;
}

function countSources({ spans }: LogsBatch): SourceCount[] {
  const counts = new Map<Resource, number>();
  for (const { resource, from, to } of spans) counts.set(resource, (counts.get(resource) ?? 0) + to - from);
  return [...counts].map(([resource, records]) => ({ ...sourceOf(resource), records }));
}
