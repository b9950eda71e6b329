// A client's request as a question to a server, and back into what is sent: byte for byte as it came, if the narrower left
// it alone.
import type { IncomingMessage } from 'node:http';
import { HttpRefusal } from '../http/refusal.ts';
import type { NarrowedQuestion, Question } from '../tenancy/tenancy.ts';

/** What goes over the wire for a question. */
export interface Sendable {
  readonly target: string;
  readonly body: Buffer;
}

const methods: Readonly<Record<string, Question['method']>> = { GET: 'GET', HEAD: 'HEAD', POST: 'POST' };

/** @throws HttpRefusal 405 for a method that asks nothing. */
export function readQuestion(message: IncomingMessage, body: Buffer): Question {
  const method = methods[message.method ?? ''];
  if (method === undefined)
    throw new HttpRefusal(405, `${message.method} is not passed on; questions are GET, HEAD or POST`, {
      headers: { allow: Object.keys(methods).join(', ') },
    });
  const [path, search] = splitTarget(message);
  const isForm = String(message.headers['content-type']).toLowerCase().startsWith('application/x-www-form-urlencoded');
  const form = method === 'POST' && isForm ? new URLSearchParams(body.toString('utf8')) : undefined;
  return {
    method,
    path,
    query: new URLSearchParams(search),
    form,
    hasOtherBody: form === undefined && body.length > 0,
  };
}

/** What is sent for `narrowed`, which was made from `asked`. */
export function writeQuestion(asked: Question, narrowed: NarrowedQuestion, came: Sendable): Sendable {
  if (narrowed === asked) return came;
  const search = narrowed.query.toString();
  const target = `${narrowed.path}${search === '' ? '' : `?${search}`}`;
  return { target, body: narrowed.form === undefined ? came.body : Buffer.from(narrowed.form.toString()) };
}

function splitTarget(message: IncomingMessage): [path: string, search: string] {
  const target = message.url ?? '/';
  const mark = target.indexOf('?');
  return mark === -1 ? [target, ''] : [target.slice(0, mark), target.slice(mark + 1)];
}
