// What obs.yaml says of the stack itself, as it reaches the keeper.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { KeeperClient } from '../../src/clients/keeper.ts';
import { Sandbox, sendLogLine } from './harness.ts';

const timeoutMs = 120_000;

let sandbox: Sandbox;
let repository: string;

beforeEach(() => {
  sandbox = new Sandbox();
  repository = sandbox.makeRepository('repository');
});
afterEach(() => sandbox.dispose());

const writeConfig = (yaml: string) => writeFileSync(join(repository, 'obs.yaml'), yaml);

describe('env --for docker', { timeout: timeoutMs }, () => {
  test('names the gateway and the guest token, once the stack listens there', async () => {
    const { id, endpoints } = await sandbox.up(repository);
    const words = ['env', '--for', 'docker', '--shell', 'json'];
    expect(await sandbox.fail(words.slice(0, 3), { cwd: repository })).toMatchObject({
      code: 'OBS_NO_DOCKER_LISTENER',
      fix: 'obs up --listen docker',
    });
    const { token } = sandbox.readState(id);
    const keeper = new KeeperClient({ url: endpoints.otlpHttp ?? '', token: String(token) });
    await keeper.listenOn('127.0.0.2');
    const env = JSON.parse((await sandbox.run(words, { cwd: repository })).stdout);
    expect(env.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(endpoints.otlpHttp?.replace('127.0.0.1', '127.0.0.2'));
    expect(env.NO_PROXY).toContain('127.0.0.2');
    expect(JSON.stringify(env)).not.toContain(token);
    const [, authorization] = decodeURIComponent(env.OTEL_EXPORTER_OTLP_HEADERS).split('authorization=');
    const sent = await fetch(`${env.OTEL_EXPORTER_OTLP_ENDPOINT}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: authorization ?? '' },
      body: '{"resourceLogs":[]}',
    });
    expect(sent.status).toBe(200);
  });

  test('up --listen docker without an engine says so, and the stack runs all the same', async () => {
    const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
    const error = await sandbox.fail(['up', '--runtime', 'embedded', '--listen', 'docker'], { cwd: repository, env });
    expect(error).toMatchObject({ code: 'OBS_DOCKER_NO_ENGINE', exit: 4 });
    expect(sandbox.listKeepers()).toHaveLength(1);
  });
});

describe('redact', { timeout: timeoutMs }, () => {
  test('is what the keeper masks by', async () => {
    writeConfig('redact: { keys: [ssn], patterns: ["cust-[0-9]+"], emails: true }\n');
    const stack = await sandbox.up(repository);
    await sendLogLine(stack, 'password=hunter2 ssn=078 cust-17 ann@example.test done');
    const search = new URLSearchParams({ query: '{service_name="web"}' });
    const answer = await fetch(`${stack.endpoints.loki}/loki/api/v1/query_range?${search}`);
    const { data } = (await answer.json()) as { data: { result: { values: [string, string][] }[] } };
    expect(data.result[0]?.values[0]?.[1]).toBe('password=[masked] ssn=[masked] [masked] [masked] done');
  });

  test.each([
    { pattern: '(', reason: 'missing closing )' },
    { pattern: '(?=a)', reason: 'invalid or unsupported Perl syntax' },
    { pattern: 'a*', reason: 'empty text' },
  ])('with the pattern $pattern is refused, and starts nothing', async ({ pattern, reason }) => {
    writeConfig(`redact: { patterns: ["${pattern}"] }\n`);
    const error = await sandbox.fail(['up'], { cwd: repository });
    expect(error).toMatchObject({ code: 'OBS_BAD_REDACT_PATTERN', exit: 2 });
    expect(error.message).toContain(reason);
    expect(sandbox.listStacks()).toEqual([]);
  });
});
