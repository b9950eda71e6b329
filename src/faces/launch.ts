#!/usr/bin/env node
// What dist/obs.js, keeper.js, supervisor.js and ender.js are: the start of the program of the same name, with its code
// cache. Each verb of obs has a cache of its own, since each of them runs other parts; some verbs have a program of their own.
import { existsSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCached } from '../std/run-cached.ts';

const own = fileURLToPath(import.meta.url);
const name = basename(own, '.js');
const folder = join(dirname(own), 'program');
const verb = name === 'obs' ? /^[a-z]{1,12}$/.exec(process.argv[2] ?? '')?.[0] : undefined;
const programOfVerb = join(folder, `${name}-${verb}.cjs`);

runCached({
  file: verb !== undefined && existsSync(programOfVerb) ? programOfVerb : join(folder, `${name}.cjs`),
  cacheFile: join(folder, 'cache', verb === undefined ? name : `${name}-${verb}`),
});
