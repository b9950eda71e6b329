// How each API says no, and what a thrown value means in HTTP.
import { QueryError } from '../../errors/query-error.ts';
import { HttpRefusal } from './refusal.ts';
import type { ErrorShape, Failure } from './types.ts';

/** Loki, Tempo and plain paths: the message as text. */
export const plainTextError: ErrorShape = ({ status, message, headers }) => ({
  status,
  headers: { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff', ...headers },
  body: `${message}\n`,
});

/** Prometheus: `{"status":"error","errorType":…,"error":…}`; 404 and 405 come from its router and are plain text. */
export const prometheusError: ErrorShape = (failure) => {
  if (failure.status === 404 || failure.status === 405) return plainTextError(failure);
  const errorType = failure.errorType ?? prometheusErrorTypes[failure.status] ?? 'internal';
  return {
    status: failure.status,
    headers: { 'content-type': 'application/json', ...failure.headers },
    body: JSON.stringify({ status: 'error', errorType, error: failure.message }),
  };
};

/** The keeper's own paths: `{"error":{"status","message"}}`. */
export const controlError: ErrorShape = ({ status, message, headers }) => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify({ error: { status, message } }),
});

// https://prometheus.io/docs/prometheus/latest/querying/api/#format-overview
const prometheusErrorTypes: Readonly<Record<number, string>> = {
  400: 'bad_data',
  403: 'bad_data',
  413: 'bad_data',
  422: 'execution',
  500: 'internal',
  502: 'unavailable',
  503: 'unavailable',
  504: 'timeout',
};

const queryStatus = { syntax: 400, invalid: 400, unsupported: 422, execution: 422 } as const;

/** What a thrown value means in HTTP; undefined for what is a bug. */
export function describeFailure(error: unknown): Omit<Failure, 'contentType'> | undefined {
  if (error instanceof HttpRefusal)
    return { status: error.status, message: error.message, errorType: undefined, headers: error.headers };
  if (error instanceof QueryError) {
    const { httpStatus, errorType, kind, serverText, message } = error.fields;
    return {
      status: httpStatus ?? queryStatus[kind],
      message: serverText ?? message,
      errorType: errorType ?? (kind === 'execution' ? 'execution' : 'bad_data'),
      headers: {},
    };
  }
  return undefined;
}
