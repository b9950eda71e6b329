// What obs.yaml says of the stack itself, as it reaches the keeper.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
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
