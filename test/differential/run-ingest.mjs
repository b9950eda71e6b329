#!/usr/bin/env node
// Random OTLP exports to the embedded engine and to a real server, and what either makes of them:
//   node test/differential/run-ingest.mjs metrics http://127.0.0.1:9090 [--count 200] [--seed N]
//   node test/differential/run-ingest.mjs logs http://127.0.0.1:3100 …
//   node test/differential/run-ingest.mjs traces http://127.0.0.1:3200 --otlp-traces http://127.0.0.1:4318/v1/traces …
// Known to differ, and left so: a name that Loki gets twice in one record, once without a value, or among more than twelve
// labels, which it sorts in no sure order.
// Prints its seed, and each export that is answered or stored differently; a seed repeats its exports. Needs a built obs and
// a server that takes OTLP, so it is no part of `npm test`.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundleScript } from '../bundle-script.mjs';

const folder = mkdtempSync(join(tmpdir(), 'obs-differential-'));
const outfile = join(folder, 'exports.mjs');
try {
  await bundleScript(fileURLToPath(new URL('exports.ts', import.meta.url)), outfile);
  const { runIngestDifferential } = await import('./ingest.mjs');
  process.exitCode = await runIngestDifferential(process.argv.slice(2), await import(pathToFileURL(outfile).href));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
