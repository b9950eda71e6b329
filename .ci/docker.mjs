// The docker suite on a real engine: installs Debian's docker.io and starts dockerd where no engine answers, makes the images
// that cannot be had, runs the suite, and leaves nothing of it behind.
//   node .ci/docker.mjs [PROGRAM WORDS…]     runs PROGRAM instead of the suite, with engine and images in its environment
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { makeImages } from '../test/docker/make-images.mjs';

/** As src/runtimes/images.ts pins them; Node 20 cannot load it. */
const pinned = readFileSync(new URL('../src/runtimes/images.ts', import.meta.url), 'utf8');
const genuineImages = [...pinned.matchAll(/'([\w/-]+:v?[\d.]+)'/g)].map(([, image]) => image);
const engineStartMs = 60_000;
const suite = ['npx', '--no-install', 'vitest', 'run', '--project', 'docker'];

const cleanups = [];
try {
  if (!isEngineUp()) await startEngine();
  const images = hasGenuineImages() ? {} : await makeMissingImages();
  process.stdout.write(`docker suite: ${describeImages(images)}\n`);
  const [program, ...words] = process.argv.length > 2 ? process.argv.slice(2) : suite;
  const env = { ...process.env, ...images, OBS_TEST_DOCKER: '1' };
  process.exitCode = spawnSync(program, words, { stdio: ['ignore', 'inherit', 'inherit'], env }).status ?? 1;
} finally {
  for (const clean of cleanups.reverse()) await clean();
}

function isEngineUp() {
  return spawnSync('docker', ['version'], { stdio: 'ignore', timeout: 5_000 }).status === 0;
}

async function startEngine() {
  if (spawnSync('dockerd', ['--version'], { stdio: 'ignore' }).status !== 0) installEngine();
  const folder = mkdtempSync(join(tmpdir(), 'obs-dockerd-'));
  const log = openSync(join(folder, 'log'), 'a');
  // Its own folders: what it makes goes with it, and an engine that the machine had before keeps what it has.
  const flags = [
    '--data-root',
    join(folder, 'data'),
    '--exec-root',
    join(folder, 'exec'),
    '--pidfile',
    join(folder, 'pid'),
  ];
  const engine = spawn('dockerd', flags, { stdio: ['ignore', log, log], detached: true });
  const gone = new Promise((done) => engine.once('exit', done));
  cleanups.push(async () => {
    engine.kill('SIGTERM');
    await gone;
    rmSync(folder, { recursive: true, force: true });
  });
  for (const deadline = Date.now() + engineStartMs; !isEngineUp(); await sleep(200)) {
    if (Date.now() < deadline && engine.exitCode === null) continue;
    execFileSync('tail', ['-n', '20', join(folder, 'log')], { stdio: 'inherit' });
    throw new Error('dockerd did not start; its last lines are above');
  }
}

function installEngine() {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (...words) => execFileSync('apt-get', ['-qq', ...words], { stdio: ['ignore', 'ignore', 'inherit'], env });
  apt('update');
  apt('install', '-y', '--no-install-recommends', 'docker.io');
}

function hasGenuineImages() {
  return spawnSync('docker', ['image', 'inspect', ...genuineImages], { stdio: 'ignore' }).status === 0;
}

async function makeMissingImages() {
  execFileSync('apt-get', ['-qq', 'update'], { stdio: ['ignore', 'ignore', 'inherit'] });
  const made = await makeImages();
  cleanups.push(() => spawnSync('docker', ['rmi', '--force', ...Object.values(made)], { stdio: 'ignore' }));
  return made;
}

function describeImages(images) {
  const made = Object.values(images);
  return made.length === 0 ? `genuine images (${genuineImages.join(', ')})` : `made here: ${made.join(', ')}`;
}
