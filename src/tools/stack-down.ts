// obs down: stop apps and stack, and remove what they made.
import { z } from 'zod';
import { ObsError } from '../errors/obs-error.ts';
import { makeStackId } from '../model/ids.ts';
import { listStacks } from '../stack/list.ts';
import { openStateRoot } from '../stack/state-root.ts';
import { type StopReport, stopStack } from '../stack/stop.ts';
import { mapLimited } from '../std/map-limited.ts';
import { countOf } from '../std/plural.ts';
import { requireConfirmation } from './stack/confirm.ts';
import { findTarget } from './stack/target.ts';
import { defineTool, type ToolContext } from './tool.ts';

const input = z.strictObject({
  all: z.boolean().default(false).describe('every stack of this user, not only the one of this worktree'),
  yes: z.boolean().default(false).describe('confirms --all'),
  keep: z.string().optional().describe('save a capture of the telemetry to this file first'),
});

const reportSchema = z.object({
  stackId: z.string(),
  worktree: z.string().nullable(),
  existed: z.boolean().describe('false: there was nothing to stop'),
  ended: z.array(z.object({ what: z.string(), pid: z.number().nullable(), how: z.string() })),
  removed: z.array(z.string()),
});

/** Each end is a few requests and signals; many at once would only wait for each other. */
const maxAtOnce = 16;

export const stackDown = defineTool({
  name: 'stack_down',
  purpose:
    "Stop this worktree's apps and stack and remove their data. The ports stay reserved for the worktree. Stacks of other worktrees are not touched.",
  input,
  output: z.object({ stopped: z.array(reportSchema) }),
  marks: { readOnly: false, destructive: true, openWorld: false },
  cli: { verb: 'down', positionals: [], examples: ['obs down', 'obs down --all --yes'] },
  async run({ all, yes, keep }, context) {
    if (keep !== undefined) {
      const instead = 'obs down';
      throw new ObsError('OBS_NOT_BUILT', { feature: '--keep (a capture of the telemetry)', instead });
    }
    const stopped = all ? await stopAll(context, yes) : [await stopOwn(context)];
    return { output: { stopped }, exit: 0 };
  },
  render: ({ stopped }) => (stopped.length === 0 ? 'There is no stack.' : stopped.map(renderReport).join('\n')),
});

type Report = z.infer<typeof reportSchema>;

function stopOwn(context: ToolContext): Promise<Report> {
  const { worktree, root } = findTarget(context);
  return stop(context, { root, stackId: makeStackId(worktree.path), worktree: worktree.path });
}

async function stopAll(context: ToolContext, yes: boolean): Promise<Report[]> {
  const root = openStateRoot(context.env);
  // What runs elsewhere cannot be ended from here, and without its folder nobody could.
  const own = listStacks(root).filter(({ isForeign, condition }) => !isForeign || condition === 'running');
  if (own.length > 0) {
    const would = `stop ${countOf(own.length, 'stack')} and remove what ${own.length === 1 ? 'it holds' : 'they hold'}`;
    await requireConfirmation(context, { yes, would, command: 'obs down --all' });
  }
  return mapLimited(own, maxAtOnce, ({ stackId }) => stop(context, { root, stackId, worktree: null }));
}

interface Stop {
  readonly root: string;
  readonly stackId: string;
  readonly worktree: string | null;
}

async function stop({ progress, signal }: ToolContext, { root, stackId, worktree }: Stop): Promise<Report> {
  const report: StopReport = await stopStack({ root, stackId, progress, signal });
  return {
    ...report,
    worktree: report.worktree ?? worktree,
    ended: report.ended.map((part) => ({ ...part })),
    removed: [...report.removed],
  };
}

function renderReport({ worktree, stackId, existed, ended, removed }: Report): string {
  const owner = worktree ?? stackId;
  if (!existed) return `No stack of ${owner}: nothing to stop.`;
  const parts = ended
    .filter((part) => part.how !== 'gone already')
    .map(({ what, pid, how }) => `${what}${pid === null ? '' : ` ${pid}`} ${how}`);
  return [`stopped  stack of ${owner}`, ...parts, ...removed.map((path) => `removed ${path}`)].join('\n  ');
}
