// obs gc: remove what belongs to worktrees that are gone.
import { z } from 'zod';
import { collectGarbage, planGarbage } from '../stack/gc.ts';
import { openStateRoot } from '../stack/state-root.ts';
import { renderTable } from './render/table.ts';
import { defineTool } from './tool.ts';

const itemSchema = z.object({
  kind: z.enum(['stack', 'reservation']),
  stackId: z.string(),
  worktree: z.string().nullable(),
  what: z.string(),
  reason: z.string(),
});

export const stackGc = defineTool({
  name: 'stack_gc',
  purpose: 'Remove stacks and port reservations of worktrees that are gone, and data that nobody used for a week.',
  input: z.strictObject({ dryRun: z.boolean().default(false).describe('only list what would be removed') }),
  output: z.object({
    dryRun: z.boolean(),
    removed: z.array(itemSchema).describe('with dryRun: what would be removed'),
    foreign: z.array(itemSchema).describe('of another machine or namespace; listed, never removed'),
  }),
  marks: { readOnly: false, destructive: true, openWorld: false },
  cli: { verb: 'gc', positionals: [], examples: ['obs gc --dry-run', 'obs gc'] },
  async run({ dryRun }, context) {
    const root = openStateRoot(context.env);
    const request = { root, nowMs: context.nowMs(), progress: context.progress, signal: context.signal };
    const removed = dryRun ? planGarbage(request) : await collectGarbage(request);
    // Only containers can be of another machine; the embedded runtime has none.
    return { output: { dryRun, removed, foreign: [] }, exit: 0 };
  },
  render: ({ dryRun, removed }) => {
    if (removed.length === 0) return 'Nothing to remove.';
    const rows = removed.map((item) => [item.kind, item.what, item.worktree ?? item.stackId, item.reason]);
    return [dryRun ? 'Would remove:' : 'Removed:', ...renderTable(rows)].join('\n');
  },
});
