// Runs all scripts of a folder and counts: `node test/promql/run.mjs --dir FOLDER [--verbose]`.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runScript } from './run-script.ts';
import { parseScript } from './script.ts';

/** Put in by run.mjs: our own scripts. */
declare const __scriptsDir: string;

const { values } = parseArgs({
  options: { dir: { type: 'string' }, verbose: { type: 'boolean', default: false } },
});
const dir = values.dir ?? __scriptsDir;
let passed = 0;
let total = 0;
for (const file of readdirSync(dir).filter((name) => name.endsWith('.test'))) {
  const outcomes = await runScript(parseScript(readFileSync(join(dir, file), 'utf8')));
  const failed = outcomes.filter(({ problem }) => problem !== undefined);
  passed += outcomes.length - failed.length;
  total += outcomes.length;
  process.stdout.write(`${file.padEnd(32)} ${outcomes.length - failed.length} / ${outcomes.length}\n`);
  if (!values.verbose) continue;
  for (const { line, query, problem } of failed) process.stdout.write(`  line ${line}: ${query}\n    ${problem}\n`);
}
process.stdout.write(`${'total'.padEnd(32)} ${passed} / ${total}\n`);
process.exitCode = passed === total ? 0 : 1;
