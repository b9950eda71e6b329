// obs gc: remove what belongs to worktrees that are gone.
import { z } from 'zod';
import { listRuntimes } from '../runtimes/choose.ts';
import { planGarbage } from '../stack/garbage-plan.ts';
import { collectGarbage } from '../stack/gc.ts';
import { openStateRoot } from '../stack/state-root.ts';
import { renderTable } from './render/table.ts';
import { defineTool } from './tool.ts';

const itemSchema = z.object({
  kind: z
    .enum(['stack', 'servers', 'parts', 'reservation'])
    .describe(
      'servers: left running by a killed keeper, the data stays; parts: containers of a stack without a folder',
    ),
  stackId: z.string(),
  worktree: z.string().nullable(),
  what: z.string(),
  reason: z.string(),
});
type Item = z.infer<typeof itemSchema>;

export const stackGc = defineTool({
  name: 'stack_gc',
  purpose:
    'Remove stacks and port reservations of worktrees that are gone, servers of stacks whose keeper was killed, and data that nobody used for a week.',
  input: z.strictObject({ dryRun: z.boolean().default(false).describe('only list what would be removed') }),
  output: z.object({
    dryRun: z.boolean(),
    removed: z.array(itemSchema).describe('with dryRun: what would be removed'),
    foreign: z.array(itemSchema).describe('of another machine, container, sandbox or user; listed, never removed'),
  }),
  marks: { readOnly: false, destructive: true, openWorld: false },
  cli: { verb: 'gc', positionals: [], examples: ['obs gc --dry-run', 'obs gc'] },
  async run({ dryRun }, { env, nowMs, progress, signal }) {
    const request = { root: openStateRoot(env), nowMs: nowMs(), runtimes: listRuntimes(), progress, signal };
    const { garbage, foreign } = await (dryRun ? planGarbage(request) : collectGarbage(request));
    return { output: { dryRun, removed: [...garbage], foreign: [...foreign] }, exit: 0 };
  },
  render: ({ dryRun, removed, foreign }) => {
    const heading = dryRun ? 'Would remove:' : 'Removed:';
    const own = removed.length === 0 ? ['Nothing to remove.'] : [heading, ...renderItems(removed)];
    return [...own, ...(foreign.length === 0 ? [] : ['Kept, since it is foreign:', ...renderItems(foreign)])].join(
      '\n',
    );
  },
});

function renderItems(items: readonly Item[]): string[] {
  return renderTable(items.map((item) => [item.kind, item.what, item.worktree ?? item.stackId, item.reason]));
}
