// Stock apps with no edit, with the real packages of npm: however Node is started, a request yields a span, and the line
// that was written meanwhile bears its trace.
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { rootModules, shopModules } from '../../preload/harness.ts';
import { Sandbox, until } from '../../stack/harness.ts';
import { prepareNode, preparePackages } from './packages.mjs';

// Packages come over the network the first time.
vi.setConfig({ testTimeout: 600_000 });

const sandbox = new Sandbox();
const fixtures = import.meta.dirname;
let cwd: string;

beforeAll(async () => {
  cwd = sandbox.makeRepository('apps');
  await sandbox.up(cwd, '--runtime', 'embedded');
});

afterAll(async () => {
  await sandbox.run(['down', '--all', '--yes'], { cwd });
  await sandbox.dispose();
});

interface Line {
  readonly line: string;
  readonly level: string;
  readonly traceId: string | null;
}

async function findLines(service: string): Promise<readonly Line[]> {
  const { stdout } = await sandbox.run(['logs', `{service_name="${service}"}`, '--json'], { cwd });
  return JSON.parse(stdout).lines;
}

async function findTraces(query: string): Promise<readonly { readonly traceId: string }[]> {
  const { stdout } = await sandbox.run(['traces', query, '--json'], { cwd });
  return JSON.parse(stdout).traces;
}

/** A span of kind server and a line with this text; the line's trace is the span's unless it is said to have none. */
async function expectTelemetry(service: string, text: string, { isJoined = true } = {}): Promise<void> {
  const query = `{ resource.service.name = "${service}" && kind = server }`;
  await until(async () => (await findTraces(query)).length > 0);
  await until(async () => (await findLines(service)).some(({ line }) => line.includes(text)));
  if (!isJoined) return;
  const traces = (await findTraces(query)).map(({ traceId }) => traceId);
  const said = (await findLines(service)).find(({ line }) => line.includes(text));
  expect(traces).toContain(said?.traceId);
}

/** Files of one app in a folder of its own, with the packages that it sees. */
function makeApp(name: string, { files = {}, modules }: { files?: Record<string, string>; modules?: string }): string {
  const folder = join(cwd, name);
  mkdirSync(folder, { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  if (modules !== undefined) symlinkSync(modules, join(folder, 'node_modules'));
  return folder;
}

/** Boots a server, asks it once, and stops it. */
async function askServer(service: string, folder: string, command: readonly string[]): Promise<void> {
  const words = ['run', '--json', '--detach', '--worktree', cwd, '--service', service, '--', ...command];
  const { code, stdout, stderr } = await sandbox.run(words, { cwd: folder });
  if (code !== 0) throw new Error(`obs run ended with ${code}: ${stdout}${stderr}`);
  const answer = await fetch(JSON.parse(stdout).runs[0].url);
  expect(answer.status).toBe(200);
  await answer.text();
  await sandbox.run(['stop', service], { cwd });
}

const serving = `.listen(0, '127.0.0.1')`;
const express = `
const app = require('express')();
app.get('/', (request, response) => { console.log('asked'); response.send('ok'); });
app${serving};`;
const fastify = `
import Fastify from 'fastify';
const app = Fastify();
app.get('/', async () => { console.log('asked'); return 'ok'; });
await app.listen({ port: 0, host: '127.0.0.1' });`;

const servers = [
  { name: 'Express in CommonJS', file: 'app.cjs', text: express },
  { name: 'Fastify as an ES module', file: 'app.mjs', text: fastify },
] as const;
const versions = [
  { version: 'this Node', node: () => process.execPath },
  { version: 'the oldest Node', node: () => prepareNode('oldest') },
  { version: 'the newest Node with long-term support', node: () => prepareNode('lts') },
] as const;
const combinations = servers.flatMap((server) => versions.map((version) => ({ ...server, ...version })));

test.each(combinations)('$name on $version', async ({ name, version, file, text, node }) => {
  const service = `${name} ${version}`.replaceAll(/\W+/g, '-');
  const folder = makeApp(service, { files: { [file]: text }, modules: shopModules });
  await askServer(service, folder, [node(), file]);
  await expectTelemetry(service, 'asked');
});

test('Nest', async () => {
  const folder = makeApp('nest', { modules: preparePackages('nest') });
  cpSync(join(fixtures, 'nest'), folder, { recursive: true });
  const compiler = join(preparePackages('tools'), 'typescript/bin/tsc');
  execFileSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' });
  await askServer('nest', folder, [process.execPath, 'main.js']);
  await expectTelemetry('nest', 'asked for a greeting');
});

test('Next, built and served', async () => {
  // Where its packages are: its bundler follows no link that leaves the folder.
  const folder = join(preparePackages('next'), '..');
  cpSync(join(fixtures, 'next'), folder, { recursive: true });
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1' };
  const next = [process.execPath, 'node_modules/next/dist/bin/next'] as const;
  execFileSync(next[0], [next[1], 'build'], { cwd: folder, env, stdio: ['ignore', 'ignore', 'inherit'] });
  await askServer('next', folder, [...next, 'start', '-p', '0', '-H', '127.0.0.1']);
  await expectTelemetry('next', 'asked for the page');
});

/** A program that asks itself once and ends. */
const self = `
const server = http.createServer((request, response) => { console.log('asked'); response.end('ok'); });
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port }, (answer) => answer.resume().on('end', () => end()));
});`;
const commonJs = `const http = require('node:http'); const end = () => server.close(); ${self}`;
const esModule = `import http from 'node:http'; const end = () => server.close(); ${self}`;
const typed = `import http from 'node:http'; const end = (): void => void server.close(); ${self.replace('server.address().port', '(server.address() as any).port')}`;
const inTest = (head: string): string =>
  `${head}\ntest('asks itself', () => new Promise((resolve) => { const end = () => server.close(resolve); ${self} }));`;

const programs: {
  name: string;
  files: Record<string, string>;
  command: readonly string[];
  node?: () => string;
  /** False where a runner takes the lines of its tests and writes them as its own. */
  isJoined?: boolean;
}[] = [
  { name: 'tsx', files: { 'app.ts': typed }, command: ['npx', 'tsx', 'app.ts'] },
  {
    name: 'ts-node',
    files: { 'app.ts': typed, 'tsconfig.json': '{"compilerOptions":{"module":"commonjs","esModuleInterop":true}}' },
    command: ['npx', 'ts-node', '-T', 'app.ts'],
  },
  {
    name: 'types stripped by Node',
    files: { 'app.mts': typed },
    command: ['NODE', 'app.mts'],
    node: () => prepareNode('lts'),
  },
  { name: 'npm start', files: { 'app.cjs': commonJs }, command: ['npm', 'start'] },
  { name: 'pnpm start', files: { 'app.cjs': commonJs }, command: ['npx', 'pnpm', 'start'] },
  { name: 'yarn start', files: { 'app.cjs': commonJs }, command: ['npx', 'yarn', 'start'] },
  {
    name: 'a forked process',
    files: { 'main.cjs': `require('child_process').fork('app.cjs')`, 'app.cjs': commonJs },
    command: ['NODE', 'main.cjs'],
  },
  {
    name: 'a worker thread',
    files: { 'main.mjs': `import { Worker } from 'worker_threads'; new Worker('./app.mjs')`, 'app.mjs': esModule },
    command: ['NODE', 'main.mjs'],
  },
  {
    name: 'node:test',
    files: { 'a.test.mjs': inTest(`import http from 'node:http'; import test from 'node:test';`) },
    command: ['NODE', '--test'],
    isJoined: false,
  },
  {
    name: 'vitest',
    files: { 'a.test.mjs': inTest(`import http from 'node:http'; import { test } from 'vitest';`) },
    command: ['npx', 'vitest', 'run'],
    isJoined: false,
  },
  {
    name: 'jest',
    files: { 'a.test.js': inTest(`const http = require('node:http');`) },
    command: ['npx', 'jest'],
    isJoined: false,
  },
];

test.each(programs)('$name', async ({ name, files, command, node = () => process.execPath, isJoined = true }) => {
  const service = name.replaceAll(/\W+/g, '-');
  const manifest = { 'package.json': `{"name":"${service}","private":true,"scripts":{"start":"node app.cjs"}}` };
  const folder = makeApp(service, { files: { ...manifest, ...files }, modules: preparePackages('tools') });
  const words = command.map((word) => (word === 'NODE' ? node() : word));
  const { code, stdout, stderr } = await sandbox.run(['run', '--service', service, '--', ...words], { cwd: folder });
  expect({ code, output: code === 0 ? '' : stdout + stderr }).toEqual({ code: 0, output: '' });
  await expectTelemetry(service, 'asked', { isJoined });
});

test('a command that lives for a moment: its line, and no invented startup', async () => {
  const folder = makeApp('brief', { files: { 'app.cjs': `console.log('done'); setTimeout(() => {}, 50)` } });
  const words = ['run', '--json', '--service', 'brief', '--', process.execPath, 'app.cjs'];
  const { code, stdout } = await sandbox.run(words, { cwd: folder });
  expect({ code, run: JSON.parse(stdout).runs[0] }).toMatchObject({
    code: 0,
    run: { state: 'exited', startupMs: null },
  });
  expect((await findLines('brief')).map(({ line }) => line)).toEqual(['done']);
});

test('an app with its own OpenTelemetry: its exporter gets its spans, each once', async () => {
  const setUp = `
const { NodeSDK } = require('@opentelemetry/sdk-node');
const { HttpInstrumentation } = require('@opentelemetry/instrumentation-http');
const sdk = new NodeSDK({ instrumentations: [new HttpInstrumentation()] });
sdk.start();
const http = require('node:http');
const end = () => server.close(() => sdk.shutdown());
${self}`;
  const folder = makeApp('own', { files: { 'app.cjs': setUp }, modules: rootModules });
  const { code } = await sandbox.run(['run', '--service', 'own', '--', process.execPath, 'app.cjs'], { cwd: folder });
  expect(code).toBe(0);
  expect(await findTraces('{ resource.service.name = "own" && kind = server }')).toHaveLength(1);
  expect(await findTraces('{ resource.service.name = "own" && kind = server } | count() > 1')).toEqual([]);
});
