// Packages and Node versions that stock apps need and obs does not: npm installs each set once, into a folder that outlives
// the test and lies outside of the repository.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cache = process.env.OBS_APPS_CACHE ?? join(tmpdir(), 'obs-apps');

const sets = {
  oldest: ['node@18.19.1'],
  lts: ['node@26'],
  nest: [
    '@nestjs/common@12',
    '@nestjs/core@12',
    '@nestjs/platform-express@12',
    'reflect-metadata',
    'rxjs@7',
    'pino@10',
  ],
  next: ['next@16', 'react@19', 'react-dom@19'],
  tools: ['tsx@4', 'ts-node@10', 'typescript@5', 'vitest@4', 'jest@30', 'pnpm@10', 'yarn@1.22.22'],
  load: ['autocannon@8'],
};

/** The node_modules folder with the packages of a set. */
export function preparePackages(name) {
  const folder = join(cache, name);
  const mark = join(folder, '.complete');
  if (!existsSync(mark)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{"private":true}');
    const flags = ['--no-audit', '--no-fund', '--loglevel=error'];
    execFileSync('npm', ['install', ...flags, ...sets[name]], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
    // Last, so that a folder that was left half filled is filled again.
    writeFileSync(mark, '');
  }
  return join(folder, 'node_modules');
}

/** The executable of another version of Node: `oldest` that the preload supports, or `lts`. */
export function prepareNode(name) {
  return join(preparePackages(name), 'node/bin/node');
}
