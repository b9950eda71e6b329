// obs restart: end detached apps and boot them again. The stack, its ports and all that was recorded stay.
import { join } from 'node:path';
import { z } from 'zod';
import { type AppPlan, renewPlan } from '../app/plan.ts';
import { pickInherited, readPlanFile } from '../app/supervisor/plan-file.ts';
import { ObsError } from '../errors/obs-error.ts';
import { makeRunId } from '../model/ids.ts';
import type { RunRecord } from '../model/run.ts';
import { requireStack } from '../stack/running-stack.ts';
import { runDetached } from './app/detached.ts';
import { endRuns, isAlive } from './app/ending.ts';
import { type PlanRequest, planApp } from './app/plans.ts';
import { makeRunDocument, renderRun, runDocumentSchema } from './app/run-document.ts';
import { findTarget, loadTargetConfig } from './stack/target.ts';
import { defineTool } from './tool.ts';

const settleTimeoutMs = 3000;

export const appRestart = defineTool({
  name: 'app_restart',
  purpose:
    'End one detached app, or all of them, and boot them again, as obs.yaml has them now. The stack and what it recorded stay; each boot is a new run.',
  input: z.strictObject({
    app: z.string().optional().describe('name of the app; default: all detached apps'),
    wait: z
      .boolean()
      .default(true)
      .describe('false: boot at once, although another app of this machine may be booting'),
  }),
  output: z.object({ runs: z.array(runDocumentSchema) }),
  marks: { readOnly: false, destructive: false, openWorld: true },
  cli: { verb: 'restart', positionals: ['app'], examples: ['obs restart', 'obs restart web'] },
  async run({ app, wait }, context) {
    const target = findTarget(context);
    const stack = await requireStack({ ...target, signal: context.signal });
    const loaded = await loadTargetConfig(context, target.worktree);
    const wanted = chooseRuns((await stack.keeper.runs()).filter(isAlive), app);
    const request = { context, ensured: { ...target, stack }, loaded, detach: true, wait } satisfies PlanRequest;
    // Planned before anything ends: a mistake in obs.yaml must not cost the app that runs.
    const plans: AppPlan[] = [];
    for (const run of wanted) plans.push(await planAgain(request, run));
    await endRuns(wanted);
    const booted = await runDetached(plans, context);
    await stack.keeper.settle(settleTimeoutMs);
    return { output: { runs: booted.map(({ record }) => makeRunDocument(record)) }, exit: 0 };
  },
  render: ({ runs }, style) =>
    runs.length === 0 ? 'no detached app was running' : runs.map((run) => renderRun(run, style)).join('\n'),
});

function chooseRuns(running: readonly RunRecord[], app: string | undefined): RunRecord[] {
  const wanted = running.filter((run) => (app === undefined ? run.detached : run.app === app));
  if (app !== undefined && wanted.length === 0) {
    throw new ObsError('OBS_APP_NOT_RUNNING', { app, running: running.map((run) => run.app) });
  }
  const attached = wanted.find((run) => !run.detached);
  if (attached !== undefined) {
    throw new ObsError('OBS_APP_IN_FOREGROUND', { app: attached.app, pid: attached.supervisor.pid });
  }
  return wanted;
}

/** As obs.yaml declares it now; a command that it does not declare boots as it did before. */
async function planAgain(request: PlanRequest, run: RunRecord): Promise<AppPlan> {
  if (Object.hasOwn(request.loaded.config.apps, run.app)) return planApp(request, run.app);
  const file = join(request.ensured.stack.paths.dir, 'apps', run.runId, 'plan.json');
  const plan = readPlanFile(file, pickInherited(request.context.env));
  return renewPlan(plan, makeRunId(request.context.nowMs()));
}
