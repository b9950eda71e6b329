// All suites, one after the other, and one closing line that sums them: `N passed, N failed, N skipped`. A step with a vitest
// report counts its tests; any other step counts as one test. A tool that is missing here is a failure, never a skip.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';

/** The newest line of Node with long-term support; the quick tests run on it, too. */
const newestLts = 26;

const folder = mkdtempSync(join(tmpdir(), 'obs-ci-'));
const npm = (...words) => ({ command: 'npm', words });
const npx = (...words) => ({ command: 'npx', words: ['--no-install', ...words] });
const projects = (...names) => names.flatMap((name) => ['--project', name]);
const vitest = (name, { flags = [], env = {}, runner = npx('vitest') } = {}) => ({
  name,
  report: join(folder, `${name}.json`),
  env,
  command: runner.command,
  words: [
    ...runner.words,
    'run',
    ...flags,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${join(folder, `${name}.json`)}`,
  ],
});
const ltsNode = join(folder, 'node_modules/node/bin/node');

const steps = [
  { name: 'linter', ...npx('biome', 'check', '.') },
  { name: 'types', ...npx('tsc', '--noEmit') },
  vitest('tests', { flags: projects('unit', 'quick', 'e2e') }),
  {
    name: 'install the newest LTS Node',
    ...npm('install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', folder, `node@${newestLts}`),
  },
  vitest('quick tests on the newest LTS Node', {
    flags: projects('unit', 'quick'),
    env: { PATH: `${join(folder, 'node_modules/node/bin')}:${process.env.PATH}` },
    runner: { command: ltsNode, words: ['node_modules/vitest/vitest.mjs'] },
  }),
  vitest('ten thousand random queries', {
    flags: [...projects('quick'), 'test/logql/fuzz', 'test/traceql/fuzz'],
    env: { OBS_FUZZ_QUERIES: '10000' },
  }),
  { name: 'install Chromium', command: process.execPath, words: ['.ci/install-chromium.mjs'] },
  vitest('long', { flags: projects('long'), env: { OBS_LONG: '1' } }),
  vitest('docker', {
    flags: projects('docker'),
    runner: { command: process.execPath, words: ['.ci/docker.mjs', 'npx', ...npx('vitest').words] },
  }),
  { name: 'benchmarks', command: process.execPath, words: ['test/bench/run.mjs'] },
];

const total = { passed: 0, failed: 0, skipped: 0 };
const failures = [];
for (const step of steps) add(runStep(step));
rmSync(folder, { recursive: true, force: true });
// Said once more at the end: of a long log often only the last part is kept.
for (const failure of failures) process.stdout.write(`\nfailed: ${failure}\n`);
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
process.exitCode = total.failed === 0 && total.passed > 0 ? 0 : 1;

function runStep({ name, command, words, env, report }) {
  process.stdout.write(`\n== ${name}\n`);
  const done = spawnSync(command, words, { stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env } });
  const counts = report !== undefined && existsSync(report) ? readReport(report) : undefined;
  const ok = done.status === 0;
  if (!ok) process.stdout.write(`== ${name} failed (${done.error?.message ?? `exit ${done.status ?? done.signal}`})\n`);
  if (!ok && !counts?.failures.length) failures.push(name);
  if (counts === undefined) return { passed: ok ? 1 : 0, failed: ok ? 0 : 1, skipped: 0 };
  failures.push(...counts.failures.map((failure) => `${name}: ${failure}`));
  // A file that cannot be loaded fails the run without failing a test.
  return { ...counts, failed: ok ? counts.failed : Math.max(1, counts.failed) };
}

function readReport(file) {
  const { numPassedTests, numFailedTests, numPendingTests, numTodoTests, testResults } = JSON.parse(
    readFileSync(file, 'utf8'),
  );
  return {
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
    failures: testResults.filter(({ status }) => status === 'failed').flatMap(describeFailures),
  };
}

/** The failed tests of a file with the first lines of their messages; the file itself, if it could not be loaded. */
function describeFailures({ name, message, assertionResults }) {
  const file = relative(process.cwd(), name);
  const failed = assertionResults.filter(({ status }) => status === 'failed');
  if (failed.length === 0) return [`${file}: ${firstLines(message)}`];
  return failed.map(
    ({ fullName, failureMessages }) => `${file} > ${fullName}: ${firstLines(failureMessages[0] ?? '')}`,
  );
}

function firstLines(text) {
  return text.split('\n').slice(0, 12).join('\n  ');
}

function add({ passed, failed, skipped }) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}
