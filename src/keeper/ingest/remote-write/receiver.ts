// Prometheus remote write: snappy-compressed protobuf on the Prometheus port, from agents and other Prometheus servers; versions
// 1.0 and 2.0.
// https://prometheus.io/docs/specs/prw/remote_write_spec/
import type { Bounds } from '../../../model/limits.ts';
import { MalformedOtlp } from '../../../wire/otlp/malformed.ts';
import { decodeWriteMetadata, decodeWriteRequest, type WrittenSeries } from '../../../wire/prometheus/remote-write.ts';
import { decodeWriteRequest2, type WriteRequest2 } from '../../../wire/prometheus/remote-write-2.ts';
import type { WrittenMetadata } from '../../../wire/prometheus/written-metadata.ts';
import { plainTextError } from '../../http/error-shape.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import { uncompress } from '../../http/snappy.ts';
import type { ApiRequest, ApiResponse, Route } from '../../http/types.ts';
import type { Ingest } from '../ingest.ts';

export interface RemoteWriteParts {
  readonly ingest: Ingest;
  readonly bounds: Bounds;
  /** Told of what senders say of their metrics. */
  readonly onMetadata: (metadata: readonly WrittenMetadata[]) => void;
}

/** POST /api/v1/write; answers 204. */
export function makeRemoteWriteRoute(parts: RemoteWriteParts): Route {
  return {
    method: 'POST',
    path: '/api/v1/write',
    shapeError: plainTextError,
    admit: failIfUnknown,
    handler: (request) => receive(request, parts),
  };
}

const version1 = 'prometheus.WriteRequest';
const version2 = 'io.prometheus.write.v2.Request';

/** Senders of old say neither type nor encoding. @throws HttpRefusal 415 */
function failIfUnknown(headers: ApiRequest['headers']): void {
  const [type = '', ...parameters] = (headers['content-type'] ?? '').split(';').map((part) => part.trim());
  if (type !== '' && type.toLowerCase() !== 'application/x-protobuf')
    throw new HttpRefusal(415, `unsupported content type "${type}", supported: application/x-protobuf`);
  const name = parameters.find((part) => part.startsWith('proto='))?.slice('proto='.length) ?? version1;
  if (name !== version1 && name !== version2)
    throw new HttpRefusal(415, `unknown message "${name}", supported: ${version1}, ${version2}`);
  const encoding = headers['content-encoding'] ?? 'snappy';
  if (encoding !== 'snappy') throw new HttpRefusal(415, `unsupported encoding "${encoding}", supported: snappy`);
}

function receive({ body, headers }: ApiRequest, { ingest, bounds, onMetadata }: RemoteWriteParts): ApiResponse {
  const isVersion2 = headers['content-type']?.includes(version2) ?? false;
  const { series, metadata } = decode(uncompress(body, bounds), isVersion2 ? decodeWriteRequest2 : decodeVersion1);
  const outcome = ingest.takeSeries({
    series: series.filter(isNamed),
    protocol: 'remote-write',
    service: null,
    runId: null,
  });
  const status = outcome.httpStatus ?? (outcome.rejected > 0 ? 400 : 204);
  const written = isVersion2 ? countWritten(series, outcome.accepted) : {};
  if (status >= 400)
    throw new HttpRefusal(status, outcome.message ?? 'refused', {
      headers: { ...written, ...(status === 503 ? { 'retry-after': '1' } : {}) },
    });
  onMetadata(metadata);
  return { status, headers: written, body: '' };
}

/** A series without a name, or with a label twice, is left out without a word, as Prometheus does. */
function isNamed({ labels }: WrittenSeries): boolean {
  const names = new Set(labels.map(({ name }) => name));
  return names.has('__name__') && names.size === labels.length;
}

function decodeVersion1(bytes: Buffer): WriteRequest2 {
  return { series: decodeWriteRequest(bytes), metadata: decodeWriteMetadata(bytes) };
}

/** What version 2 wants to be told. Samples and histograms are not refused apart, so all that was refused counts as samples. */
function countWritten(series: readonly WrittenSeries[], accepted: number): Record<string, string> {
  const histograms = series.reduce((sum, one) => sum + (one.histograms?.length ?? 0), 0);
  const exemplars = series.reduce((sum, one) => sum + (one.exemplars?.length ?? 0), 0);
  return {
    'x-prometheus-remote-write-samples-written': String(Math.max(0, accepted - histograms)),
    'x-prometheus-remote-write-histograms-written': String(Math.min(histograms, accepted)),
    'x-prometheus-remote-write-exemplars-written': String(exemplars),
  };
}

function decode(body: Buffer, read: (bytes: Buffer) => WriteRequest2): WriteRequest2 {
  try {
    return read(body);
  } catch (cause) {
    if (cause instanceof MalformedOtlp)
      throw new HttpRefusal(400, `malformed remote write: ${cause.message}`, { cause });
    throw cause;
  }
}
