// One HTTP request over node:http, with a time-out of its own and without keep-alive. Node's `fetch` can stay unsettled
// for ever behind a port proxy and does not keep the process alive while it waits; this cannot.
import { request as httpRequest } from 'node:http';
import { readErrorCode } from './error-code.ts';

export interface HttpCall {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly timeoutMs: number;
  /** Longer answers are an error; default 256 MiB. */
  readonly maxBytes?: number;
  readonly signal?: AbortSignal;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** Why no whole answer came; `code` is the system's errno name where there is one. */
export class HttpFailure extends Error {
  readonly url: string;
  readonly code: string | undefined;

  constructor(url: string, reason: string, options: { readonly code?: string; readonly cause?: unknown } = {}) {
    super(`${url}: ${reason}`, { cause: options.cause });
    this.name = 'HttpFailure';
    this.url = url;
    this.code = options.code;
  }
}

const defaultMaxBytes = 256 * 1024 * 1024;

/**
 * Sends one request and reads the whole answer, whatever its status. Rejects with HttpFailure when there is none in
 * time, and with the signal's reason when it is aborted.
 */
export async function exchangeHttp(call: HttpCall): Promise<HttpAnswer> {
  // TLS costs milliseconds to load, and stacks on this machine need none.
  const { request } = call.url.startsWith('https:') ? await import('node:https') : { request: httpRequest };
  return exchange(call, request);
}

function exchange(call: HttpCall, request: typeof httpRequest): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    if (call.signal?.aborted) return reject(call.signal.reason);
    const sent = request(call.url, { method: call.method, agent: false, headers: headersOf(call) });
    const fail = (error: unknown) => {
      finish();
      sent.destroy();
      reject(error);
    };
    const onAbort = () => fail(call.signal?.reason);
    const timer = setTimeout(() => fail(timeOut(call)), call.timeoutMs);
    const finish = () => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', onAbort);
    };
    call.signal?.addEventListener('abort', onAbort);
    sent.on('error', (error) => fail(explain(call, error)));
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      let length = 0;
      response.on('data', (chunk: Buffer) => {
        length += chunk.length;
        if (length > (call.maxBytes ?? defaultMaxBytes)) return fail(tooLong(call));
        chunks.push(chunk);
      });
      response.on('error', (error) => fail(explain(call, error)));
      response.on('end', () => {
        finish();
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) });
      });
    });
    sent.end(call.body);
  });
}

function headersOf(call: HttpCall): Record<string, string | number> {
  const length = call.body === undefined ? undefined : Buffer.byteLength(call.body);
  return { ...call.headers, ...(length === undefined ? {} : { 'content-length': length }) };
}

function timeOut(call: HttpCall): HttpFailure {
  return new HttpFailure(call.url, `no answer within ${call.timeoutMs} ms`, { code: 'ETIMEDOUT' });
}

function tooLong(call: HttpCall): HttpFailure {
  return new HttpFailure(call.url, `the answer is longer than ${call.maxBytes ?? defaultMaxBytes} bytes`);
}

function explain(call: HttpCall, error: Error): HttpFailure {
  return new HttpFailure(call.url, error.message, { code: readErrorCode(error), cause: error });
}
