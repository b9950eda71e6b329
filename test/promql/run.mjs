// Starts main.ts on plain Node: bundled into a temporary file, so that it runs without a build of obs.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleScript } from '../bundle-script.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'obs-promql-'));
const outfile = join(folder, 'main.mjs');
try {
  await bundleScript(join(here, 'main.ts'), outfile, {
    define: { __scriptsDir: JSON.stringify(join(here, 'scripts')) },
  });
  await import(pathToFileURL(outfile).href);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
