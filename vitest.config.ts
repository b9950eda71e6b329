// Test settings: unit tests sit beside the source they prove, everything that runs the built obs is in test/.
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.{ts,mjs}'],
    exclude: ['**/node_modules/**', 'test/long/**'],
    testTimeout: 20_000,
    hookTimeout: 30_000,
    retry: 0,
    maxWorkers: 2,
  },
});
