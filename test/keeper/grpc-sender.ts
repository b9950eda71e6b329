// Sends OTLP exports to a keeper over gRPC, as bytes.
import { credentials, makeGenericClientConstructor, type ServiceError } from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';
import { portOffset } from '../../src/model/ports.ts';
import type { Signal } from '../../src/wire/otlp/request.ts';
import type { RunningKeeper } from './keeper-process.ts';

const grpcServices: Readonly<Record<Signal, string>> = {
  logs: 'logs.v1.LogsService',
  metrics: 'metrics.v1.MetricsService',
  traces: 'trace.v1.TraceService',
};

/** Rejects with a ServiceError. The connection ends with the test. */
export function makeGrpcSender(
  keeper: RunningKeeper,
  signal: Signal,
  offset: number = portOffset.otlpGrpc,
): (bytes: Buffer) => Promise<Buffer> {
  const asIs = (bytes: Buffer) => bytes;
  const Client = makeGenericClientConstructor(
    {
      Export: {
        path: `/opentelemetry.proto.collector.${grpcServices[signal]}/Export`,
        requestStream: false,
        responseStream: false,
        requestSerialize: asIs,
        requestDeserialize: asIs,
        responseSerialize: asIs,
        responseDeserialize: asIs,
      },
    },
    'Export',
  );
  const client = new Client(`127.0.0.1:${keeper.basePort + offset}`, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  });
  onTestFinished(() => client.close());
  return (bytes) =>
    new Promise((resolve, reject) => {
      // The generic client has a method per entry of the definition above.
      const call = client.Export as unknown as (
        request: Buffer,
        done: (error: ServiceError | null, answer: Buffer) => void,
      ) => void;
      call.call(client, bytes, (error, answer) => (error ? reject(error) : resolve(answer)));
    });
}
