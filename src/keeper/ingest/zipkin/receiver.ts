// Zipkin's own way in, for programs that speak nothing else: POST /api/v2/spans as JSON, answered with 202 and no body.
// https://zipkin.io/zipkin-api/#/default/post_spans
import { decodeZipkinSpans, MalformedZipkin } from '../../../wire/zipkin/spans.ts';
import { plainTextError } from '../../http/error-shape.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { ApiRequest, ApiResponse, Route } from '../../http/types.ts';
import type { Ingest } from '../ingest.ts';

/** The route; protobuf and Thrift are refused with 415. */
export function makeZipkinRoute(ingest: Ingest): Route {
  return {
    method: 'POST',
    path: '/api/v2/spans',
    shapeError: plainTextError,
    handler: (request) => receive(request, ingest),
  };
}

function receive({ headers, body }: ApiRequest, ingest: Ingest): ApiResponse {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase() ?? 'application/json';
  if (type !== 'application/json')
    throw new HttpRefusal(415, `unsupported content type "${type}", supported: application/json`);
  const request = decode(body);
  if (request.length === 0) return { status: 202, body: '' };
  const outcome = ingest.takeExport({ signal: 'traces', request, encoded: undefined, protocol: 'zipkin' });
  const status = outcome.httpStatus ?? 202;
  if (status < 400) return { status: 202, body: '' };
  throw new HttpRefusal(status, outcome.message ?? 'refused', {
    headers: status === 503 ? { 'retry-after': '1' } : {},
  });
}

function decode(body: Buffer) {
  try {
    return decodeZipkinSpans(body);
  } catch (cause) {
    if (cause instanceof MalformedZipkin) throw new HttpRefusal(400, `malformed spans: ${cause.message}`, { cause });
    throw cause;
  }
}
