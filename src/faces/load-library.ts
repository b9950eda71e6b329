// What dist/program/dockerode.cjs and tar-stream.cjs are: the library of the same name, with its code cache. Compiling it
// takes longer than what `down` asks of an engine.
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runCached } from '../std/run-cached.ts';

const own = fileURLToPath(import.meta.url);
const [folder, name] = [dirname(own), basename(own, '.cjs')];

export default runCached({ file: join(folder, 'libraries', `${name}.cjs`), cacheFile: join(folder, 'cache', name) });
