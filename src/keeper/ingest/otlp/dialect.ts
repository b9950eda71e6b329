// The four OTLP/HTTP receivers that exporters know: the specification's (on the keeper's OTLP port), and those that Loki,
// Prometheus and Tempo have of their own, which differ in content types, status codes and bodies.

import type { Signal } from '../../../wire/otlp/request.ts';
import { encodeExportResponse, encodeStatus, exportResponseJson } from '../../../wire/otlp/response.ts';
import { plainTextError } from '../../http/error-shape.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { ApiResponse, ErrorShape } from '../../http/types.ts';
import type { IngestOutcome } from '../../signal-store.ts';
import { toRpcCode } from './rpc-code.ts';

export type Format = 'protobuf' | 'json';

export interface Dialect {
  /** The form of the body. @throws HttpRefusal for a content type that this receiver does not take. */
  readonly readFormat: (contentType: string | undefined) => Format;
  /** An export without any record; undefined: as any other. */
  readonly refuseEmpty?: () => HttpRefusal;
  /** The status for an export that the store refused with `status`. */
  readonly refuse: (status: number) => number;
  /** Does it refuse a request of which only a part was taken? */
  readonly refusesParts?: boolean;
  readonly answer: (signal: Signal, format: Format, outcome: IngestOutcome) => ApiResponse;
  readonly shapeError: ErrorShape;
}

const contentTypes: Readonly<Record<string, Format>> = {
  'application/x-protobuf': 'protobuf',
  'application/json': 'json',
};

/** A message without any field is no bytes. */
const fullSuccess = protobuf(200, Buffer.alloc(0));

/** https://opentelemetry.io/docs/specs/otlp/#otlphttp */
const specification: Dialect = {
  readFormat: (contentType) => readFormat(contentType?.split(';')[0]?.trim().toLowerCase(), contentType, 415),
  refuse: asPermanent,
  answer: (signal, format, outcome) => {
    const partial =
      outcome.rejected > 0 || outcome.message
        ? { rejected: outcome.rejected, errorMessage: outcome.message ?? '' }
        : undefined;
    if (format === 'json') return json(200, exportResponseJson(signal, partial));
    return partial === undefined ? fullSuccess : protobuf(200, encodeExportResponse(signal, partial));
  },
  shapeError: (failure) => {
    const status = { code: toRpcCode(failure.status), message: failure.message };
    const shaped = failure.contentType?.startsWith('application/x-protobuf')
      ? protobuf(failure.status, encodeStatus(status))
      : json(failure.status, status);
    return { ...shaped, headers: { ...shaped.headers, ...failure.headers } };
  },
};

/** Loki takes the bare content types only, wants at least one record, and answers without a body. Its refusals are a Status without a code, whatever was sent. */
const loki: Dialect = {
  readFormat: (contentType) => readFormat(contentType, contentType, 400),
  refuseEmpty: () => new HttpRefusal(422, 'error at least one valid stream is required for ingestion'),
  refuse: (status) => status,
  refusesParts: true,
  answer: () => ({ status: 204, body: '' }),
  shapeError: ({ status, message, headers }) => ({
    status,
    headers: { 'content-type': 'application/octet-stream', ...headers },
    body: encodeStatus({ code: 0, message }),
  }),
};

const prometheus: Dialect = {
  readFormat: (contentType) => readFormat(contentType, contentType, 400),
  refuse: (status) => status,
  refusesParts: true,
  answer: () => ({ status: 200, body: '' }),
  shapeError: plainTextError,
};

/** Tempo's is the Collector's receiver: it always writes a partial success, if only an empty one, and refuses forms that it does not know in plain text. */
const tempo: Dialect = {
  ...specification,
  shapeError: (failure) =>
    failure.status === 415
      ? { status: 415, headers: { 'content-type': 'text/plain' }, body: failure.message }
      : specification.shapeError(failure),
  answer: (signal, format, outcome) => {
    const partial = { rejected: outcome.rejected, errorMessage: outcome.message ?? '' };
    return format === 'protobuf'
      ? protobuf(200, encodeExportResponse(signal, partial))
      : json(200, exportResponseJson(signal, partial));
  },
};

export const dialects = { specification, loki, prometheus, tempo } as const;

/** Data that a store will never take is the sender's fault (400); only what may go better later stays as it is. */
export function asPermanent(status: number): number {
  return status === 429 || status === 503 ? status : 400;
}

function readFormat(bare: string | undefined, given: string | undefined, status: number): Format {
  const format = contentTypes[bare ?? ''];
  if (format !== undefined) return format;
  const headers = status === 415 ? { accept: Object.keys(contentTypes).join(', ') } : undefined;
  throw new HttpRefusal(
    status,
    `unsupported content type "${given ?? ''}", supported: ${Object.keys(contentTypes).join(', ')}`,
    { headers },
  );
}

function protobuf(status: number, body: Buffer): ApiResponse {
  return { status, headers: { 'content-type': 'application/x-protobuf' }, body };
}

function json(status: number, body: unknown): ApiResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
}
