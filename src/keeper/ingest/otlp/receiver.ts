// An OTLP/HTTP receiver for one signal in one dialect: content type → decode → ingest → answer.
import { MalformedOtlp } from '../../../wire/otlp/malformed.ts';
import { decodeJson, decodeProtobuf, type Signal } from '../../../wire/otlp/request.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { ApiRequest, ApiResponse, Route } from '../../http/types.ts';
import type { IngestOutcome } from '../../signal-store.ts';
import type { Ingest } from '../ingest.ts';
import { countAll } from './count.ts';
import { type Dialect, dialects, type Format } from './dialect.ts';

export interface ReceiverOptions<S extends Signal> {
  readonly signal: S;
  readonly dialect: keyof typeof dialects;
  readonly path: string;
  readonly ingest: Pick<Ingest, 'takeBytes' | 'takeExport'>;
}

/** The route of a receiver. It answers 400 to malformed bodies and as the sink says to the others. */
export function makeOtlpRoute<S extends Signal>(options: ReceiverOptions<S>): Route {
  const dialect = dialects[options.dialect];
  return {
    method: 'POST',
    path: options.path,
    // The receivers of the real servers know nothing of pages.
    forPages: options.dialect === 'specification',
    shapeError: dialect.shapeError,
    handler: (request) => receive(request, dialect, options),
  };
}

function receive<S extends Signal>(request: ApiRequest, dialect: Dialect, options: ReceiverOptions<S>): ApiResponse {
  const { signal, ingest } = options;
  const format = dialect.readFormat(request.headers['content-type']);
  const taken = format === 'protobuf' ? ingest.takeBytes(signal, request.body, 'otlp-http-protobuf') : undefined;
  if (taken !== undefined) return answer(taken, format, { dialect, signal });
  const decoded = decode(signal, format, request.body);
  if (countAll(signal, decoded) === 0) {
    if (dialect.refuseEmpty) throw dialect.refuseEmpty();
    return dialect.answer(signal, format, { accepted: 0, rejected: 0 });
  }
  const outcome = ingest.takeExport({
    signal,
    request: decoded,
    encoded: format === 'protobuf' ? request.body : undefined,
    protocol: `otlp-http-${format}`,
  });
  return answer(outcome, format, { dialect, signal });
}

function answer(
  outcome: IngestOutcome,
  format: Format,
  { dialect, signal }: { readonly dialect: Dialect; readonly signal: Signal },
): ApiResponse {
  const part = dialect.refusesParts && outcome.rejected > 0 ? (outcome.partStatus ?? 400) : 200;
  const status = outcome.httpStatus ?? part;
  if (status < 400) return dialect.answer(signal, format, outcome);
  throw new HttpRefusal(dialect.refuse(status), outcome.message ?? 'refused', {
    headers: status === 503 ? { 'retry-after': '1' } : {},
  });
}

function decode<S extends Signal>(signal: S, format: Format, body: Buffer) {
  try {
    return format === 'protobuf' ? decodeProtobuf(signal, body) : decodeJson(signal, body);
  } catch (cause) {
    if (cause instanceof MalformedOtlp)
      throw new HttpRefusal(400, `malformed OTLP ${format}: ${cause.message}`, { cause });
    throw cause;
  }
}
