// However a program ends, its spans are not lost, and it ends exactly as it would without us.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { makeFolder, readSpool, startCollector, startNode, waitUntil } from './harness.ts';

/** Serves one request to itself, prints how it went, and then does `ending`. */
const selfServing = (ending: string): string => `
const http = require('http');
const server = http.createServer((request, response) => response.end('ok'));
server.listen(0, '127.0.0.1', () => {
  http.get({ port: server.address().port, path: '/self' }, (response) => {
    response.resume().on('end', () => { console.log('served'); ${ending} });
  });
});`;

function makeProgram(ending: string): { folder: string; spool: string } {
  const folder = makeFolder({ 'app.cjs': selfServing(ending) });
  const spool = join(folder, 'spool');
  mkdirSync(spool);
  return { folder, spool };
}

const names = (spans: readonly { name: string }[]): string[] => spans.map((span) => span.name);

describe('spans are not lost', () => {
  test('when the program calls process.exit at once', async () => {
    const { folder, spool } = makeProgram('process.exit(7)');
    const program = startNode(['app.cjs'], { cwd: folder, env: { OBS_SPOOL: spool } });
    expect(await program.ended).toBe(7);
    expect(names(readSpool(spool))).toContain('GET');
  });

  test('when the program throws', async () => {
    const { folder, spool } = makeProgram('throw new Error("boom")');
    const program = startNode(['app.cjs'], { cwd: folder, env: { OBS_SPOOL: spool } });
    expect(await program.ended).toBe(1);
    expect(program.output()).toContain('Error: boom');
    expect(names(readSpool(spool))).toContain('GET');
  });

  test('when SIGTERM ends a program without a listener, which then dies of it', async () => {
    const { folder, spool } = makeProgram('');
    const program = startNode(['app.cjs'], {
      cwd: folder,
      env: { OBS_SPOOL: spool, OTEL_BSP_SCHEDULE_DELAY: '60000' },
    });
    await waitUntil(() => program.output().includes('served'), program.output);
    program.process.kill('SIGTERM');
    expect(await program.ended).toBe('SIGTERM');
    expect(names(readSpool(spool))).toContain('GET');
  });

  test('when the program just ends, and there is no spool', async () => {
    const { folder } = makeProgram('server.close()');
    const collector = await startCollector();
    const program = startNode(['app.cjs'], { cwd: folder, collector });
    expect(await program.ended).toBe(0);
    expect(names(collector.spans)).toContain('GET');
  });
});

describe('the program is left as it is', () => {
  test('its own listener decides about SIGTERM, and counts as the only one', async () => {
    const ending = `process.on('SIGTERM', () => { console.log('listeners', process.listenerCount('SIGTERM')); server.close(); });`;
    const { folder, spool } = makeProgram(ending);
    const program = startNode(['app.cjs'], { cwd: folder, env: { OBS_SPOOL: spool } });
    await waitUntil(() => program.output().includes('served'), program.output);
    program.process.kill('SIGTERM');
    expect(await program.ended).toBe(0);
    expect(program.output()).toContain('listeners 1');
  });

  test('it ends although nothing listens at the endpoint', async () => {
    const { folder } = makeProgram('server.close()');
    const program = startNode(['app.cjs'], { cwd: folder });
    expect(await program.ended).toBe(0);
  });

  test('it prints nothing that it would not print otherwise', async () => {
    const { folder, spool } = makeProgram('server.close()');
    const program = startNode(['app.cjs'], { cwd: folder, env: { OBS_SPOOL: spool } });
    await program.ended;
    expect(program.output()).toBe('served\n');
  });
});
