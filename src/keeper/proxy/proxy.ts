// Passes questions on to one server and its answers back, as they stream in. What the keeper answers itself (identity,
// ingest, metadata) are routes of the port, and never come here.
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { withBody } from '../http/body.ts';
import type { RestHandler } from '../http/listener.ts';
import { HttpRefusal } from '../http/refusal.ts';
import type { QueryNarrower, WholeAnswer } from '../tenancy/tenancy.ts';
import type { Upstream } from '../upstream/upstream.ts';
import { pickRequestHeaders, pickResponseHeaders } from './headers.ts';
import { ask } from './open.ts';
import { readQuestion, type Sendable, writeQuestion } from './question.ts';
import { readWhole } from './whole-answer.ts';

export interface ProxyOptions {
  readonly upstream: Upstream;
  readonly narrower: QueryNarrower;
}

/**
 * Paths by which servers take telemetry, besides those that are routes of the keeper: what came in through them would not
 * be masked.
 */
const waysIn = /\/(?:push|spans|v1\/(?:logs|metrics|traces)|v1\/import.*)$/;

/** Serves all that is no route of the port. */
export function makeProxy({ upstream, narrower }: ProxyOptions): RestHandler {
  return async (message, response, { bodyBudget, signal }) => {
    const { question, answer } = await withBody(message, bodyBudget, async (body) => {
      const asked = readQuestion(message, body);
      if (waysIn.test(asked.path)) throw new HttpRefusal(404, `${asked.path} is no way in here; send OTLP`);
      const narrowed = narrower.narrow(asked);
      const sent = writeQuestion(asked, narrowed, { target: message.url ?? '/', body });
      const headers = makeHeaders(message, { ...sent, isReadWhole: narrowed.changeAnswer !== undefined });
      return { question: narrowed, answer: await ask(upstream, { ...sent, method: asked.method, headers, signal }) };
    });
    if (question.changeAnswer === undefined) await stream(answer, response);
    else sendWhole(question.changeAnswer(await readWhole(answer, bodyBudget)), { response, method: question.method });
  };
}

interface Sent extends Sendable {
  readonly isReadWhole: boolean;
}

function makeHeaders(message: IncomingMessage, { body, isReadWhole }: Sent): Record<string, string | string[]> {
  const headers = pickRequestHeaders(message.headers);
  delete headers['content-encoding']; // the body was read, and so decompressed
  if (isReadWhole) headers['accept-encoding'] = 'identity';
  if (message.method === 'POST') headers['content-length'] = String(body.length);
  return headers;
}

async function stream(answer: IncomingMessage, response: ServerResponse): Promise<void> {
  response.writeHead(answer.statusCode ?? 502, pickResponseHeaders(answer.headers));
  // When one side breaks off, the other is broken off, too; nothing can be said any more by then.
  await pipeline(answer, response).catch(() => undefined);
}

function sendWhole({ status, headers, body }: WholeAnswer, to: { response: ServerResponse; method: string }): void {
  to.response.writeHead(status, { ...headers, 'content-length': body.length });
  to.response.end(to.method === 'HEAD' ? undefined : body);
}
