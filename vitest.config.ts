// Test settings. `unit` tests sit beside the source they prove and share a process, which they leave as they found it;
// what runs the built obs is in test/. `e2e` comes after all others and one file at a time, because it boots apps whose
// startup is judged; `long` and `docker` are for .ci/run.
import { defineConfig } from 'vitest/config';

// Node reads this bundle of certificates whole at each start. No test needs it, and they start thousands of processes.
delete process.env.NODE_EXTRA_CA_CERTS;

/** No test but those of the docker runtime may find an engine: with one, `auto` would choose it. */
const withoutEngine = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };

const shared = {
  exclude: ['**/node_modules/**'],
  // Tells a hang from a slow machine; no test asserts on time.
  testTimeout: 120_000,
  hookTimeout: 120_000,
  expect: { poll: { timeout: 60_000 } },
  retry: 0,
  // Tests of processes mostly wait; one more than there are cores fills the time.
  maxWorkers: 3,
  env: withoutEngine,
};

/** The contract suite of the other runtimes, and whatever else takes longer than quick tests may. */
const longTests = [
  'test/long/**/*.test.ts',
  'test/contract/{native,remote}.test.ts',
  'test/native/**/*.test.ts',
  'test/remote/**/*.test.{ts,mjs}',
  'test/app/startup.test.ts',
  'test/keeper/forward.test.ts',
  'test/e2e/mcp-demo.test.mjs',
  'test/traceql/columns.test.ts',
  'test/fuzz/short-way.test.ts',
  'src/keeper/api/tempo/trace-from-log.test.ts',
];

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts'],
          exclude: [...shared.exclude, ...longTests],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'quick',
          include: ['test/**/*.test.{ts,mjs}'],
          exclude: [...shared.exclude, 'test/e2e/**', 'test/docker/**', ...longTests],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.{ts,mjs}'],
          exclude: [...shared.exclude, ...longTests],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      ...(process.env.OBS_LONG === '1' ? [makeLong()] : []),
      ...(process.env.OBS_TEST_DOCKER === '1' ? [makeDocker()] : []),
    ],
  },
});

function makeLong() {
  return {
    test: {
      ...shared,
      name: 'long',
      include: longTests,
      fileParallelism: false,
      testTimeout: 900_000,
      hookTimeout: 120_000,
      sequence: { groupOrder: 2 },
    },
  };
}

// Needs an engine and images: .ci/docker.mjs brings both.
function makeDocker() {
  return {
    test: {
      ...shared,
      env: {},
      name: 'docker',
      include: ['test/docker/**/*.test.ts'],
      fileParallelism: false,
      testTimeout: 180_000,
      hookTimeout: 120_000,
      sequence: { groupOrder: 3 },
    },
  };
}
