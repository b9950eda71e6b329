// What the README's two commands need before they can run: dependencies and a build, made only when they are missing
// or older than their source. Plain Node, because nothing is installed yet. `--demo` also installs the example shop.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
process.chdir(root);

const mtime = (file) => (existsSync(file) ? statSync(file).mtimeMs : 0);

function run(label, command, args, cwd = root) {
  process.stderr.write(`obs setup: ${label}\n`);
  const done = spawnSync(command, args, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.status !== 0) {
    process.stderr.write(`obs setup: ${label} failed; run it by hand: (cd ${cwd} && ${command} ${args.join(' ')})\n`);
    process.exit(4);
  }
}

function installIfStale(folder, label) {
  if (!existsSync(join(folder, 'package-lock.json'))) return;
  if (mtime(join(folder, 'node_modules/.package-lock.json')) >= mtime(join(folder, 'package-lock.json'))) return;
  run(label, 'npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], folder);
}

function newestSource() {
  let newest = Math.max(mtime('package-lock.json'), mtime('.ci/build.mjs'));
  const walk = (dir) => {
    for (const entry of readdirSync(dir, { withFileTypes: true })) {
      const path = join(dir, entry.name);
      if (entry.isDirectory()) walk(path);
      else if (!entry.name.endsWith('.test.ts')) newest = Math.max(newest, mtime(path));
    }
  };
  walk('src');
  return newest;
}

installIfStale('.', 'installing dependencies (npm ci)');
if (process.argv.includes('--demo')) installIfStale('docs/examples/shop', 'installing the example shop (npm ci)');
if (mtime('dist/obs.js') < newestSource()) run('building', process.execPath, ['.ci/build.mjs']);
