// What a handler of the keeper sees of HTTP: a parsed request in, a small answer out. The listener does bodies, limits,
// compression, Host and Origin checks, and turns thrown errors into the API's own error shape.

export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  /** Path parameters by name (`/api/v1/label/:name/values`), percent-decoded. */
  readonly params: Readonly<Record<string, string>>;
  /** Query string, and for form posts the body's fields after it. */
  readonly query: URLSearchParams;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decompressed body; empty if there was none. */
  readonly body: Buffer;
  /** Aborted when the client went away or the query time is over. */
  readonly signal: AbortSignal;
}

export interface ApiResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
  /** Called when the body was sent, or never will be: what it stood in may be used again. */
  readonly onSent?: () => void;
}

export type ApiHandler = (request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

/** A request that was refused or failed, before it has the shape of an API. */
export interface Failure {
  readonly status: number;
  readonly message: string;
  /** Prometheus's `errorType`, where one is known. */
  readonly errorType: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  /** `content-type` of the request: OTLP answers in the form in which it was asked. */
  readonly contentType: string | undefined;
}

/** Turns a failure into the answer that clients of the real server know how to read. */
export type ErrorShape = (failure: Failure) => ApiResponse;

/** One route. `path` may hold `:name` segments; the first match in the list wins. */
export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly handler: ApiHandler;
  /** Web pages on loopback may send it requests and read its answers; other routes answer them nothing that they can read. */
  readonly forPages?: boolean;
  /** Looks at the headers before the body is read. @throws HttpRefusal */
  readonly admit?: (headers: ApiRequest['headers']) => void;
  /** How this route says no; default: as its port does. */
  readonly shapeError?: ErrorShape;
}
