// Runs all scripts of a folder, or random expressions, and counts:
//   node test/promql/run.mjs [--dir FOLDER] [--verbose]
//   node test/promql/run.mjs --fuzz COUNT [--seed NUMBER]
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { runFuzz } from './fuzz.ts';
import { runScript } from './run-script.ts';
import { parseScript } from './script.ts';

/** Put in by run.mjs: our own scripts. */
declare const __scriptsDir: string;

const { values: options } = parseArgs({
  options: {
    dir: { type: 'string', default: __scriptsDir },
    verbose: { type: 'boolean', default: false },
    fuzz: { type: 'string' },
    seed: { type: 'string' },
  },
});
const isGood = options.fuzz === undefined ? await runFolder(options.dir) : await runRandom(Number(options.fuzz));
process.exitCode = isGood ? 0 : 1;

async function runFolder(dir: string): Promise<boolean> {
  let passed = 0;
  let total = 0;
  for (const file of readdirSync(dir).filter((name) => name.endsWith('.test'))) {
    const outcomes = await runScript(parseScript(readFileSync(join(dir, file), 'utf8')));
    const failed = outcomes.filter(({ problem }) => problem !== undefined);
    passed += outcomes.length - failed.length;
    total += outcomes.length;
    print(`${file.padEnd(32)} ${outcomes.length - failed.length} / ${outcomes.length}`);
    if (!options.verbose) continue;
    for (const { line, query, problem } of failed) print(`  line ${line}: ${query}\n    ${problem}`);
  }
  print(`${'total'.padEnd(32)} ${passed} / ${total}`);
  return passed === total;
}

async function runRandom(count: number): Promise<boolean> {
  const seed = Number(options.seed ?? Date.now() % 2 ** 31);
  print(`${count} random expressions, seed ${seed}`);
  const failures = await runFuzz({ seed, count });
  for (const { query, problem } of failures) print(`  ${query}\n    ${problem}`);
  print(`${failures.length} defects`);
  return failures.length === 0;
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
