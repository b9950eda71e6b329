// One request to a server, up to the head of its answer; the body is the caller's to stream or to read.
import { type ClientRequest, request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { HttpRefusal } from '../http/refusal.ts';
import { describeDenial } from '../upstream/denial.ts';
import type { Upstream } from '../upstream/upstream.ts';

/** From the last byte of a question to the first of its answer: as long as people wait for a query. */
const firstByteTimeoutMs = 120_000;

export interface Outgoing {
  readonly method: string;
  /** Path and query, below the server's base URL. */
  readonly target: string;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
  readonly signal: AbortSignal;
}

/** The head of the answer. @throws HttpRefusal 502 when the server does not answer, 504 when it takes too long. */
export async function ask(upstream: Upstream, outgoing: Outgoing): Promise<IncomingMessage> {
  const sent = await openRequest(upstream, outgoing);
  return new Promise((resolve, reject) => {
    const late = () => sent.destroy(new HttpRefusal(504, `${upstream.name} took longer than ${firstByteTimeoutMs} ms`));
    const timer = setTimeout(late, firstByteTimeoutMs);
    sent.once('close', () => clearTimeout(timer));
    sent.once('error', (error) => reject(explain(upstream, error)));
    sent.once('response', (answer) => {
      clearTimeout(timer);
      const denial = describeDenial(upstream.name, answer.statusCode);
      if (denial === undefined) return resolve(answer);
      sent.destroy();
      reject(new HttpRefusal(502, denial));
    });
    sent.end(outgoing.body);
  });
}

/** A request that is ready to be sent, with the server's own headers over those given. */
export async function openRequest(upstream: Upstream, outgoing: Omit<Outgoing, 'body'>): Promise<ClientRequest> {
  const { method, target, signal } = outgoing;
  const headers = { ...outgoing.headers, ...lowerCase(upstream.headers()) };
  const options: RequestOptions = { method, headers, signal };
  if (!upstream.url.startsWith('https:')) return httpRequest(upstream.url + target, { ...options, agent: false });
  // TLS costs milliseconds to load, and servers on this machine need none. Its agent keeps connections, since each costs
  // several round trips.
  const { request: httpsRequest } = await import('node:https');
  return httpsRequest(upstream.url + target, options);
}

/** What a failed request means for who asked. */
export function explain({ name, url }: Upstream, error: Error): HttpRefusal {
  if (error instanceof HttpRefusal) return error;
  return new HttpRefusal(502, `${name} does not answer at ${url}: ${error.message}`, { cause: error });
}

function lowerCase(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
