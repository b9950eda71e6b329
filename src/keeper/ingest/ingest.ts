// The one way in for telemetry, whatever brought it: mask → sink → count the arrival. Receivers hand in what they
// decoded and get back how it was taken.

import type { Arrival } from '../../model/keeper-api.ts';
import type { RecordOf, Signal } from '../../wire/otlp/request.ts';
import type { ExportRequest } from '../../wire/otlp/types.ts';
import type { IngestOutcome } from '../signal-store.ts';
import type { Sink } from '../sink/sink.ts';

export interface Incoming<S extends Signal = Signal> {
  readonly signal: S;
  readonly request: ExportRequest<RecordOf[S]>;
  /** The protobuf bytes that `request` was decoded from, if there were any. */
  readonly encoded: Buffer | undefined;
  readonly protocol: Arrival['protocol'];
}

export type Ingest = <S extends Signal>(incoming: Incoming<S>) => IngestOutcome;

export interface IngestParts {
  readonly sink: Sink;
  /** Returns the very same request when there is nothing to mask. */
  readonly mask: <S extends Signal>(signal: S, request: ExportRequest<RecordOf[S]>) => ExportRequest<RecordOf[S]>;
  readonly onArrival: <S extends Signal>(incoming: Incoming<S>) => void;
  readonly nowMs: () => number;
}

export function makeIngest({ sink, mask, onArrival, nowMs }: IngestParts): Ingest {
  return (incoming) => {
    const request = mask(incoming.signal, incoming.request);
    const outcome = sink.take({
      signal: incoming.signal,
      request,
      receivedNs: BigInt(nowMs()) * 1_000_000n,
      encoded: request === incoming.request ? incoming.encoded : undefined,
    });
    if ((outcome.httpStatus ?? 200) < 400) onArrival(incoming);
    return outcome;
  };
}
