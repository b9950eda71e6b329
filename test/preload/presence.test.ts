// Where the preload works, and where it stands back.
import { cpSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, preload, rootModules, startCollector, startNode, waitUntil } from './harness.ts';

const selfRequest = (http: string): string => `
const server = ${http}.createServer((request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', () => {
  const port = server.address().port;
  ${http}.get({ port, path: '/self' }, (response) => response.resume().on('end', () => server.close()));
});`;

const fetching = `
import http from 'node:http';
const server = http.createServer((request, response) => response.end('ok'));
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const url = 'http://127.0.0.1:' + server.address().port;
await (await fetch(url + '/first')).text();
await (await fetch(url + '/second')).text();
server.close(); server.closeAllConnections();`;

const ownSdk = `
const { trace } = require('@opentelemetry/api');
const { BasicTracerProvider, SimpleSpanProcessor, InMemorySpanExporter } = require('@opentelemetry/sdk-trace-base');
const http = require('http');
const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });
trace.setGlobalTracerProvider(provider);
trace.getTracer('own').startSpan('own span').end();
console.log('own exporter has', exporter.getFinishedSpans().map((span) => span.name).join());
${selfRequest('http')}`;

const scopesOf = (spans: readonly { scope: string }[]): string[] => [...new Set(spans.map((span) => span.scope))];

describe('the preload works', () => {
  const programs = [
    { name: 'in CommonJS', file: 'app.cjs', text: `const http = require('node:http');${selfRequest('http')}` },
    { name: 'in ES modules', file: 'app.mjs', text: `import http from 'node:http';${selfRequest('http')}` },
    {
      name: 'with names imported from a built-in module',
      file: 'app.mjs',
      text: `import { createServer, get } from 'node:http'; const http = { createServer, get };${selfRequest('http')}`,
    },
  ];
  test.each(programs)('$name', async ({ file, text }) => {
    const collector = await startCollector();
    const program = startNode([file], { cwd: makeFolder({ [file]: text }), collector });
    expect([await program.ended, program.output()]).toEqual([0, '']);
    expect(collector.spans.map(({ name, kind }) => ({ name, kind })).sort((a, b) => a.kind - b.kind)).toEqual([
      { name: 'GET', kind: 2 },
      { name: 'GET', kind: 3 },
    ]);
  });

  test('from a folder with blanks in its name', async () => {
    const folder = makeFolder({ 'app.cjs': `const http = require('http');${selfRequest('http')}` });
    const moved = join(folder, 'pre load/preload/entry.cjs');
    cpSync(dirname(preload), dirname(moved), { recursive: true });
    const collector = await startCollector();
    const program = startNode(['app.cjs'], { cwd: folder, collector, preload: moved });
    expect(await program.ended).toBe(0);
    expect(collector.spans).toHaveLength(2);
  });

  test('for metrics too: requests, event loop and heap, as soon as something was served', async () => {
    const collector = await startCollector();
    const serving = selfRequest('http').replace('server.close()', 'setTimeout(() => server.close(), 300)');
    const folder = makeFolder({ 'app.cjs': `const http = require('http');${serving}` });
    const program = startNode(['app.cjs'], { cwd: folder, collector, env: { OTEL_METRIC_EXPORT_INTERVAL: '100' } });
    expect([await program.ended, program.output()]).toEqual([0, '']);
    expect([...collector.metrics]).toEqual(
      expect.arrayContaining([
        'http.server.request.duration',
        'obs_app_eventloop_delay_p99_seconds',
        'v8js.memory.heap.used',
      ]),
    );
  });

  test('in worker threads', async () => {
    const worker = `import http from 'node:http';${selfRequest('http')}`;
    const main = `const { Worker } = require('node:worker_threads'); new Worker(__dirname + '/worker.mjs');`;
    const collector = await startCollector();
    const folder = makeFolder({ 'app.cjs': main, 'worker.mjs': worker });
    const program = startNode(['app.cjs'], { cwd: folder, collector });
    expect([await program.ended, program.output()]).toEqual([0, '']);
    expect(collector.spans.map(({ kind }) => kind).sort()).toEqual([2, 3]);
  });

  test('for fetch from the very first request on, with one span for each', async () => {
    const collector = await startCollector();
    const program = startNode(['app.mjs'], { cwd: makeFolder({ 'app.mjs': fetching }), collector });
    expect([await program.ended, program.output()]).toEqual([0, '']);
    const clients = await waitUntil(
      () => {
        const found = collector.spans.filter((span) => span.scope.endsWith('undici'));
        return found.length >= 2 && found;
      },
      () => JSON.stringify(collector.spans),
    );
    expect(clients.map((span) => span.attributes['url.path'])).toEqual(['/first', '/second']);
    const servers = collector.spans.filter((span) => span.scope.endsWith('http'));
    expect(servers.map((span) => span.parentSpanId)).toEqual(clients.map((span) => span.spanId));
  });
});

describe('the preload stands back', () => {
  const isThere = `console.log(Symbol.for('worktree-obs.preload') in globalThis)`;
  const programs: { name: string; file: string; env?: Record<string, string> }[] = [
    { name: 'in npm', file: 'npm-cli.js' },
    { name: 'in tsc', file: 'tsc' },
    { name: 'when the SDK is switched off', file: 'app.cjs', env: { OTEL_SDK_DISABLED: 'true' } },
  ];
  test.each(programs)('$name', async ({ file, env = {} }) => {
    const program = startNode([file], { cwd: makeFolder({ [file]: isThere }), env });
    expect([await program.ended, program.output()]).toEqual([0, 'false\n']);
  });

  test('when the app brings an SDK of its own, whose exporter gets its spans', async () => {
    const collector = await startCollector();
    const folder = makeFolder({ 'app.cjs': ownSdk }, rootModules);
    const program = startNode(['app.cjs'], { cwd: folder, collector });
    expect([await program.ended, program.output()]).toEqual([0, 'own exporter has own span\n']);
    expect(collector.spans).toEqual([]);
  });

  test('when a preload that the person set has brought an SDK already', async () => {
    const collector = await startCollector();
    const folder = makeFolder({ 'app.cjs': `const http = require('http');${selfRequest('http')}` }, rootModules);
    const register = join(rootModules, '@opentelemetry/auto-instrumentations-node/build/src/register.js');
    const env = { NODE_OPTIONS: `--require="${register}" --require="${preload}"`, OTEL_NODE_RESOURCE_DETECTORS: 'env' };
    const program = startNode(['app.cjs'], { cwd: folder, collector, env });
    expect(await program.ended).toBe(0);
    expect(collector.spans.map(({ kind }) => kind).sort()).toEqual([2, 3]);
  });

  test('from an instrumentation that is disabled by name', async () => {
    const collector = await startCollector();
    const folder = makeFolder({ 'app.mjs': fetching });
    const env = { OTEL_NODE_DISABLED_INSTRUMENTATIONS: 'http' };
    const program = startNode(['app.mjs'], { cwd: folder, collector, env });
    expect(await program.ended).toBe(0);
    expect(scopesOf(collector.spans)).toEqual(['@opentelemetry/instrumentation-undici']);
  });

  test('for requests that obs itself makes to see whether the app is ready', async () => {
    const collector = await startCollector();
    const probing = selfRequest('http').replace(
      "path: '/self'",
      "path: '/self', headers: { 'user-agent': 'obs-probe' }",
    );
    const folder = makeFolder({ 'app.cjs': `const http = require('http');${probing}` });
    const program = startNode(['app.cjs'], { cwd: folder, collector });
    expect(await program.ended).toBe(0);
    expect(collector.spans.map((span) => span.kind)).toEqual([3]);
  });
});
