// LogQL over a million lines (256 MB) of four services: the median of five runs of each question, engine only.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { median, run } from '../lib/workbench.mjs';

const lines = 1_000_000;
const source = fileURLToPath(new URL('../lib/logql-load.ts', import.meta.url));

export const group = {
  name: 'logql',
  about: `${lines.toLocaleString('en')} lines of 256 bytes`,
  figures: ['logql.selector', 'logql.needle', 'logql.json', 'logql.rate', 'logql.quantile'],
  async *measure() {
    const folder = await mkdtemp(join(tmpdir(), 'obs-bench-logql-'));
    try {
      const outfile = join(folder, 'load.mjs');
      await build({ entryPoints: [source], bundle: true, outfile, platform: 'node', format: 'esm', logLevel: 'error' });
      const { stdout } = await run(process.execPath, ['--max-old-space-size=4096', outfile, String(lines)]);
      for (const { name, values } of JSON.parse(stdout)) yield { name, value: median(values), unit: 'ms' };
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
};
