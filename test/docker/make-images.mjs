// Makes the images with which the docker suite runs where the genuine ones cannot be pulled, by `docker import` and with the
// users and volumes of the genuine ones: Debian's own Prometheus, and stand-ins for the others (stand-in/).
//   node test/docker/make-images.mjs        prints the variables that name the images
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../..', import.meta.url));
const ids = { loki: 10001, tempo: 10001, prometheus: 65534, grafana: 472 };

/** Images by the variable that makes obs take them. */
export const madeImages = {
  OBS_LOKI_IMAGE: 'worktree-obs-test/loki:stand-in',
  OBS_TEMPO_IMAGE: 'worktree-obs-test/tempo:stand-in',
  OBS_PROMETHEUS_IMAGE: 'worktree-obs-test/prometheus:debian',
  OBS_GRAFANA_IMAGE: 'worktree-obs-test/grafana:stand-in',
};

/** Makes all four; needs apt, a docker engine, and the built dist/. */
export async function makeImages() {
  const folder = mkdtempSync(join(tmpdir(), 'obs-images-'));
  try {
    const standIn = await makeStandInTree(join(folder, 'stand-in'));
    for (const server of ['loki', 'tempo', 'grafana']) {
      importTree(standIn, madeImages[`OBS_${server.toUpperCase()}_IMAGE`], [
        `USER ${ids[server]}`,
        `ENTRYPOINT ["/usr/bin/node", "/opt/stand-in/${server === 'grafana' ? 'grafana.mjs' : 'main.mjs'}", "${server}"]`,
      ]);
    }
    importTree(makePrometheusTree(join(folder, 'prometheus')), madeImages.OBS_PROMETHEUS_IMAGE, [
      `USER ${ids.prometheus}`,
      'VOLUME /prometheus',
      'WORKDIR /prometheus',
      'ENTRYPOINT ["/bin/prometheus"]',
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return madeImages;
}

async function makeStandInTree(tree) {
  makeBase(tree);
  copyProgram(tree, process.execPath, '/usr/bin/node');
  const target = join(tree, 'opt/stand-in');
  mkdirSync(join(target, 'dist/program/cache'), { recursive: true });
  // The code cache is there once a keeper has run; without it a stand-in starts slower than what it stands for.
  const files = ['keeper.js', 'package.json', 'program/keeper.cjs', 'program/cache/keeper'];
  for (const file of files.filter((name) => existsSync(join(root, 'dist', name))))
    copyFileSync(join(root, 'dist', file), join(target, 'dist', file));
  // The keeper finds its files from the package's root.
  writeFileSync(join(target, 'package.json'), '{}');
  await build({
    entryPoints: [join(root, 'test/docker/stand-in/main.ts')],
    outfile: join(target, 'main.mjs'),
    bundle: true,
    platform: 'node',
    format: 'esm',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
  copyFileSync(join(root, 'test/docker/stand-in/grafana.mjs'), join(target, 'grafana.mjs'));
  copyFileSync(join(root, 'test/docker/stand-in/known-keys.txt'), join(target, 'known-keys.txt'));
  makeDataFolder(tree, '/loki', ids.loki);
  makeDataFolder(tree, '/var/tempo', ids.tempo);
  return tree;
}

// Older than the pinned version: a wrapper takes away what it does not know yet. The OTLP receiver is not in it.
function makePrometheusTree(tree) {
  makeBase(tree);
  const downloads = join(tree, '..', 'packages');
  mkdirSync(downloads);
  execFileSync('apt-get', ['download', 'prometheus', 'busybox-static'], { cwd: downloads, stdio: 'pipe' });
  const unpacked = join(downloads, 'unpacked');
  execFileSync('sh', ['-c', `for file in *.deb; do dpkg -x "$file" "${unpacked}"; done`], { cwd: downloads });
  copyProgram(tree, join(unpacked, 'usr/bin/prometheus'), '/usr/lib/prometheus');
  copyProgram(tree, join(unpacked, 'bin/busybox'), '/bin/busybox');
  for (const name of ['sh', 'sed']) symlinkSync('busybox', join(tree, 'bin', name));
  cpSync(join(root, 'test/docker/prometheus-debian.sh'), join(tree, 'bin/prometheus'));
  chmodSync(join(tree, 'bin/prometheus'), 0o755);
  makeDataFolder(tree, '/prometheus', ids.prometheus);
  return tree;
}

function makeBase(tree) {
  for (const folder of ['etc', 'tmp', 'bin', 'usr/bin', 'usr/lib']) mkdirSync(join(tree, folder), { recursive: true });
  chmodSync(join(tree, 'tmp'), 0o1777);
  writeFileSync(join(tree, 'etc/passwd'), 'root:x:0:0::/:\nnobody:x:65534:65534::/:\nserver:x:10001:10001::/:\n');
}

// A program and the libraries that it loads, at the paths at which it looks for them.
function copyProgram(tree, program, target) {
  copyFileSync(program, join(tree, target));
  chmodSync(join(tree, target), 0o755);
  const listed = spawnSync('ldd', [program], { encoding: 'utf8' }).stdout;
  for (const [, library] of listed.matchAll(/(\/\S+) \(0x/g)) {
    mkdirSync(join(tree, dirname(library)), { recursive: true });
    copyFileSync(library, join(tree, library));
  }
}

function makeDataFolder(tree, path, owner) {
  mkdirSync(join(tree, path), { recursive: true });
  chownSync(join(tree, path), owner, owner);
}

function importTree(tree, image, changes) {
  const flags = changes.map((change) => `--change '${change}'`).join(' ');
  execFileSync('sh', ['-c', `tar -C '${tree}' -c . | docker import ${flags} - ${image}`], { stdio: 'pipe' });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [name, image] of Object.entries(await makeImages())) process.stdout.write(`export ${name}=${image}\n`);
}
