// Stands in for Loki, Prometheus or Tempo as programs of this machine: our own embedded store behind the command line, the
// configuration, the ports and the paths of the genuine server. It shows that obs starts, configures, feeds, asks and ends
// such a process rightly; it says nothing about how the genuine server answers.
//   node stand-in.mjs loki|tempo -config.file=FILE -config.expand-env=true
//   node stand-in.mjs prometheus --config.file=FILE --storage.tsdb.path=DIR --web.listen-address=HOST:PORT …
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer, request } from 'node:http';
import { join } from 'node:path';
import { parse } from 'yaml';
import { findFreeBlock } from '../keeper/free-block.mjs';

const keeper = join(import.meta.dirname, '../../dist/keeper.js');
const offsets = { loki: 0, prometheus: 1, tempo: 2 };

/** Flags of each server; others are refused, as by the genuine ones. */
const knownFlags = {
  loki: ['config.file', 'config.expand-env'],
  tempo: ['config.file', 'config.expand-env'],
  prometheus: [
    'config.file',
    'storage.tsdb.path',
    'web.listen-address',
    'web.enable-remote-write-receiver',
    'web.enable-otlp-receiver',
    'enable-feature',
    'log.level',
  ],
};

/** Where each server keeps its data, and which paths it serves on which port. */
const readers = {
  loki: ({ config }) => ({
    dataDir: config.common.path_prefix,
    doors: [{ port: config.server.http_listen_port, served: /^\/(?:ready$|loki\/api\/v1\/|otlp\/v1\/logs$)/ }],
  }),
  prometheus: ({ flags }) => ({
    dataDir: flags['storage.tsdb.path'],
    doors: [
      {
        port: flags['web.listen-address'].split(':').at(-1),
        served:
          'web.enable-otlp-receiver' in flags ? /^\/(?:-\/ready$|api\/v1\/)/ : /^\/(?:-\/ready$|api\/v1\/(?!otlp))/,
      },
    ],
  }),
  tempo: ({ config }) => ({
    dataDir: config.live_store.wal.path,
    doors: [
      { port: config.server.http_listen_port, served: /^\/(?:ready$|api\/)/ },
      { port: config.distributor.receivers.otlp.protocols.http.endpoint.split(':').at(-1), served: /^\/v1\/traces$/ },
    ],
  }),
};

const [server, ...words] = process.argv.slice(2);
if (words.includes('--help')) printHelp();
else await run();

async function run() {
  const flags = readFlags();
  const { dataDir, doors } = readers[server]({ flags, config: readConfig(flags) });
  const dir = join(dataDir, 'stand-in');
  mkdirSync(dir, { recursive: true });
  const basePort = await findFreeBlock();
  writeFileSync(join(dir, 'state.json'), JSON.stringify(makeState({ dir, basePort })));
  process.argv = [process.argv[0], keeper, '--stack-dir', dir];
  await import(keeper);
  for (const door of doors) open(door, basePort + offsets[server]);
}

function printHelp() {
  process.stdout.write(
    `usage: ${server} [<flags>]\n${knownFlags[server].map((flag) => `      --${flag.replace('web.enable', '[no-]web.enable')}  \n`).join('')}`,
  );
}

function readFlags() {
  const flags = Object.fromEntries(words.map((word) => /^--?([^=]+)=?(.*)$/.exec(word)?.slice(1) ?? [word, '']));
  const unknown = Object.keys(flags).find((flag) => !knownFlags[server].includes(flag));
  return unknown === undefined ? flags : fail(`unknown flag ${unknown}`);
}

function readConfig(flags) {
  const file = flags['config.file'];
  if (!existsSync(file)) fail(`failed to read ${file}: no such file or directory`);
  const text = readFileSync(file, 'utf8');
  return parse(flags['config.expand-env'] === 'true' ? expand(text) : text);
}

function expand(text) {
  return text.replace(/\$\{(\w+)(?::-([^}]*))?\}/g, (_, name, value = '') => process.env[name] || value);
}

function open({ port, served }, inner) {
  createHttpServer((asked, answer) => {
    if (!served.test(asked.url.split('?')[0])) return void answer.writeHead(404).end('404 page not found\n');
    const headers = { ...asked.headers, host: `127.0.0.1:${inner}` };
    const passed = request(
      { port: inner, host: '127.0.0.1', method: asked.method, path: asked.url, headers },
      (got) => {
        answer.writeHead(got.statusCode, got.headers);
        got.pipe(answer);
      },
    );
    passed.on('error', () => answer.writeHead(503).end('not ready\n'));
    asked.pipe(passed);
  }).listen(Number(port), '127.0.0.1');
}

function makeState({ dir, basePort }) {
  return {
    version: 1,
    stackId: '000000000000',
    worktree: dir,
    gitDir: null,
    worktreeBirth: '',
    branch: null,
    runtime: 'embedded',
    runtimeReason: `stands in for ${server}`,
    state: 'starting',
    startedAt: new Date().toISOString(),
    readyMs: null,
    basePort,
    token: 'of-nobody',
    starter: null,
    keeper: null,
    lease: { ttlMs: 86_400_000, expiresAtMs: 0 },
    dockerListen: null,
    backend: null,
    obsVersion: '0.0.0',
    limits: { memoryBytes: 64 * 1024 * 1024, retentionMs: 7 * 86_400_000 },
    runs: [],
    journeys: [],
  };
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(1);
}
