// Prometheus remote write: snappy-compressed protobuf on the Prometheus port, from agents and other Prometheus servers.
// https://prometheus.io/docs/specs/prw/remote_write_spec/
import { uncompress } from 'snappyjs';
import { MalformedOtlp } from '../../../wire/otlp/malformed.ts';
import { decodeWriteRequest } from '../../../wire/prometheus/remote-write.ts';
import { plainTextError } from '../../http/error-shape.ts';
import { maxBodyBytes } from '../../http/limits.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { ApiRequest, ApiResponse, Route } from '../../http/types.ts';
import type { Ingest } from '../ingest.ts';

/** POST /api/v1/write; answers 204. */
export function makeRemoteWriteRoute(ingest: Ingest): Route {
  return {
    method: 'POST',
    path: '/api/v1/write',
    shapeError: plainTextError,
    handler: (request) => receive(request, ingest),
  };
}

function receive({ body, headers }: ApiRequest, ingest: Ingest): ApiResponse {
  if (headers['content-type']?.includes('io.prometheus.write.v2'))
    throw new HttpRefusal(415, 'remote write 2.0 is not supported; use 1.0 (prometheus.WriteRequest)');
  const outcome = ingest.takeSeries({ series: decode(body), protocol: 'remote-write', service: null, runId: null });
  const status = outcome.httpStatus ?? (outcome.rejected > 0 ? 400 : 204);
  if (status < 400) return { status, body: '' };
  throw new HttpRefusal(status, outcome.message ?? 'refused', {
    headers: status === 503 ? { 'retry-after': '1' } : {},
  });
}

function decode(body: Buffer) {
  try {
    return decodeWriteRequest(uncompressBounded(body));
  } catch (cause) {
    if (cause instanceof MalformedOtlp)
      throw new HttpRefusal(400, `malformed remote write: ${cause.message}`, { cause });
    throw cause;
  }
}

function uncompressBounded(body: Buffer): Buffer {
  try {
    return Buffer.from(uncompress(body, maxBodyBytes));
  } catch (cause) {
    throw new HttpRefusal(400, `the body is no snappy: ${cause instanceof Error ? cause.message : ''}`, { cause });
  }
}
