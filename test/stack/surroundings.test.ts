// What a machine may deny or hold: ports, the state folder, sockets.
import { mkdirSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { StackState } from '../../src/model/stack-state.ts';
import { startKeeper } from '../../src/runtimes/keeper-process.ts';
import { Sandbox } from './harness.ts';

const timeoutMs = 120_000;

let sandbox: Sandbox;
let repository: string;
const servers: Server[] = [];

beforeEach(() => {
  sandbox = new Sandbox();
  repository = sandbox.makeRepository('repository');
});
afterEach(async () => {
  for (const server of servers.splice(0)) await new Promise((done) => server.close(done));
  await sandbox.dispose();
});

function occupy(port: number): Promise<void> {
  const server = createServer((socket) => socket.destroy());
  servers.push(server);
  return new Promise((resolve, reject) => server.on('error', reject).listen(port, '127.0.0.1', resolve));
}

describe('a port of the worktree', { timeout: timeoutMs }, () => {
  test('that a stranger took names the stranger, and nothing is left half started', async () => {
    const { endpoints } = await sandbox.up(repository);
    await sandbox.run(['down'], { cwd: repository });
    const port = Number(new URL(endpoints.tempo ?? '').port);
    await occupy(port);
    const error = await sandbox.fail(['up'], { cwd: repository });
    expect(error).toMatchObject({ exit: 4, code: 'OBS_PORT_TAKEN' });
    expect(error.message).toMatch(
      new RegExp(`^Port ${port} \\(tempo of this worktree\\) is taken by process ${process.pid}: .*node`),
    );
    expect(sandbox.listStacks()).toEqual([]);
    expect(sandbox.listKeepers()).toEqual([]);
  });

  test('is chosen next to a block that is in use when it is first reserved', async () => {
    const { endpoints } = await sandbox.up(repository);
    await sandbox.run(['down'], { cwd: repository });
    const port = Number(new URL(endpoints.loki ?? '').port);
    await occupy(port);
    // Another state folder knows nothing of the reservation, but has the same first choice.
    const env = { OBS_STATE_DIR: join(sandbox.root, 'second') };
    const { stdout, code } = await sandbox.run(['up', '--json'], { cwd: repository, env });
    expect(code).toBe(0);
    expect(Number(new URL(JSON.parse(stdout).stack.endpoints.loki).port)).toBe(port + 16);
    await sandbox.run(['down'], { cwd: repository, env });
  });

  test('stays the same over down and up', async () => {
    const { endpoints } = await sandbox.up(repository);
    for (let round = 0; round < 2; round += 1) {
      await sandbox.run(['down'], { cwd: repository });
      expect((await sandbox.up(repository)).endpoints).toEqual(endpoints);
    }
  });
});

test('eight worktrees brought up in parallel never share a port', { timeout: timeoutMs }, async () => {
  const repositories = Array.from({ length: 8 }, (_, index) => sandbox.makeRepository(`tree-${index}`));
  const stacks = await sandbox.upAll(repositories);
  const ports = stacks.flatMap((stack) => Object.values(stack.endpoints).map((url) => new URL(url).port));
  // Five ports each; three of the eight addresses share one.
  expect(new Set(ports).size).toBe(8 * 5);
  const listed = await sandbox.run(['ps', '--json'], { cwd: repository });
  expect(JSON.parse(listed.stdout).stacks).toHaveLength(8);
  await sandbox.run(['down', '--all', '--yes'], { cwd: repository });
  expect(sandbox.listKeepers()).toEqual([]);
});

describe('the state folder', { timeout: timeoutMs }, () => {
  test('that cannot be made is named, with the variable that moves it', async () => {
    writeFileSync(join(sandbox.root, 'file'), '');
    const env = { OBS_STATE_DIR: join(sandbox.root, 'file/state') };
    expect(await sandbox.fail(['up'], { cwd: repository, env })).toMatchObject({
      exit: 4,
      code: 'OBS_STATE_NOT_WRITABLE',
      fix: 'OBS_STATE_DIR="$HOME/.obs-state" obs up',
    });
  });

  test('is XDG_STATE_HOME/obs where OBS_STATE_DIR is not set', async () => {
    const env = { OBS_STATE_DIR: undefined, XDG_STATE_HOME: join(sandbox.root, 'xdg') };
    const { stdout } = await sandbox.run(['doctor', '--json'], { cwd: repository, env });
    const { findings } = JSON.parse(stdout);
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'state folder', detail: join(sandbox.root, 'xdg/obs') }),
    );
  });

  test('with a damaged registry says what is lost without it', async () => {
    mkdirSync(sandbox.stateDir);
    writeFileSync(join(sandbox.stateDir, 'registry.json'), '{"version":2}');
    expect(await sandbox.fail(['up'], { cwd: repository })).toMatchObject({ exit: 4, code: 'OBS_REGISTRY_BROKEN' });
  });
});

test('a keeper that cannot start says why, in the last lines of its log', { timeout: timeoutMs }, async () => {
  const dir = join(sandbox.root, 'broken');
  mkdirSync(dir);
  const stateFile = join(dir, 'state.json');
  writeFileSync(stateFile, '{}');
  const folder = { dir, stateFile, keeperLog: join(dir, 'keeper.log'), keeperMark: join(dir, 'keeper.mark.json') };
  const { id } = await sandbox.up(repository);
  // Only the fields that are shown are read before the keeper has taken over.
  const state = sandbox.readState(id) as unknown as StackState;
  await expect(startKeeper({ state, folder, progress: () => {} })).rejects.toMatchObject({
    code: 'OBS_KEEPER_FAILED',
    data: { reason: 'it ended with code 4', lastLines: [expect.stringContaining('OBS_KEEPER_STATE_UNREADABLE')] },
  });
});

const wrongWords: { words: string[]; code: string; exit: number }[] = [
  { words: ['up', '--ttl', '12'], code: 'OBS_BAD_TTL', exit: 2 },
  { words: ['up', '--grafana'], code: 'OBS_GRAFANA_NEEDS_DOCKER', exit: 2 },
  { words: ['up', '--runtime', 'docker'], code: 'OBS_DOCKER_NO_ENGINE', exit: 4 },
  { words: ['env', '--for', 'docker', '--instrument'], code: 'OBS_NOT_BUILT', exit: 2 },
  { words: ['down', '--keep', 'a.obs'], code: 'OBS_NOT_BUILT', exit: 2 },
  { words: ['status'], code: 'OBS_NO_STACK', exit: 4 },
  { words: ['env'], code: 'OBS_NO_STACK', exit: 4 },
];

test.each(wrongWords)(
  'obs $words.0 $words.1 is refused with $code, and starts nothing',
  { timeout: timeoutMs },
  async ({ words, code, exit }) => {
    expect(await sandbox.fail(words, { cwd: repository })).toMatchObject({ code, exit });
    expect(sandbox.listStacks()).toEqual([]);
  },
);

// A sandbox refuses the system call; here the call is made to be refused, since sandboxes need privileges to set up.
const denials: { name: string; patch: string }[] = [
  {
    name: 'listening',
    patch: `const { Server } = require('node:net');
      Server.prototype.listen = function () {
        process.nextTick(() => this.emit('error', Object.assign(new Error('listen EPERM'), { code: 'EPERM' })));
        return this;
      };`,
  },
  {
    name: 'connecting',
    patch: `const { Socket } = require('node:net');
      Socket.prototype.connect = function () {
        process.nextTick(() => this.destroy(Object.assign(new Error('connect EPERM'), { code: 'EPERM' })));
        return this;
      };`,
  },
  {
    name: 'writing',
    patch: `const fs = require('node:fs');
      fs.mkdirSync = () => { throw Object.assign(new Error('EPERM: mkdir'), { code: 'EPERM' }); };
      require('node:module').syncBuiltinESMExports();`,
  },
];

describe('a sandbox', { timeout: timeoutMs }, () => {
  test.each(denials)('that denies $name is named, with the MCP server as the way out', async ({ patch }) => {
    const file = join(sandbox.root, 'deny.cjs');
    writeFileSync(file, patch);
    const error = await sandbox.fail(['up'], { cwd: repository, env: { NODE_OPTIONS: `--require=${file}` } });
    expect(error).toMatchObject({ exit: 4, code: 'OBS_SANDBOXED' });
    expect(JSON.parse(error.fix)).toMatchObject({ mcpServers: { obs: { args: ['-y', 'worktree-obs', 'mcp'] } } });
    expect(sandbox.listKeepers()).toEqual([]);
  });
});
