// obs uninstall: remove every trace of obs of this user.
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { quoteForShell } from '../errors/quote.ts';
import { listRuntimes } from '../runtimes/choose.ts';
import { readRegistry } from '../stack/registry.ts';
import { type Environment, findStateRoot } from '../stack/state-root.ts';
import { planUninstall, type Trace, uninstall } from '../stack/uninstall.ts';
import { findDistFile } from '../std/package-root.ts';
import { countOf } from '../std/plural.ts';
import { renderTable } from './render/table.ts';
import { requireConfirmation } from './stack/confirm.ts';
import { defineTool } from './tool.ts';

const input = z.strictObject({
  dryRun: z.boolean().default(false).describe('only list what would be removed'),
  yes: z.boolean().default(false).describe('do not ask'),
});

const keptSchema = z.object({ what: z.string(), why: z.string(), command: z.string().nullable() });
type Kept = z.infer<typeof keptSchema>;

export const stackUninstall = defineTool({
  name: 'stack_uninstall',
  purpose:
    'Remove every trace of obs of this user: all stacks with their data, port reservations, the state folder, completion scripts. Says what it cannot remove.',
  input,
  output: z.object({
    dryRun: z.boolean(),
    removed: z
      .array(
        z.object({
          kind: z.enum(['stack', 'parts', 'state folder', 'saved answers', 'completion script']),
          what: z.string(),
          stackId: z.string().nullable(),
          worktree: z.string().nullable(),
        }),
      )
      .describe('with dryRun: what would be removed'),
    kept: z.array(keptSchema).describe('what obs cannot or may not remove, with the command that can'),
  }),
  marks: { readOnly: false, destructive: true, openWorld: false },
  cli: { verb: 'uninstall', positionals: [], examples: ['obs uninstall --dry-run', 'obs uninstall --yes'] },
  async run({ dryRun, yes }, context) {
    const { env, progress, signal } = context;
    const request = { env, runtimes: listRuntimes(), progress, signal };
    // Read before the registry goes.
    const own = [...listConfigFiles(env), ...describePackage()];
    const plan = await planUninstall(request);
    if (!dryRun && plan.remove.length > 0) {
      // With --yes, too: what goes is named before it goes.
      for (const { kind, what } of plan.remove) progress(`${yes ? 'removing' : 'would remove'}  ${kind}  ${what}`);
      await requireConfirmation(context, { yes, would: describePlan(plan.remove), command: 'obs uninstall' });
    }
    const { remove, kept } = dryRun ? plan : await uninstall(request);
    const output = { dryRun, removed: [...remove], kept: [...kept.map((one) => ({ ...one, command: null })), ...own] };
    return { output, exit: 0 };
  },
  render: ({ dryRun, removed, kept }) => {
    const rows = removed.map(({ kind, what }) => [kind, what]);
    const heading = dryRun ? 'Would remove:' : 'Removed:';
    return [
      ...(rows.length === 0 ? ['Nothing to remove.'] : [heading, ...renderTable(rows)]),
      ...(kept.length === 0 ? [] : ['Not removed:', ...kept.map(renderKept)]),
    ].join('\n');
  },
});

function describePlan(remove: readonly Trace[]): string {
  const stacks = remove.filter(({ kind }) => kind === 'stack').length;
  const rest = countOf(remove.length - stacks, 'other thing');
  const folder = remove.find(({ kind }) => kind === 'state folder');
  const named = folder === undefined ? '' : `, with the state folder ${folder.what} and all in it`;
  return `remove ${countOf(stacks, 'stack')} and ${rest} of obs${named}`;
}

function renderKept({ what, why, command }: Kept): string {
  return `  ${what}: ${why}${command === null ? '' : `\n    ${command}`}`;
}

/** obs.yaml belongs to the repository. */
function listConfigFiles(env: Environment): Kept[] {
  const root = findStateRoot(env);
  const worktrees = existsSync(root) ? Object.values(readRegistry(root).stacks).map(({ worktree }) => worktree) : [];
  return worktrees
    .map((worktree) => join(worktree, 'obs.yaml'))
    .filter((path) => existsSync(path))
    .map((path) => ({ what: path, why: 'it is yours', command: `rm ${quoteForShell(path)}` }));
}

/** The package that this program is part of; a program cannot well remove itself while it runs. */
function describePackage(): Kept[] {
  const folder = dirname(dirname(findDistFile('obs.js')));
  const command = packageCommands.find(({ place }) => place.test(folder))?.command(folder) ?? null;
  return [{ what: folder, why: command === null ? 'it is a checkout of the sources' : 'npm installed it', command }];
}

const packageCommands: readonly { place: RegExp; command: (folder: string) => string }[] = [
  {
    place: /[/\\]_npx[/\\]\w+[/\\]node_modules[/\\][^/\\]+$/,
    command: (folder) => `rm -r ${quoteForShell(dirname(dirname(folder)))}`,
  },
  { place: /[/\\]lib[/\\]node_modules[/\\]worktree-obs$/, command: () => 'npm uninstall --global worktree-obs' },
  {
    place: /[/\\]node_modules[/\\]worktree-obs$/,
    command: (folder) => `npm uninstall --prefix ${quoteForShell(dirname(dirname(folder)))} worktree-obs`,
  },
];
