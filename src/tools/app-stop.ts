// obs stop: end detached apps. The stack and its data stay.
import { z } from 'zod';
import { ObsError } from '../errors/obs-error.ts';
import type { RunRecord } from '../model/run.ts';
import { requireStack } from '../stack/running-stack.ts';
import { endRuns, isAlive } from './app/ending.ts';
import { findTarget } from './stack/target.ts';
import { defineTool } from './tool.ts';

export const appStop = defineTool({
  name: 'app_stop',
  purpose: 'End one detached app, or all of them. The stack and what it recorded stay.',
  input: z.strictObject({ app: z.string().optional().describe('name of the app; default: all detached apps') }),
  output: z.object({ stopped: z.array(z.object({ app: z.string(), runId: z.string(), pid: z.number().nullable() })) }),
  marks: { readOnly: false, destructive: false, openWorld: false },
  cli: { verb: 'stop', positionals: ['app'], examples: ['obs stop', 'obs stop web'] },
  async run({ app }, context) {
    const { worktree, root } = findTarget(context);
    const stack = await requireStack({ root, worktree, signal: context.signal });
    const running = (await stack.keeper.runs()).filter(isAlive);
    const wanted = running.filter((run) => (app === undefined ? run.detached : run.app === app));
    if (app !== undefined && wanted.length === 0) {
      throw new ObsError('OBS_APP_NOT_RUNNING', { app, running: running.map((run) => run.app) });
    }
    await endRuns(wanted);
    return { output: { stopped: wanted.map(describeStopped) }, exit: 0 };
  },
  render: ({ stopped }) =>
    stopped.length === 0 ? 'no detached app was running' : stopped.map(({ app }) => `stopped ${app}`).join('\n'),
});

function describeStopped({ app, runId, process }: RunRecord) {
  return { app, runId, pid: process?.pid ?? null };
}
