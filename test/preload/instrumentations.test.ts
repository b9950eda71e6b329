// Every instrumentation of the official package is there, and Fastify's; each is loaded only with the library it watches.
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, preload, startCollector, startNode, waitUntil } from './harness.ts';

const prefix = '@opentelemetry/instrumentation-';
/** What the official package has and an app's process has no chunk of its own for. */
const elsewhere: Readonly<Record<string, string>> = {
  'aws-lambda': 'its handler is found through the environment of Lambda only',
  'runtime-node': 'part of the chunk for metrics',
  'host-metrics': 'obs measures the process tree from outside',
};

function listOfficial(): string[] {
  const main = createRequire(import.meta.url).resolve('@opentelemetry/auto-instrumentations-node');
  const { dependencies } = JSON.parse(readFileSync(join(dirname(main), '../../package.json'), 'utf8'));
  return Object.keys(dependencies).flatMap((name) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
}

const wanted = [...listOfficial().filter((name) => !(name in elsewhere)), 'fastify'];

test('the official package has as many as we know of', () => {
  expect(wanted.length).toBeGreaterThan(35);
});

test.each(wanted)('%s has a chunk', (name) => {
  expect(existsSync(join(dirname(preload), `${name}.cjs`))).toBe(true);
});

test('a program that loads no library loads no instrumentation, nor anything of OpenTelemetry', async () => {
  const script = `console.log(Object.keys(globalThis[Symbol.for('opentelemetry.js.api.1')] ?? {}).length)`;
  const program = startNode(['app.cjs'], { cwd: makeFolder({ 'app.cjs': script }) });
  expect([await program.ended, program.output()]).toEqual([0, '0\n']);
});

test('baggage that comes with a request becomes attributes of its spans', async () => {
  const collector = await startCollector();
  const script = `
    const http = require('http');
    const server = http.createServer((request, response) => response.end('ok')).listen(0, '127.0.0.1', () =>
      http.get({ port: server.address().port, headers: { baggage: 'obs.journey=checkout' } }, (answer) =>
        answer.resume().on('end', () => server.close())));`;
  const program = startNode(['app.cjs'], { cwd: makeFolder({ 'app.cjs': script }), collector });
  expect(await program.ended).toBe(0);
  const served = await waitUntil(
    () => collector.spans.find(({ kind }) => kind === 2),
    () => JSON.stringify(collector.spans),
  );
  expect(served.attributes['obs.journey']).toBe('checkout');
});
