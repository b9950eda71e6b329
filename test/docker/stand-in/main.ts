// Stands in for Loki or Tempo where their images cannot be had: our own embedded store behind the command line, the
// configuration, the ports and the paths of the genuine server. It shows that obs starts, configures, feeds and asks such a
// container rightly; it says nothing about how the genuine server answers.
//   node main.mjs loki|tempo -config.file=FILE -config.expand-env=true
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';
import { parse } from 'yaml';
import type { StackState } from '../../../src/model/stack-state.ts';
import { keeperFlags } from '../../../src/runtimes/keeper-flags.ts';
import { failOnUnknownKeys } from './known-keys.ts';

interface Door {
  readonly port: number;
  /** Port of the keeper inside. */
  readonly inner: number;
  readonly isServed: (path: string) => boolean;
}

interface Server {
  readonly dataDir: (config: Settings) => string;
  readonly doors: (config: Settings) => readonly Door[];
}

// biome-ignore lint/suspicious/noExplicitAny: a configuration whose keys have been checked
type Settings = any;

/** The keeper's ports inside the container, where nobody else is. */
const innerBase = 20_000;

const servers: Readonly<Record<string, Server>> = {
  loki: {
    dataDir: (config) => config.common.path_prefix,
    doors: (config) => [
      {
        port: config.server.http_listen_port,
        inner: innerBase,
        isServed: (path) => /^\/(?:ready$|loki\/api\/v1\/|otlp\/v1\/logs$)/.test(path),
      },
    ],
  },
  tempo: {
    dataDir: (config) => config.live_store.wal.path,
    doors: (config) => [
      {
        port: config.server.http_listen_port,
        inner: innerBase + 2,
        isServed: (path) => /^\/(?:ready$|api\/)/.test(path),
      },
      {
        port: Number(config.distributor.receivers.otlp.protocols.http.endpoint.split(':').at(-1)),
        inner: innerBase + 2,
        isServed: (path) => path === '/v1/traces',
      },
    ],
  },
};

function main([name = '', ...flags]: readonly string[]): void {
  const server = servers[name];
  if (server === undefined) fail(`no server is named ${name}`);
  const config = readConfig(name, flags);
  const dir = join(server.dataDir(config), 'stand-in');
  mkdirSync(dir, { recursive: true });
  writeFileSync(join(dir, 'state.json'), JSON.stringify(makeState(name)));
  // With the flags of a real start, else V8 refuses the code cache that was made with them.
  const words = [...keeperFlags, '/opt/stand-in/dist/keeper.js', '--stack-dir', dir];
  const keeper = spawn(process.execPath, words, { stdio: 'inherit' });
  keeper.on('exit', (code) => process.exit(code ?? 1));
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => keeper.kill(signal));
  for (const door of server.doors(config)) open(door);
}

function readConfig(server: string, flags: readonly string[]): Settings {
  const known = new Map(flags.map((flag) => [/^--?([\w.-]+)/.exec(flag)?.[1], flag.replace(/^[^=]*=?/, '')]));
  for (const flag of known.keys()) {
    if (flag !== 'config.file' && flag !== 'config.expand-env') fail(`flag provided but not defined: -${flag}`);
  }
  const file = known.get('config.file') ?? '';
  if (!existsSync(file)) fail(`failed to read configFile ${file}: no such file or directory`);
  const text = readFileSync(file, 'utf8');
  const config = parse(known.get('config.expand-env') === 'true' ? expand(text) : text);
  try {
    failOnUnknownKeys(server, config);
  } catch (error) {
    fail(`failed parsing config ${file}: ${String(error)}`);
  }
  return config;
}

function expand(text: string): string {
  return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name: string, value = '') => process.env[name] || value);
}

function open({ port, inner, isServed }: Door): void {
  createServer((asked, answer) => {
    const path = asked.url?.split('?')[0] ?? '';
    if (!isServed(path)) return void answer.writeHead(404).end('404 page not found\n');
    const headers = { ...asked.headers, host: `127.0.0.1:${inner}` };
    const passed = request(
      { port: inner, host: '127.0.0.1', method: asked.method, path: asked.url, headers },
      (got) => {
        answer.writeHead(got.statusCode ?? 502, got.headers);
        got.pipe(answer);
      },
    );
    passed.on('error', () => answer.writeHead(503).end('not ready\n'));
    asked.pipe(passed);
  }).listen(port, '0.0.0.0');
}

function makeState(server: string): StackState {
  return {
    version: 1,
    stackId: '000000000000',
    worktree: '/',
    gitDir: null,
    worktreeBirth: '',
    branch: null,
    place: null,
    runtime: 'embedded',
    runtimeReason: `stands in for ${server}`,
    state: 'starting',
    startedAt: new Date().toISOString(),
    readyMs: null,
    basePort: innerBase,
    token: 'nobody-else-is-in-the-container',
    starter: null,
    keeper: null,
    lease: { ttlMs: 365 * 86_400_000, expiresAtMs: Date.now() + 365 * 86_400_000 },
    dockerListen: null,
    backend: null,
    obsVersion: '0.0.0',
    limits: { memoryBytes: 64 * 1024 * 1024, retentionMs: 7 * 86_400_000 },
    redact: { enabled: false, keys: [], patterns: [], emails: false },
    runs: [],
    journeys: [],
  };
}

function fail(message: string): never {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

main(process.argv.slice(2));
