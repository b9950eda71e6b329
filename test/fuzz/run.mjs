#!/usr/bin/env node
// `npm run fuzz [-- --seed N --minutes M]`: the fuzz tests with many rounds, seed after seed until the time is over. A failure
// names its seed; `--seed N --minutes 0` runs that one again.
import { spawnSync } from 'node:child_process';
import { parseArgs } from 'node:util';

const minuteMs = 60_000;
const roundsPerSeed = 20_000;

const { values } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, minutes: { type: 'string', default: '1' } },
});
const end = performance.now() + Number(values.minutes) * minuteMs;
let seed = Number(values.seed);
do {
  const env = { ...process.env, OBS_FUZZ_SEED: String(seed), OBS_FUZZ_ROUNDS: String(roundsPerSeed) };
  const words = ['--no-install', 'vitest', 'run', '--project', 'quick', '--testTimeout', '600000', 'test/fuzz'];
  const { status } = spawnSync('npx', words, { stdio: 'inherit', env });
  process.exitCode = status ?? 1;
  seed += 1;
} while (process.exitCode === 0 && performance.now() < end);
process.stdout.write(
  `seeds ${values.seed} to ${seed - 1}: ${process.exitCode === 0 ? 'nothing found' : 'found a failure'}\n`,
);
