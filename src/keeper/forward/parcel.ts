// One request's worth of telemetry on its way to a server, as it waits in its queue and lies on disk.
import type { Signal } from '../../wire/otlp/request.ts';
import { type Frame, frameKind } from '../wal/frame.ts';

/**
 * `kind` says what the payload is (wal/frame.ts). All payloads are protobuf messages of repeated fields, not compressed,
 * so two of one kind in a row are one message that holds both.
 */
export interface Parcel extends Frame {
  /** Log records, samples or spans in it. */
  readonly records: number;
  readonly newestSpans: NewestSpans;
}

/** The id of the newest span of each trace, by trace id: when it can be found, so can the others. */
export type NewestSpans = ReadonlyMap<string, string>;
export const noSpans: NewestSpans = new Map();

export const parcelKind = frameKind;

/** What the records of a signal are called in messages. */
export const recordNames: Readonly<Record<Signal, string>> = { logs: 'log record', metrics: 'sample', traces: 'span' };
