// Test settings. `unit` tests sit beside the source they prove and share a process, which they leave as they found it;
// what runs the built obs is in test/. `e2e` comes after all others and one file at a time, because it boots apps whose
// startup is judged; `long` is for .ci/run.
import { defineConfig } from 'vitest/config';

// Node reads this bundle of certificates whole at each start. No test needs it, and they start thousands of processes.
delete process.env.NODE_EXTRA_CA_CERTS;

const shared = {
  exclude: ['**/node_modules/**'],
  testTimeout: 20_000,
  hookTimeout: 30_000,
  retry: 0,
  maxWorkers: 2,
};

export default defineConfig({
  test: {
    projects: [
      {
        test: {
          ...shared,
          name: 'unit',
          include: ['src/**/*.test.ts'],
          isolate: false,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'quick',
          include: ['test/**/*.test.{ts,mjs}'],
          exclude: [...shared.exclude, 'test/e2e/**', 'test/long/**'],
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          ...shared,
          name: 'e2e',
          include: ['test/e2e/**/*.test.{ts,mjs}'],
          fileParallelism: false,
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      ...(process.env.OBS_LONG === '1' ? [makeLong()] : []),
    ],
  },
});

function makeLong() {
  return {
    test: {
      ...shared,
      name: 'long',
      include: ['test/long/**/*.test.ts'],
      fileParallelism: false,
      testTimeout: 900_000,
      hookTimeout: 120_000,
      sequence: { groupOrder: 2 },
    },
  };
}
