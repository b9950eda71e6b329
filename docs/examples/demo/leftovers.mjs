// Proof that nothing is left: processes that were alive, ports that were open, files in the state folder.
import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The processes and ports of a worktree's stack and apps while they are up. */
export async function readResidents(obs, worktree) {
  const { stack } = await obs.json(worktree, ['status']);
  const urls = ['loki', 'prometheus', 'tempo', 'otlpHttp', 'otlpGrpc'].map((name) => stack.endpoints[name]);
  const ports = [
    ...urls.map((url) => Number(new URL(url).port)),
    ...stack.apps.flatMap((app) => Object.values(app.ports)),
  ];
  const pids = [stack.keeper.pid, ...stack.apps.map((app) => app.pid)].filter(Boolean);
  return [...pids.map((pid) => ({ pid })), ...[...new Set(ports)].map((port) => ({ port }))];
}

/** What of it is still there, and what else the workspace left behind. */
export async function findLeftovers({ root, stateDir }, residents) {
  const pids = new Set(residents.map(({ pid }) => pid));
  const alive = (await listProcesses()).filter(({ pid, args }) => pids.has(pid) || args.includes(root));
  const open = await Promise.all(
    residents.map(async ({ port }) => (port && (await isOpen(port)) ? [`port ${port}`] : [])),
  );
  return {
    processes: alive.map(({ pid, args }) => `${pid} ${args}`),
    ports: open.flat(),
    state: await listFiles(stateDir),
  };
}

// A zombie has ended; it only waits to be counted by whoever started it.
async function listProcesses() {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,stat=,args=']);
  return stdout
    .split('\n')
    .map((line) => /^\s*(\d+)\s+(\S+)\s+(.*)$/.exec(line))
    .filter((match) => match !== null && !match[2].startsWith('Z'))
    .map(([, pid, , args]) => ({ pid: Number(pid), args }));
}

function isOpen(port) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end(true)).once('error', () => end(false));
  });
}

// The registry holds the port reservations, which are meant to stay; locks are files that no one holds any more.
async function listFiles(stateDir) {
  const entries = await readdir(stateDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath ?? one.path, one.name).slice(stateDir.length + 1))
    .filter((path) => path !== 'registry.json' && !/^\w+\.lock\//.test(path));
}
