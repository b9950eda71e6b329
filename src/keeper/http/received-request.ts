// A request as handlers see it. Its signal and its query are made when they are asked for: what takes telemetry in asks for neither.
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ApiRequest } from './types.ts';

/** Is the client still there? */
export class Presence {
  #controller: AbortController | undefined;
  #isGone = false;

  /** Of who waits for the answer. */
  constructor(response: ServerResponse, onClose: () => void) {
    response.once('close', () => {
      onClose();
      if (response.writableFinished) return;
      this.#isGone = true;
      this.#controller?.abort();
    });
  }

  /** Aborted when the client goes away. */
  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    if (this.#isGone) this.#controller.abort();
    return this.#controller.signal;
  }
}

type Parts = Pick<ApiRequest, 'path' | 'params' | 'body'> & { readonly search: string; readonly presence: Presence };

export class ReceivedRequest implements ApiRequest {
  readonly method: string;
  readonly headers: ApiRequest['headers'];
  readonly path: string;
  readonly params: ApiRequest['params'];
  readonly body: Buffer;
  readonly #search: string;
  readonly #presence: Presence;
  #query: URLSearchParams | undefined;

  constructor(message: IncomingMessage, { path, params, body, search, presence }: Parts) {
    this.method = message.method ?? 'GET';
    this.headers = readHeaders(message);
    this.path = path;
    this.params = params;
    this.body = body;
    this.#search = search;
    this.#presence = presence;
  }

  get signal(): AbortSignal {
    return this.#presence.signal;
  }

  get query(): URLSearchParams {
    this.#query ??= this.#readQuery();
    return this.#query;
  }

  #readQuery(): URLSearchParams {
    const query = new URLSearchParams(this.#search);
    if (isForm(this.headers['content-type']))
      for (const [name, value] of new URLSearchParams(this.body.toString('utf8'))) query.append(name, value);
    return query;
  }
}

// Node joins repeated headers into one string, all but set-cookie, which requests do not have.
export function readHeaders(message: IncomingMessage): ApiRequest['headers'] {
  return message.headers as ApiRequest['headers'];
}

function isForm(contentType: string | undefined): boolean {
  return contentType?.toLowerCase().startsWith('application/x-www-form-urlencoded') ?? false;
}
