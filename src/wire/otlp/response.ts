// What a receiver answers to an export: ExportXServiceResponse with partial success, or google.rpc.Status.
// https://opentelemetry.io/docs/specs/otlp/#otlphttp-response
import { message, one } from './codec.ts';
import { ProtoReader } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';
import type { Signal } from './request.ts';
import { enumeration, int64, text } from './scalars.ts';

/** How many records a receiver refused, and why; nothing refused and no message means full success. */
export interface PartialSuccess {
  readonly rejected: number | bigint;
  readonly errorMessage: string;
}
export interface RpcStatus {
  /** https://grpc.io/docs/guides/status-codes/ */
  readonly code: number;
  readonly message: string;
}

const rejectedName: Readonly<Record<Signal, string>> = {
  logs: 'rejectedLogRecords',
  metrics: 'rejectedDataPoints',
  traces: 'rejectedSpans',
};

const status = message<RpcStatus>('Status', () => ({ code: 0, message: '' }), [
  one(1, 'code', enumeration([])),
  one(2, 'message', text),
]);

function exportResponse(signal: Signal) {
  const partial = message<PartialSuccess>('PartialSuccess', () => ({ rejected: 0, errorMessage: '' }), [
    one(1, 'rejected', int64, rejectedName[signal]),
    one(2, 'errorMessage', text),
  ]);
  return message<{ partialSuccess: PartialSuccess | undefined }>(
    'ExportServiceResponse',
    () => ({ partialSuccess: undefined }),
    [one(1, 'partialSuccess', partial)],
  );
}

/** The protobuf body of a successful export; empty for full success. */
export function encodeExportResponse(signal: Signal, partialSuccess: PartialSuccess | undefined): Buffer {
  return encode((writer) => exportResponse(signal).writeFields({ partialSuccess }, writer));
}

/** The JSON body of a successful export; `{}` for full success. */
export function exportResponseJson(signal: Signal, partialSuccess: PartialSuccess | undefined): unknown {
  return exportResponse(signal).toJson({ partialSuccess });
}

/** Reads a protobuf export response; undefined for full success. @throws MalformedOtlp */
export function decodeExportResponse(signal: Signal, body: Buffer): PartialSuccess | undefined {
  return exportResponse(signal).readFields(new ProtoReader(body), body.length, 0).partialSuccess;
}

/** The protobuf body of a refused export. */
export function encodeStatus(of: RpcStatus): Buffer {
  return encode((writer) => status.writeFields(of, writer));
}

/** Reads a protobuf google.rpc.Status. @throws MalformedOtlp */
export function decodeStatus(body: Buffer): RpcStatus {
  return status.readFields(new ProtoReader(body), body.length, 0);
}

function encode(write: (writer: ProtoWriter) => void): Buffer {
  const writer = new ProtoWriter();
  write(writer);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
