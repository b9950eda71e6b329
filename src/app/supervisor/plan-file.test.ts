// A plan comes out of its file as it went in, and what is only inherited is not in the file.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { AppPlan } from '../plan.ts';
import { pickInherited, readPlanFile, writePlanFile } from './plan-file.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs-plan-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const plan: AppPlan = {
  runId: 'r-1',
  app: 'web',
  service: 'web',
  command: ['node', 'web.mjs'],
  cwd: '/',
  env: { TOKEN: 'a secret of the person', PORT: '8080', PATH: '/bin', OTEL_SERVICE_NAME: 'web' },
  ports: {},
  ready: { condition: { kind: 'none' }, timeoutMs: 1 },
  readyIsRequired: true,
  metricsPage: null,
  frontPort: null,
  stop: { signal: 'SIGTERM', timeoutMs: 1 },
  detached: true,
  sendsLines: false,
  takesTurn: true,
  terminal: false,
  identity: { stackId: '', worktree: '', branch: null, commit: null },
  otlpHttp: '',
  loki: '',
  token: '',
  turnLock: '',
  runDir: '',
};
const person = { TOKEN: 'a secret of the person', PATH: '/usr/bin', OTEL_SERVICE_NAME: 'mine', EDITOR: 'ed' };

test('what an app inherits is not written, and is there again for a reader with the same environment', () => {
  const file = join(folder, 'plan.json');
  const inherited = pickInherited(person);
  writePlanFile(file, plan, inherited);
  const text = readFileSync(file, 'utf8');
  expect(text).not.toContain('a secret of the person');
  expect(text).toContain('8080');
  expect(readPlanFile(file, inherited)).toEqual(plan);
});
