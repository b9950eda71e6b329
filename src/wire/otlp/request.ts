// Export requests of the three signals as bytes or text, both ways. The entry point of this folder.
// https://opentelemetry.io/docs/specs/otlp/
import type { MessageCodec } from './codec.ts';
import { parseExactJson } from './exact-json.ts';
import { logsRequest } from './logs.ts';
import { MalformedOtlp } from './malformed.ts';
import { metricsRequest } from './metrics.ts';
import { ProtoReader } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import { tracesRequest } from './traces.ts';
import type { ExportRequest, LogRecord, Metric, Span } from './types.ts';

export const signals = ['logs', 'metrics', 'traces'] as const;
export type Signal = (typeof signals)[number];
/** The record type of each signal. */
export interface RecordOf {
  readonly logs: LogRecord;
  readonly metrics: Metric;
  readonly traces: Span;
}

const codecs: { readonly [S in Signal]: MessageCodec<{ readonly groups: ExportRequest<RecordOf[S]> }> } = {
  logs: logsRequest,
  metrics: metricsRequest,
  traces: tracesRequest,
};

/** Decodes a protobuf export request. @throws MalformedOtlp */
export function decodeProtobuf<S extends Signal>(signal: S, body: Buffer): ExportRequest<RecordOf[S]> {
  const reader = new ProtoReader(body);
  try {
    const { groups } = codecs[signal].readFields(reader, body.length, 0);
    if (reader.pos !== body.length) throw new MalformedOtlp(`protobuf message is cut off at byte ${body.length}`);
    return groups;
  } catch (error) {
    if (error instanceof MalformedOtlp) throw error;
    // pbf and DataView signal broken input with plain errors of their own.
    throw new MalformedOtlp(`no protobuf message: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Decodes a JSON export request; `null` counts as an empty one, as real receivers have it. @throws MalformedOtlp */
export function decodeJson<S extends Signal>(signal: S, body: Buffer): ExportRequest<RecordOf[S]> {
  const json = parseExactJson(body.toString('utf8'));
  return json === null ? [] : codecs[signal].fromJson(json, 0).groups;
}

/** Encodes an export request as protobuf. */
export function encodeProtobuf<S extends Signal>(signal: S, request: ExportRequest<RecordOf[S]>): Buffer {
  const writer = new ProtoWriter();
  codecs[signal].writeFields({ groups: request }, writer);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** The JSON value of an export request, with times and 64-bit integers as decimal strings. */
export function toJsonValue<S extends Signal>(signal: S, request: ExportRequest<RecordOf[S]>): unknown {
  return codecs[signal].toJson({ groups: request });
}
