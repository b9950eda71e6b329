#!/usr/bin/env node
// Random queries to the embedded engine and to a real server that hold the same data (those of test/conformance):
//   node test/differential/run.mjs promql http://127.0.0.1:9090 [--count 1000] [--seed N] [--depth 4]
//   node test/differential/run.mjs logql http://127.0.0.1:3100 …
// Prints its seed, and each query that is answered differently; a seed repeats its queries. Needs a built obs and a server
// that takes OTLP and is empty, so it is no part of `npm test`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleScript } from '../bundle-script.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'obs-differential-'));
const outfile = join(folder, 'makers.mjs');
try {
  await bundleScript(join(here, 'makers.ts'), outfile);
  const { makeMaker } = await import(pathToFileURL(outfile).href);
  const { runDifferential } = await import('./differential.mjs');
  process.exitCode = await runDifferential(process.argv.slice(2), makeMaker);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
