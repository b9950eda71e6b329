// Where the engine is looked for, without any engine at hand.
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { describePlace, locateEngines } from './locate.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'obs-home-'));
});
afterEach(() => rmSync(home, { recursive: true }));

function makeContext(name: string, host: string): void {
  const folder = join(home, '.docker/contexts/meta', createHash('sha256').update(name).digest('hex'));
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'meta.json'), JSON.stringify({ Name: name, Endpoints: { docker: { Host: host } } }));
}

const hosts = [
  { host: 'unix:///run/a.sock', place: { kind: 'socket', path: '/run/a.sock' } },
  { host: 'tcp://127.0.0.1:2375', place: { kind: 'tcp', host: '127.0.0.1', port: 2375, tls: null } },
  { host: 'tcp://localhost', place: { kind: 'tcp', host: 'localhost', port: 2375, tls: null } },
  { host: 'tcp://[::1]:99', place: { kind: 'tcp', host: '::1', port: 99, tls: null } },
  { host: 'tcp://10.0.0.7:2376', place: { kind: 'unusable', reason: expect.stringContaining('is another machine') } },
  { host: 'ssh://me@far', place: { kind: 'unusable', reason: expect.stringContaining('no address of an engine') } },
  {
    host: 'npipe:////./pipe/d',
    place: { kind: 'unusable', reason: expect.stringContaining('no address of an engine') },
  },
];

describe('DOCKER_HOST', () => {
  test.each(hosts)('$host is $place.kind', ({ host, place }) => {
    expect(locateEngines({ DOCKER_HOST: host }, home)).toEqual([{ source: 'DOCKER_HOST', place }]);
  });

  test('with DOCKER_TLS_VERIFY takes the keys of DOCKER_CERT_PATH', () => {
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(home, `${name}.pem`), '');
    const env = { DOCKER_HOST: 'tcp://127.0.0.1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: home };
    const tls = { ca: join(home, 'ca.pem'), cert: join(home, 'cert.pem'), key: join(home, 'key.pem') };
    expect(locateEngines(env, home)[0]?.place).toEqual({ kind: 'tcp', host: '127.0.0.1', port: 2376, tls });
  });
});

describe('a context', () => {
  test('in force is taken instead of the usual sockets, and DOCKER_CONTEXT before it', () => {
    makeContext('work', 'unix:///run/work.sock');
    makeContext('play', 'unix:///run/play.sock');
    writeFileSync(join(home, '.docker/config.json'), JSON.stringify({ currentContext: 'work' }));
    const pathOf = (env: Record<string, string>) => locateEngines(env, home).map(({ place }) => place);
    expect(pathOf({})).toEqual([{ kind: 'socket', path: '/run/work.sock' }]);
    expect(pathOf({ DOCKER_CONTEXT: 'play' })).toEqual([{ kind: 'socket', path: '/run/play.sock' }]);
    expect(pathOf({ DOCKER_HOST: 'unix:///run/host.sock' })).toEqual([{ kind: 'socket', path: '/run/host.sock' }]);
  });

  test('of an engine behind TLS takes the keys that the docker command keeps for it', () => {
    makeContext('safe', 'tcp://127.0.0.1:2376');
    const folder = join(home, '.docker/contexts/tls', createHash('sha256').update('safe').digest('hex'), 'docker');
    mkdirSync(folder, { recursive: true });
    for (const name of ['ca', 'cert', 'key']) writeFileSync(join(folder, `${name}.pem`), '');
    const tls = { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') };
    expect(locateEngines({ DOCKER_CONTEXT: 'safe' }, home)[0]?.place).toEqual({
      kind: 'tcp',
      host: '127.0.0.1',
      port: 2376,
      tls,
    });
  });

  test('that does not exist is named', () => {
    expect(locateEngines({ DOCKER_CONTEXT: 'nowhere' }, home)).toEqual([
      { source: 'the docker context "nowhere"', place: { kind: 'unusable', reason: expect.stringContaining(home) } },
    ]);
  });
});

test('the sockets of desktops, rootless Docker and Podman are found, in this order', () => {
  const runtimeDir = join(home, 'run');
  const paths = [
    join(runtimeDir, 'docker.sock'),
    join(home, '.docker/run/docker.sock'),
    join(home, '.colima/default/docker.sock'),
    join(runtimeDir, 'podman/podman.sock'),
  ];
  for (const path of paths) {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, '');
  }
  const sources = locateEngines({ XDG_RUNTIME_DIR: runtimeDir }, home).map(({ source }) => source);
  expect(sources.filter((path) => path.startsWith(home))).toEqual(paths);
});

test('a place is shown as people write it', () => {
  expect(describePlace({ kind: 'tcp', host: 'localhost', port: 1, tls: null })).toBe('tcp://localhost:1');
});
