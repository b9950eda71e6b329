// Processes, memory and ports of trees of real processes.
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { PortWatch } from './listening.ts';
import { listTree } from './tree.ts';
import { readUsage } from './usage.ts';

/** A shell whose child is a Node process; resolves when that has printed a line. */
async function startFamily(script: string): Promise<ChildProcess & { pid: number }> {
  const child = spawn('sh', ['-c', `"${process.execPath}" -e '${script}'; true`], { detached: true });
  onTestFinished(() => {
    try {
      process.kill(-(child.pid as number), 'SIGKILL'); // spawned above, and waited for below
    } catch {
      // It ended by itself.
    }
  });
  await once(child.stdout, 'data');
  return child as ChildProcess & { pid: number };
}

test('the tree holds the descendants, the usage is their sum', async () => {
  const { pid } = await startFamily('console.log(1); setInterval(() => {}, 1000)');
  expect(listTree(pid)).toHaveLength(2);
  expect(readUsage(pid)?.processes).toBe(2);
  // A Node process alone takes more than 30 MB, a shell less than 5.
  expect(readUsage(pid)?.rssBytes).toBeGreaterThan(30_000_000);
});

test('a tree that is gone has no processes and no usage', async () => {
  const child = await startFamily('console.log(1)');
  await once(child, 'exit');
  expect(listTree(child.pid)).toEqual([]);
  expect(readUsage(child.pid)).toBeUndefined();
});

test('ports are those of the tree, not those of strangers', async () => {
  const stranger = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void stranger.close());
  await once(stranger, 'listening');
  const listen =
    'require("net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port) })';
  const child = spawn(process.execPath, ['-e', `setTimeout(() => ${listen}, 100)`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const watch = new PortWatch(child.pid as number); // spawned just now
  expect(watch.read()).toEqual([]);
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(watch.read()).toEqual([Number(line.toString())]);
});

test('a socket that begins to listen long after it was made is found, and one that is closed is forgotten', async () => {
  const script = `
    const net = require("net"), server = net.createServer(), other = net.createServer();
    const socket = net.connect(Number(process.argv[1]), "127.0.0.1");
    process.stdin.on("data", (text) => String(text) === "open"
      ? server.listen(0, "127.0.0.1", () => console.log(server.address().port))
      : server.close(() => console.log("closed")));
    socket.on("connect", () => console.log("connected"));`;
  const stranger = createServer().listen(0, '127.0.0.1');
  onTestFinished(() => void stranger.close());
  await once(stranger, 'listening');
  const { port } = stranger.address() as AddressInfo; // a TCP server has a port
  const child = spawn(process.execPath, ['-e', script, String(port)], { stdio: ['pipe', 'pipe', 'inherit'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const watch = new PortWatch(child.pid as number); // spawned just now
  await once(child.stdout, 'data');
  for (let looks = 0; looks < 10; looks += 1) expect(watch.read()).toEqual([]);
  child.stdin.write('open');
  const [line] = (await once(child.stdout, 'data')) as [Buffer];
  expect(watch.read()).toEqual([Number(line.toString())]);
  child.stdin.write('close');
  await once(child.stdout, 'data');
  expect(watch.read()).toEqual([]);
});
