// An answer that is to be changed is read whole: bounded as any body that the keeper holds.
import type { IncomingMessage } from 'node:http';
import type { BodyBudget } from '../http/body.ts';
import { refuseBeyond } from '../http/refusal.ts';
import type { WholeAnswer } from '../tenancy/tenancy.ts';
import { pickResponseHeaders } from './headers.ts';

/** @throws HttpRefusal 502 for an answer beyond the limit. */
export async function readWhole(answer: IncomingMessage, budget: BodyBudget): Promise<WholeAnswer> {
  const chunks: Buffer[] = [];
  let held = 0;
  try {
    for await (const chunk of answer as AsyncIterable<Buffer>) {
      // without an encoding, chunks are buffers
      budget.take(chunk.length);
      held += chunk.length;
      if (held > budget.bounds.decompressedBody)
        throw refuseBeyond(502, { limit: 'decompressedBody', bounds: budget.bounds }, 'the answer is too large');
      chunks.push(chunk);
    }
  } finally {
    budget.release(held);
  }
  const { 'content-length': _length, ...headers } = pickResponseHeaders(answer.headers);
  return { status: answer.statusCode ?? 502, headers: joinValues(headers), body: Buffer.concat(chunks) };
}

function joinValues(headers: Readonly<Record<string, string | string[]>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, String(value)]));
}
