// OTLP/gRPC: the three Export calls, decoded by our own protobuf reader. The only file that sees @grpc/grpc-js; it is
// loaded when the first gRPC connection comes, since most apps speak HTTP and it costs memory.

import type { Duplex } from 'node:stream';
import type { handleUnaryCall, ServiceDefinition } from '@grpc/grpc-js';
import { type Bounds, describeLimit } from '../../../model/limits.ts';
import { MalformedOtlp } from '../../../wire/otlp/malformed.ts';
import { decodeProtobuf, type Signal } from '../../../wire/otlp/request.ts';
import { encodeExportResponse } from '../../../wire/otlp/response.ts';
import { refuseStrangers } from '../../http/guard.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { IngestOutcome } from '../../signal-store.ts';
import type { Ingest } from '../ingest.ts';
import { countAll } from './count.ts';
import { asPermanent } from './dialect.ts';
import { toRpcCode } from './rpc-code.ts';

export interface GrpcOptions {
  readonly ingest: Ingest;
  readonly bounds: Bounds;
  readonly notReady: () => string | undefined;
  readonly onRefusal: (refusal: { path: string; status: number; reason: string; remote: string | null }) => void;
}

const services: Readonly<Record<Signal, string>> = {
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
};
/** Each may hold a message that has not come whole. Exporters use one or two. */
const maxStreamsOfConnection = 16;
const spareBytes = 64 * 1024;
/** Connections that do nothing are ended, and those whose other side is gone; clients open new ones. */
const idleTimeoutMs = 5 * 60_000;
const pingEveryMs = 60_000;
const pingTimeoutMs = 20_000;

export interface GrpcServer {
  /** Takes over a connection whose first bytes were those of HTTP/2. */
  readonly accept: (connection: Duplex) => void;
}

/** Loads the library and makes the server. */
export async function makeGrpcServer(options: GrpcOptions): Promise<GrpcServer> {
  // Not at the top: bundled into one file, a static import would be part of every start.
  const { Server, ServerCredentials } = await import('@grpc/grpc-js');
  const server = new Server({
    // What is a little too large is refused in words of our own, which name the limit; the library's do not.
    'grpc.max_receive_message_length': options.bounds.decompressedBody + spareBytes,
    'grpc.max_concurrent_streams': Math.min(maxStreamsOfConnection, options.bounds.concurrentRequests),
    'grpc.max_connection_idle_ms': idleTimeoutMs,
    'grpc.keepalive_time_ms': pingEveryMs,
    'grpc.keepalive_timeout_ms': pingTimeoutMs,
  });
  for (const [signal, service] of Object.entries(services) as [Signal, string][]) // the table's keys are signals
    server.addService(describeService(`/${service}/Export`), { Export: makeExport(signal, options) });
  const injector = server.createConnectionInjector(ServerCredentials.createInsecure());
  return { accept: (connection) => injector.injectConnection(connection) };
}

// Messages stay bytes here: a decoder that throws inside grpc-js would be an INTERNAL error, and not the sender's fault.
function describeService(path: string): ServiceDefinition {
  const asIs = (bytes: Buffer) => bytes;
  return {
    Export: {
      path,
      requestStream: false,
      responseStream: false,
      requestSerialize: asIs,
      requestDeserialize: asIs,
      responseSerialize: asIs,
      responseDeserialize: asIs,
    },
  };
}

interface Refused {
  readonly status: number;
  readonly reason: string;
  /** Where it is not the one that goes with the HTTP status. */
  readonly rpcCode?: number;
}

/** What gRPC's own library for Go, and so the real servers, answer to a message that cannot be decoded. */
const internalCode = 13;

function makeExport(signal: Signal, options: GrpcOptions): handleUnaryCall<Buffer, Buffer> {
  return (call, reply) => {
    const answer = refuseStranger(call) ?? exportBytes(signal, call.request, options);
    if (Buffer.isBuffer(answer)) {
      reply(null, answer);
      return;
    }
    const { status, reason, rpcCode = toRpcCode(status) } = answer;
    options.onRefusal({ path: `/${services[signal]}/Export`, status, reason, remote: call.getPeer() });
    reply({ code: rpcCode, details: reason });
  };
}

// No page can speak gRPC without help, but one that is fooled by a name can be told by it all the same.
function refuseStranger(call: Parameters<handleUnaryCall<Buffer, Buffer>>[0]): Refused | undefined {
  const [origin] = call.metadata.get('origin').map(String);
  try {
    refuseStrangers({ host: call.getHost(), origin }, noHosts);
    return undefined;
  } catch (error) {
    if (error instanceof HttpRefusal) return { status: error.status, reason: error.message };
    throw error;
  }
}

const noHosts: ReadonlySet<string> = new Set();

function exportBytes(signal: Signal, bytes: Buffer, { ingest, bounds, notReady }: GrpcOptions): Buffer | Refused {
  const waiting = notReady();
  if (waiting !== undefined) return { status: 503, reason: waiting };
  if (bytes.length > bounds.decompressedBody)
    return { status: 413, reason: `the message is too large (${describeLimit('decompressedBody', bounds)})` };
  try {
    const outcome = ingest.takeBytes(signal, bytes, 'otlp-grpc') ?? takeDecoded(signal, bytes, ingest);
    if (outcome === undefined) return encodeExportResponse(signal, undefined);
    const status = outcome.httpStatus ?? 200;
    if (status >= 400) return { status: asPermanent(status), reason: outcome.message ?? 'refused' };
    const partial = { rejected: outcome.rejected, errorMessage: outcome.message ?? '' };
    return encodeExportResponse(signal, outcome.rejected > 0 || outcome.message ? partial : undefined);
  } catch (error) {
    if (error instanceof MalformedOtlp)
      return { status: 400, reason: `malformed OTLP protobuf: ${error.message}`, rpcCode: internalCode };
    throw error;
  }
}

/** undefined for an export without any record. */
function takeDecoded(signal: Signal, bytes: Buffer, ingest: Ingest): IngestOutcome | undefined {
  const request = decodeProtobuf(signal, bytes);
  if (countAll(signal, request) === 0) return undefined;
  return ingest.takeExport({ signal, request, encoded: bytes, protocol: 'otlp-grpc' });
}
