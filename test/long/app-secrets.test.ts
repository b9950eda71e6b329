// Secrets that an app prints, that stand in addresses of a journey's requests, and in what a journey's commands print: none of
// them is in an answer of an agent's tool, of a verb, or in the files of the stack.
import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDistFile } from '../../src/std/package-root.ts';
import { Random, readSeed } from '../fuzz/random.ts';
import { listLeaks, readFiles, SecretMaker } from '../keeper/secret-fixture.ts';
import { Sandbox } from '../stack/harness.ts';

const seed = readSeed();
const make = new SecretMaker(new Random(seed));
const sandbox = new Sandbox();
const folder = sandbox.makeRepository('leaky');
const lines = Array.from({ length: 40 }, () => make.text().replaceAll('\n', ' '));

// The secrets come in at run time: what stands in obs.yaml is no telemetry.
const app = `
const { createServer } = require('node:http');
for (const line of LINES) console.log(line);
createServer((request, response) => {
  if (request.url.startsWith('/fail')) response.statusCode = 500;
  response.end('well');
}).listen(process.env.PORT, '127.0.0.1', () => console.log('listening'));
`;
const config = `
apps:
  web:
    command: node app.cjs
    ports: { PORT: auto }
    ready: { log: listening }
journeys:
  shop:
    app: web
    steps:
      - http: { get: "/cart?token=${make.chars(22)}" }
      - run: node step.cjs
`;

beforeAll(() => {
  writeFileSync(join(folder, 'app.cjs'), app.replace('LINES', JSON.stringify(lines)));
  writeFileSync(join(folder, 'step.cjs'), `console.log(${JSON.stringify(`password=${make.chars(12)}`)})`);
  writeFileSync(join(folder, 'obs.yaml'), config);
});

afterAll(async () => {
  await sandbox.run(['down'], { cwd: folder });
  await sandbox.dispose();
});

test(`no secret of an app or a journey is in an answer (seed ${seed})`, async () => {
  const verbs: string[][] = [
    ['run', 'web', '--detach'],
    ['journey', 'shop'],
  ];
  for (const verb of verbs) {
    const { code, stderr } = await sandbox.run(verb, { cwd: folder });
    expect([verb, code], stderr).toEqual([verb, 0]);
  }
  const answers = new Map<string, string>();
  for (const verb of [
    ['logs', '{service_name=~".+"}', '--limit', '200'],
    ['traces', '{}'],
    ['discover'],
    ['status'],
    ['doctor'],
  ]) {
    const { stdout } = await sandbox.run([...verb, '--json'], { cwd: folder });
    answers.set(verb.join(' '), stdout);
  }
  for (const [name, answer] of await askTools()) answers.set(name, answer);
  expect([...answers].filter(([, answer]) => answer.includes('[masked]')).length).toBeGreaterThan(2);
  expect(listLeaks(make.secrets, answers)).toEqual([]);
  const files = readFiles(sandbox.stateDir);
  // What a detached app would have written to its terminal is kept as it was, for its owner alone.
  const output = [...files.keys()].filter((path) => path.endsWith('/output.log'));
  expect(output.map((path) => statSync(path).mode & 0o077)).toEqual([0]);
  for (const path of output) files.delete(path);
  expect(files.size).toBeGreaterThan(3);
  expect(listLeaks(make.secrets, files)).toEqual([]);
});

/** What an agent gets to read, both halves of each answer. */
async function askTools(): Promise<[string, string][]> {
  const client = new Client({ name: 'test', version: '1' });
  const env = { ...process.env, ...sandbox.env, OBS_STATE_DIR: sandbox.stateDir } as Record<string, string>; // no undefined in it
  await client.connect(
    new StdioClientTransport({
      command: process.execPath,
      args: [findDistFile('obs.js'), 'mcp'],
      cwd: folder,
      env,
      stderr: 'ignore',
    }),
  );
  try {
    const asked: [string, Record<string, unknown>][] = [
      ['logs_query', { query: '{service_name=~".+"}', limit: 100 }],
      ['traces_search', { query: '{}' }],
      ['telemetry_discover', {}],
      ['telemetry_diagnose', {}],
      ['stack_status', {}],
    ];
    const answers: [string, string][] = [];
    for (const [name, given] of asked) {
      const answer = await client.callTool({ name, arguments: given }, undefined, { timeout: 90_000 });
      answers.push([`tool ${name}`, JSON.stringify(answer)]);
      expect(answer.isError ?? false, JSON.stringify(answer)).toBe(false);
    }
    const traceId = /\b[0-9a-f]{32}\b/.exec(answers[1]?.[1] ?? '')?.[0] ?? '';
    const trace = await client.callTool({ name: 'trace_get', arguments: { traceId } }, undefined, { timeout: 90_000 });
    return [...answers, ['tool trace_get', JSON.stringify(trace)]];
  } finally {
    await client.close();
  }
}
