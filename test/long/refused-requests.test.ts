// What the real servers answer to requests that are wrong, late, early or come twice (test/keeper/goldens/refused-requests.json),
// and what the keeper answers to the same: status, content type, and whether there is a body.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type RunningKeeper, startKeeper } from '../keeper/keeper-process.ts';
import { listRefusedRequests, type RefusedRequest } from '../keeper/refused-requests.ts';

interface Answer {
  readonly server: string;
  readonly name: string;
  readonly status: number;
  readonly contentType: string;
  readonly hasBody: boolean;
}

const golden: { answers: Answer[] } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../keeper/goldens/refused-requests.json'), 'utf8'),
);
/** Where the keeper is meant to be more lenient, and why. */
const lenient: Readonly<Record<string, string>> = {
  'a push of the last year': 'lines may come however late: runs of other days are loaded into one stream',
  ...Object.fromEntries(
    ['a record whose attribute', 'a push whose metadata'].flatMap((of) =>
      ['has a name of signs only', 'has no name'].map((is) => [
        `${of} ${is}`,
        'no line is lost for the name of an attribute',
      ]),
    ),
  ),
};

async function ask({ endpoints }: RunningKeeper, request: RefusedRequest): Promise<Answer> {
  const { server, name, path, method = 'POST', headers = {}, body } = request;
  const response = await fetch(endpoints[server] + path, {
    method,
    headers,
    ...(method === 'GET' ? {} : { body: body ?? '' }),
  });
  const hasBody = (await response.arrayBuffer()).byteLength > 0;
  return { server, name, status: response.status, contentType: response.headers.get('content-type') ?? '', hasBody };
}

test('every request is answered as the genuine servers answer it', async () => {
  const keeper = await startKeeper();
  const answers: Answer[] = [];
  for (const request of listRefusedRequests(Date.now())) answers.push(await ask(keeper, request));
  expect(answers.map(({ name }) => name)).toEqual(golden.answers.map(({ name }) => name));
  const different = answers.filter((answer, i) => JSON.stringify(answer) !== JSON.stringify(golden.answers[i]));
  expect(different.map(({ name, status }) => `${name}: ${status}`)).toEqual(
    Object.keys(lenient).map((name) => `${name}: 204`),
  );
});
