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
  const pids = residents.flatMap(({ pid }) => (pid !== undefined && isAlive(pid) ? [`process ${pid}`] : []));
  const open = await Promise.all(
    residents.map(async ({ port }) => (port && (await isOpen(port)) ? [`port ${port}`] : [])),
  );
  return {
    processes: [...pids, ...(await findProcessesNaming(root))],
    ports: open.flat(),
    state: await listFiles(stateDir),
  };
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
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

// Anything whose command line names the workspace, whoever started it.
async function findProcessesNaming(root) {
  const { stdout } = await run('ps', ['-A', '-o', 'pid=,args=']);
  return stdout.split('\n').filter((line) => line.includes(root));
}

// The registry holds the port reservations, which are meant to stay.
async function listFiles(stateDir) {
  const entries = await readdir(stateDir, { recursive: true, withFileTypes: true });
  return entries
    .filter((one) => one.isFile() && one.name !== 'registry.json')
    .map((one) => join(one.parentPath ?? one.path, one.name).slice(stateDir.length + 1));
}
