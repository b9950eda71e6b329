// A supervisor process that does not come up says so, and where to look.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { AppPlan } from '../plan.ts';
import { bootDetached } from './boot-detached.ts';

test('a plan that the supervisor refuses is an error that names its log', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'obs-supervisor-'));
  onTestFinished(() => rmSync(runDir, { recursive: true, force: true }));
  // Everything else is missing, as in a file that another version wrote.
  const plan = { app: 'web', runDir, env: {} as AppPlan['env'] } as AppPlan;
  const log = join(runDir, 'supervisor.log');
  const booted = bootDetached(plan, { signal: new AbortController().signal, progress: () => undefined });
  await expect(booted).rejects.toMatchObject({
    code: 'OBS_SUPERVISOR_FAILED',
    data: { app: 'web', reason: 'it said nothing', log },
  });
  expect(readFileSync(log, 'utf8')).toContain('ZodError');
});
