// Frames of Loki's tail. https://grafana.com/docs/loki/latest/reference/loki-http-api/#stream-logs
import { asArray, asRecord } from '../../std/json-value.ts';
import { decodeStream, type LogEntry } from './decode-query.ts';

export interface TailFrame {
  /** Sorted by time, oldest first. */
  readonly entries: readonly LogEntry[];
  /** Entries that the server could not send because the reader was too slow. */
  readonly dropped: number;
}

/** Reads one frame. */
export function decodeTailFrame(body: unknown): TailFrame {
  const frame = asRecord(body);
  const entries = asArray(frame.streams).flatMap(decodeStream);
  entries.sort((a, b) => (a.timestampNs < b.timestampNs ? -1 : a.timestampNs > b.timestampNs ? 1 : 0));
  return { entries, dropped: asArray(frame.dropped_entries).length };
}
