// The ground that all checks stand on: worktree, configuration, state folder, stack. What is missing is a finding.
import { loadConfig } from '../../config/config.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { requireStack } from '../../stack/running-stack.ts';
import { openStateRoot } from '../../stack/state-root.ts';
import { findWorktree } from '../../worktree/worktree.ts';
import type { ToolContext } from '../tool.ts';
import { type Facts, type Finding, ok } from './check.ts';

/** Finds out what can be found out, with one finding for each step. */
export async function gatherFacts(context: ToolContext): Promise<{ facts: Facts; findings: Finding[] }> {
  const findings: Finding[] = [];
  const attempt = async <T>(check: string, find: () => T | Promise<T>, describe: (found: T) => string) => {
    try {
      const found = await find();
      findings.push({ check, ...ok(describe(found)) });
      return found;
    } catch (error) {
      if (!(error instanceof ObsError)) throw error;
      findings.push({ check, status: 'fail', detail: `${error.message} ${error.why}`, fix: error.fix });
      return undefined;
    }
  };
  const start = context.worktree ?? context.cwd;
  const worktree = await attempt(
    'worktree',
    () => findWorktree(start),
    (found) => `${found.path}${found.branch === null ? '' : ` on ${found.branch}`}`,
  );
  const loaded =
    worktree &&
    (await attempt(
      'obs.yaml',
      () => loadConfig(start, worktree.path),
      ({ file }) => file ?? 'none: defaults are in force',
    ));
  const root = await attempt(
    'state folder',
    () => openStateRoot(context.env),
    (found) => found,
  );
  const stack =
    worktree &&
    root &&
    (await attempt(
      'stack',
      () => requireStack({ root, worktree, signal: context.signal }),
      ({ state }) => `${state.stackId} is ${state.state}, runtime ${state.runtime}, keeper ${state.keeper?.pid}`,
    ));
  return { facts: { context, worktree, config: loaded?.config, root, stack: stack || undefined }, findings };
}
