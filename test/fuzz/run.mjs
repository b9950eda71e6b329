#!/usr/bin/env node
// `npm run fuzz [-- --seed N --minutes M]`: every decoder and parser on damaged inputs, 1.5 million in five minutes on a busy
// machine. Prints how many each took, the slowest input, and the memory before and after. A finding names its seed and its input.
// The properties of test/fuzz/*.test run with `npm test`; OBS_FUZZ_SEED and OBS_FUZZ_ROUNDS are theirs.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { bundleScript } from '../bundle-script.mjs';
import { readCategories } from '../conformance/lib/cases.mjs';

const minuteMs = 60_000;
const longestQuery = 1_000;
const root = fileURLToPath(new URL('../..', import.meta.url));

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, minutes: { type: 'string', default: '1' } },
});
const folder = mkdtempSync(join(tmpdir(), 'obs-fuzz-'));
try {
  await bundle(join(folder, 'fuzz.mjs'));
  const queries = join(folder, 'queries.json');
  writeFileSync(queries, JSON.stringify({ queries: readQueries() }));
  writeFileSync(join(folder, 'main.mjs'), mainText());
  const { status } = spawnSync(process.execPath, ['--expose-gc', join(folder, 'main.mjs')], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, OBS_FUZZ_QUERIES: queries },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function bundle(outfile) {
  return bundleScript(join(root, 'test/fuzz/million/main.ts'), outfile, {
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
  });
}

function mainText() {
  const options = `{ seed: ${Number(values.seed)}, ms: ${Number(values.minutes) * minuteMs}, print: (text) => process.stdout.write(text) }`;
  return [
    "import { runFuzz } from './fuzz.mjs';",
    `const findings = runFuzz(${options});`,
    "for (const finding of findings) process.stderr.write(finding + '\\n');",
    'process.exitCode = findings.length === 0 ? 0 : 1;',
    '',
  ].join('\n');
}

function readQueries() {
  const languages = ['promql', 'logql', 'traceql'];
  const recorded = (language) =>
    readCategories(join(root, 'test/conformance/cases'), language)
      .flatMap((one) => one.cases.map(({ query }) => query))
      .filter((query) => query !== undefined && query.length < longestQuery);
  return Object.fromEntries(languages.map((language) => [language, recorded(language)]));
}
