// The one way in for telemetry, whatever brought it: mask → sink → count the arrival. Receivers hand in what they
// decoded and get back how it was taken.
import type { Arrival } from '../../model/keeper-api.ts';
import type { PushStream } from '../../wire/loki/push.ts';
import type { RecordOf, Signal } from '../../wire/otlp/request.ts';
import type { ExportRequest } from '../../wire/otlp/types.ts';
import type { WrittenSeries } from '../../wire/prometheus/remote-write.ts';
import type { Masker } from '../mask/mask-request.ts';
import type { IngestOutcome } from '../signal-store.ts';
import type { Sink } from '../sink/sink.ts';

export interface Incoming<S extends Signal = Signal> {
  readonly signal: S;
  readonly request: ExportRequest<RecordOf[S]>;
  /** The protobuf bytes that `request` was decoded from, if there were any. */
  readonly encoded: Buffer | undefined;
  readonly protocol: Arrival['protocol'];
}

export interface IncomingSeries {
  readonly series: readonly WrittenSeries[];
  readonly protocol: Arrival['protocol'];
  /** For the count of arrivals: the job of a scrape; null if unknown. */
  readonly service: string | null;
  readonly runId: string | null;
}

/** What came, in the terms in which arrivals are counted. */
export interface ArrivalCount {
  readonly records: number;
  readonly signal: Signal;
  readonly service: string | null;
  readonly runId: string | null;
  readonly protocol: Arrival['protocol'];
}

export interface IngestParts {
  readonly sink: Sink;
  readonly masker: Masker;
  readonly onExport: <S extends Signal>(incoming: Incoming<S>) => void;
  /** Told of what came by any other protocol than OTLP, or was not decoded. */
  readonly onOther: (count: ArrivalCount) => void;
  readonly nowMs: () => number;
}

export class Ingest {
  private readonly parts: IngestParts;

  constructor(parts: IngestParts) {
    this.parts = parts;
  }

  /** Takes a protobuf export from its bytes; undefined when it must be handed in decoded. */
  takeBytes(signal: Signal, body: Buffer, protocol: Arrival['protocol']): IngestOutcome | undefined {
    const { sink, masker, onOther } = this.parts;
    if (masker.hasOwnRules) return undefined;
    const taken = sink.takeBytes?.({ signal, body, receivedNs: this.nowNs() });
    if (taken === undefined) return undefined;
    if ((taken.outcome.httpStatus ?? 200) < 400)
      for (const source of taken.sources) onOther({ signal, protocol, ...source });
    return taken.outcome;
  }

  /** Takes an OTLP export. */
  takeExport<S extends Signal>(incoming: Incoming<S>): IngestOutcome {
    const { sink, masker, onExport } = this.parts;
    const request = masker.maskExport(incoming.signal, incoming.request);
    const encoded = request === incoming.request ? incoming.encoded : undefined;
    const outcome = sink.take({ signal: incoming.signal, request, receivedNs: this.nowNs(), encoded });
    if ((outcome.httpStatus ?? 200) < 400) onExport(incoming);
    return outcome;
  }

  /** Takes samples that have their Prometheus names already. */
  takeSeries({ series, ...from }: IncomingSeries): IngestOutcome {
    const { sink, masker, onOther } = this.parts;
    const outcome = sink.takeSeries({ series: masker.maskSeries(series), receivedNs: this.nowNs() });
    if (outcome.accepted > 0) onOther({ signal: 'metrics', records: outcome.accepted, ...from });
    return outcome;
  }

  /** Takes log lines that have their stream labels already. @throws HttpRefusal for labels that Loki refuses. */
  takeStreams(streams: readonly PushStream[]): IngestOutcome {
    const { sink, masker, onOther } = this.parts;
    const outcome = sink.takeStreams({ streams: masker.maskStreams(streams), receivedNs: this.nowNs() });
    const records = outcome.accepted;
    if (records > 0) onOther({ signal: 'logs', records, service: null, runId: null, protocol: 'loki-push' });
    return outcome;
  }

  private nowNs(): bigint {
    return BigInt(this.parts.nowMs()) * 1_000_000n;
  }
}
