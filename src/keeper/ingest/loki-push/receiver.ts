// Loki push: entries from Promtail, Alloy, Docker's Loki driver and anything else that speaks Loki's own protocol.
// https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs

import type { Bounds } from '../../../model/limits.ts';
import { decodePushJson, decodePushProtobuf, MalformedPush, type PushStream } from '../../../wire/loki/push.ts';
import { plainTextError } from '../../http/error-shape.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import { uncompress } from '../../http/snappy.ts';
import type { ApiRequest, ApiResponse, Route } from '../../http/types.ts';
import type { Ingest } from '../ingest.ts';

/** POST /loki/api/v1/push; answers 204. */
export function makeLokiPushRoute(ingest: Ingest, bounds: Bounds): Route {
  return {
    method: 'POST',
    path: '/loki/api/v1/push',
    // Encodings that it does not know are no more than wrong to Loki.
    shapeError: (failure) => plainTextError({ ...failure, status: failure.status === 415 ? 400 : failure.status }),
    handler: (request) => receive(request, { ingest, bounds }),
  };
}

interface Parts {
  readonly ingest: Ingest;
  readonly bounds: Bounds;
}

function receive(request: ApiRequest, { ingest, bounds }: Parts): ApiResponse {
  const streams = decode(request, bounds);
  if (streams.length === 0) throw new HttpRefusal(422, 'error at least one valid stream is required for ingestion');
  const outcome = ingest.takeStreams(streams);
  const status = outcome.httpStatus ?? (outcome.rejected > 0 ? (outcome.partStatus ?? 400) : 204);
  if (status < 400) return { status: 204, body: '' };
  throw new HttpRefusal(status, outcome.message ?? 'refused', {
    headers: status === 503 ? { 'retry-after': '1' } : {},
  });
}

function decode({ headers, body }: ApiRequest, bounds: Bounds): PushStream[] {
  const type = headers['content-type']?.split(';')[0]?.trim().toLowerCase();
  try {
    return type === 'application/json' ? decodePushJson(body) : decodePushProtobuf(uncompress(body, bounds));
  } catch (cause) {
    if (cause instanceof MalformedPush) throw new HttpRefusal(400, cause.message, { cause });
    throw cause;
  }
}
