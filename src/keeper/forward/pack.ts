// Telemetry → parcels, in the form that its server takes; and parcels that an earlier keeper left → what was known of them.
import type { Backend } from '../../model/backend.ts';
import { decodePushMessage, encodePushMessage, type PushStream } from '../../wire/loki/push.ts';
import { decodeProtobuf, encodeProtobuf, type RecordOf, type Signal } from '../../wire/otlp/request.ts';
import type { ExportRequest, TracesRequest } from '../../wire/otlp/types.ts';
import { decodeWriteRequest, encodeWriteRequest, type WrittenSeries } from '../../wire/prometheus/remote-write.ts';
import { findRefusal } from '../ingest/metrics/translate.ts';
import { countAll } from '../ingest/otlp/count.ts';
import type { Arriving, ArrivingSeries, ArrivingStreams } from '../sink/sink.ts';
import type { Marker } from '../tenancy/tenancy.ts';
import type { Frame } from '../wal/frame.ts';
import { type NewestSpans, noSpans, type Parcel, parcelKind } from './parcel.ts';
import { SeriesTranslator } from './series.ts';

/** A parcel, or why the server would refuse all of it. */
export type Packed = Parcel | { readonly refusal: string };
export type Packers = { readonly [S in Signal]: (arriving: Arriving<S>) => Packed };

/** How exports of each signal are packed for this backend. */
export function makePackers({ metricsProtocol }: Backend['prometheus'], { streamsOf }: Marker): Packers {
  return {
    logs: streamsOf
      ? ({ request, receivedNs }) => packStreams({ streams: streamsOf(request, receivedNs), receivedNs })
      : (arriving) => packOtlp(arriving, noSpans),
    metrics: metricsPackers[metricsProtocol](),
    traces: packSpans,
  };
}

const metricsPackers: Readonly<Record<Backend['prometheus']['metricsProtocol'], () => Packers['metrics']>> = {
  otlp: () => (arriving) => {
    // Prometheus refuses an export whole; here the sender is told so, and others that travel with it are spared.
    const refusal = findRefusal(arriving.request);
    return refusal === undefined ? packOtlp(arriving, noSpans) : { refusal };
  },
  'remote-write': () => {
    const translator = new SeriesTranslator();
    return ({ request, receivedNs }) => {
      const translated = translator.translate(request, receivedNs);
      if ('refusal' in translated) return translated;
      return { ...packSeries({ series: translated, receivedNs }), records: countAll('metrics', request) };
    };
  },
};

/** Samples that have their Prometheus names. */
export function packSeries({ series, receivedNs }: ArrivingSeries): Parcel {
  const payload = encodeWriteRequest(series);
  return { kind: parcelKind.remoteWrite, payload, receivedNs, records: countSamples(series), newestSpans: noSpans };
}

/** Log lines that have their stream labels. */
export function packStreams({ streams, receivedNs }: ArrivingStreams): Parcel {
  const payload = encodePushMessage(streams);
  return { kind: parcelKind.lokiPush, payload, receivedNs, records: countLines(streams), newestSpans: noSpans };
}

/** The parcel of a frame that lay on disk; undefined for a kind of a newer obs. @throws Error for a payload that cannot be read. */
export function unpackFrame(signal: Signal, frame: Frame): Parcel | undefined {
  const count = counters[frame.kind];
  return count && { ...frame, records: count(signal, frame.payload), newestSpans: noSpans };
}

const counters: Readonly<Record<number, (signal: Signal, payload: Buffer) => number>> = {
  [parcelKind.otlpExport]: (signal, payload) => countAll(signal, decodeProtobuf(signal, payload)),
  [parcelKind.remoteWrite]: (_signal, payload) => countSamples(decodeWriteRequest(payload)),
  [parcelKind.lokiPush]: (_signal, payload) => countLines(decodePushMessage(payload)),
};

function packSpans(arriving: Arriving<'traces'>): Parcel {
  return packOtlp(arriving, findNewestSpans(arriving.request));
}

function packOtlp<S extends Signal>(
  { signal, request, receivedNs, encoded }: Arriving<S>,
  newestSpans: NewestSpans,
): Parcel {
  const payload = encoded ?? encodeProtobuf<S>(signal, request as ExportRequest<RecordOf[S]>);
  return { kind: parcelKind.otlpExport, payload, receivedNs, records: countAll<S>(signal, request), newestSpans };
}

// Exporters send spans in the order in which they ended.
function findNewestSpans(request: TracesRequest): NewestSpans {
  const newest = new Map<string, string>();
  for (const { scopes } of request)
    for (const { items } of scopes) for (const { traceId, spanId } of items) newest.set(traceId, spanId);
  return newest;
}

function countSamples(series: readonly WrittenSeries[]): number {
  return series.reduce((sum, { samples, histograms = [] }) => sum + samples.length + histograms.length, 0);
}

function countLines(streams: readonly PushStream[]): number {
  return streams.reduce((sum, { entries }) => sum + entries.length, 0);
}
