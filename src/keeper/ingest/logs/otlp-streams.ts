// OTLP logs as Loki's push takes them. For servers that many stacks share: OTLP leaves it to the server which attributes
// become labels of streams, and a push says so itself.
import type { PushStream } from '../../../wire/loki/push.ts';
import type { LogsRequest } from '../../../wire/otlp/types.ts';
import { entriesOfOtlp } from './otlp-entries.ts';

/** Loki finds it anew in what it is given. */
const foundByServer = 'detected_level';

/** The streams that an export is to Loki; `receivedNs` is the time of records that have none. */
export function streamsOfOtlp(request: LogsRequest, receivedNs: bigint): PushStream[] {
  return entriesOfOtlp(request, receivedNs)
    .filter(({ entries }) => entries.length > 0)
    .map(({ labels, entries }) => ({
      labels: Object.fromEntries(labels),
      entries: entries.map(({ timeNs, line, metadata }) => ({
        timeNs,
        line,
        metadata: [...metadata].filter(([name]) => name !== foundByServer),
      })),
    }));
}
