// Telemetry is hostile input: what the keeper refuses it refuses with a status and a named limit, and it lives on.
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Sandbox, type StackAnswer } from '../stack/harness.ts';

const sandbox = new Sandbox();
let repository: string;
let stack: StackAnswer;

beforeAll(async () => {
  repository = sandbox.makeRepository('repository');
  stack = await sandbox.up(repository);
});

afterAll(async () => {
  await sandbox.run(['down'], { cwd: repository });
  await sandbox.dispose();
});

const json = { 'content-type': 'application/json' };
const mebibyte = 1 << 20;

it.each([
  { name: 'a body that is no JSON', headers: json, body: Buffer.from('{"resourceLogs": ['), status: 400 },
  {
    name: 'a body that is no protobuf',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from([0x0a, 0xff]),
    status: 400,
  },
  {
    name: 'an unknown content type',
    headers: { 'content-type': 'text/plain' },
    body: Buffer.from('hello'),
    status: 415,
  },
  { name: 'a body of 100 MB', headers: json, body: Buffer.alloc(100 * mebibyte, 0x20), status: 413 },
  {
    name: 'a gzip bomb',
    headers: { ...json, 'content-encoding': 'gzip' },
    body: gzipSync(Buffer.alloc(512 * mebibyte)),
    status: 413,
  },
])('$name is refused with $status, and the keeper answers on', async ({ headers, body, status }) => {
  const answer = await fetch(stack.endpoints.otlpLogs ?? '', { method: 'POST', headers, body }).then(
    async (response) => ({ status: response.status, text: await response.text() }),
    // A server may close the connection on a body that is far too long before all of it was sent.
    (error: Error) => ({ status: 413, text: String(error.cause) }),
  );
  expect(answer.status).toBe(status);
  expect((await sandbox.run(['status'], { cwd: repository })).code).toBe(0);
});

it('names the limit of a body that is too long once it is unpacked', async () => {
  const body = gzipSync(Buffer.alloc(512 * mebibyte));
  const headers = { ...json, 'content-encoding': 'gzip' };
  const response = await fetch(stack.endpoints.otlpLogs ?? '', { method: 'POST', headers, body });
  expect(await response.text()).toMatch(/\d+ ?(MB|MiB|bytes)/i);
});

it('says in the doctor what was refused', async () => {
  await fetch(stack.endpoints.otlpTraces ?? '', { method: 'POST', headers: json, body: 'nonsense' });
  const { stdout } = await sandbox.run(['doctor', '--json'], { cwd: repository });
  expect(stdout).toContain('/v1/traces');
});
