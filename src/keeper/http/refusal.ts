// A request that is answered with a 4xx or 5xx. Handlers and the listener throw it; the listener gives it the shape of
// the API that the port serves.
import { type Bounds, describeLimit, type LimitName } from '../../model/limits.ts';

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

/** A refusal for a limit; says which limit it was and where it is set. */
export function refuseBeyond(
  status: number,
  { limit, bounds }: { readonly limit: LimitName; readonly bounds: Bounds },
  what: string,
): HttpRefusal {
  const headers = status === 503 || status === 429 ? { 'retry-after': '1' } : undefined;
  return new HttpRefusal(status, `${what} (${describeLimit(limit, bounds)})`, { headers });
}
