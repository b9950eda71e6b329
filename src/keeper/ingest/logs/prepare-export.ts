// The long way of OTLP logs: translated and judged before anything is logged, so that what is left out costs no disk.
import type { Bounds } from '../../../model/limits.ts';
import type { LogRecord, LogsRequest, ResourceGroup } from '../../../wire/otlp/types.ts';
import type { PreparedExport } from '../../signal-store.ts';
import type { LogStore } from '../../store/logs/log-store.ts';
import { type Admitted, LogAdmission } from './admission.ts';
import { entriesOfOtlp } from './otlp-entries.ts';

/** Judges an export; `receivedNs` is the time of records that have none. */
export function prepareExport(
  request: LogsRequest,
  receivedNs: bigint,
  { store, ...of }: { readonly store: LogStore; readonly bounds: Bounds; readonly nowMs: () => number },
): PreparedExport<LogRecord> {
  const admission = new LogAdmission(store, of);
  const streams = entriesOfOtlp(request, receivedNs).map((stream) => ({
    ...stream,
    admitted: admission.judge(stream.labels, stream.entries),
  }));
  const accepted = streams.reduce((sum, { admitted }) => sum + admitted.count, 0);
  const isWhole = streams.every(({ admitted }) => admitted.kept === undefined);
  return {
    request: isWhole ? request : request.map((group, i) => keepRecords(group, streams[i]!.admitted)), // a stream for each group
    accepted,
    commit: () => {
      for (const { labels, entries, admitted } of streams) store.append(labels, keepOnly(entries, admitted));
      return admission.describe(accepted);
    },
  };
}

/** The items that were admitted. */
export function keepOnly<T>(items: readonly T[], { kept }: Admitted): readonly T[] {
  return kept === undefined ? items : items.filter((_, i) => kept[i]);
}

// Entries are in the order of the records.
function keepRecords(group: ResourceGroup<LogRecord>, { kept }: Admitted): ResourceGroup<LogRecord> {
  if (kept === undefined) return group;
  let at = 0;
  const scopes = group.scopes.map((scope) => ({ ...scope, items: scope.items.filter(() => kept[at++]) }));
  return { ...group, scopes };
}
