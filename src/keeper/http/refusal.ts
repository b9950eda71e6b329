// A request that is answered with a 4xx or 5xx. Handlers and the listener throw it; the listener gives it the shape of
// the API that the port serves.

export class HttpRefusal extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, options: { headers?: Record<string, string>; cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = 'HttpRefusal';
    this.status = status;
    this.headers = options.headers ?? {};
  }
}

/** A refusal for a limit; says which limit it was. */
export function refuseBeyond(status: number, limit: { name: string; value: string }, what: string): HttpRefusal {
  const headers = status === 503 ? { 'retry-after': '1' } : undefined;
  return new HttpRefusal(status, `${what} (limit: ${limit.name}, ${limit.value})`, { headers });
}
