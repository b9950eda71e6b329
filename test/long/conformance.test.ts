// The recorded answers of the real servers: no count may fall below the ratchet.
import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { root } from '../tidy/source-files.ts';

interface Summary {
  readonly total: number;
  readonly totals: Readonly<Record<string, { readonly passed: number; readonly total: number }>>;
}

const ratchet: Record<string, number> = JSON.parse(readFileSync(join(root, 'test/conformance/ratchet.json'), 'utf8'));
const folder = mkdtempSync(join(tmpdir(), 'obs-conformance-report-'));
let summary: Summary;

beforeAll(async () => {
  const report = join(folder, 'report.json');
  // Its exit code says the same as the tests below, which name what fell.
  await new Promise((resolve) => {
    execFile(
      process.execPath,
      ['test/conformance/run.mjs', '--json', report],
      { cwd: root, maxBuffer: 1 << 26 },
      resolve,
    );
  });
  summary = JSON.parse(readFileSync(report, 'utf8'));
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true }));

it('all 4,146 recorded checks are asked', () => {
  expect(summary.total).toBe(4_146);
});

it.each(Object.entries(ratchet))('%s keeps its %i equal answers', (name, least) => {
  expect(summary.totals[name]?.passed).toBeGreaterThanOrEqual(least);
});
