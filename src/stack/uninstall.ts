// Every trace that obs left for this user: stacks of all runtimes, the state folder, saved answers, completion scripts.
// The plan is made first, so that `--dry-run` shows the very list that is removed.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Runtime } from '../runtimes/runtime.ts';
import { mapLimited } from '../std/map-limited.ts';
import { listLabelled } from './labelled.ts';
import { type ListedStack, listStacks } from './list.ts';
import { type Environment, findStateRoot } from './state-root.ts';
import { stopStack } from './stop.ts';

export type TraceKind = 'stack' | 'parts' | 'state folder' | 'saved answers' | 'completion script';

export interface Trace {
  readonly kind: TraceKind;
  /** A path, or the names of containers. */
  readonly what: string;
  readonly stackId: string | null;
  readonly worktree: string | null;
}

export interface KeptTrace {
  readonly what: string;
  readonly why: string;
}

export interface UninstallPlan {
  readonly remove: readonly Trace[];
  /** Traces that cannot be removed from here. */
  readonly kept: readonly KeptTrace[];
}

export interface UninstallRequest {
  readonly env: Environment;
  readonly runtimes: readonly Runtime[];
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

const maxAtOnce = 16;

/** What there is to remove; nothing is touched. */
export async function planUninstall({ env, runtimes, progress }: UninstallRequest): Promise<UninstallPlan> {
  const root = findStateRoot(env);
  const stacks = existsSync(root) ? listStacks(root) : [];
  const labelled = await listLabelled({ runtimes, progress });
  const foreign = stacks.filter(isOutOfReach);
  const own = stacks.filter((stack) => !isOutOfReach(stack));
  const known = new Set(own.map(({ stackId }) => stackId));
  const loose = labelled.filter((parts) => !parts.foreign && !known.has(parts.stackId));
  return {
    remove: [
      ...own.map(({ stackId, state }) =>
        trace('stack', describeStack(state, stackId), { stackId, worktree: state?.worktree }),
      ),
      ...loose.map(({ stackId, worktree, parts }) => trace('parts', parts.join(', '), { stackId, worktree })),
      ...(existsSync(root) && foreign.length === 0 ? [trace('state folder', root)] : []),
      ...listSavedAnswers(env).map((path) => trace('saved answers', path)),
      ...listCompletionScripts(env).map((path) => trace('completion script', path)),
    ],
    kept: [
      ...foreign.map(({ stackId, state }) => ({
        what: describeStack(state, stackId),
        why: 'it was started on another machine, or in another container or sandbox; run obs uninstall there',
      })),
      ...labelled.flatMap(({ parts, foreign: isForeign }) =>
        isForeign ? [{ what: parts.join(', '), why: 'made by another machine, container or user' }] : [],
      ),
    ],
  };
}

/** Removes what the plan names, stacks first, and returns the plan. */
export async function uninstall(request: UninstallRequest): Promise<UninstallPlan> {
  const plan = await planUninstall(request);
  const root = findStateRoot(request.env);
  const stacks = plan.remove.filter(({ kind }) => kind === 'stack');
  await mapLimited(stacks, maxAtOnce, async ({ stackId }) => {
    if (stackId !== null) await stopStack({ ...request, root, stackId });
  });
  for (const { kind, what, stackId } of plan.remove) {
    if (kind === 'stack') continue;
    if (kind !== 'parts') rmSync(what, { recursive: true, force: true });
    else for (const runtime of request.runtimes) await runtime.labelled?.remove(stackId ?? '');
  }
  return plan;
}

function isOutOfReach({ isForeign, condition, problem }: ListedStack): boolean {
  return (isForeign && condition !== 'running') || problem?.code === 'OBS_STATE_VERSION';
}

function describeStack(state: ListedStack['state'], stackId: string): string {
  return state === undefined ? `stack ${stackId}` : `${state.runtime} stack of ${state.worktree}`;
}

function trace(kind: TraceKind, what: string, of: { stackId?: string; worktree?: string | undefined } = {}): Trace {
  return { kind, what, stackId: of.stackId ?? null, worktree: of.worktree ?? null };
}

/** Folders of answers that an MCP server wrote to files, left by one that was killed. */
function listSavedAnswers(env: Environment): string[] {
  const user = process.getuid?.();
  const folder = env.TMPDIR || tmpdir();
  return readdirSync(folder)
    .filter((name) => /^obs-answers-\w{6}$/.test(name))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path, { throwIfNoEntry: false })?.uid === user);
}

/** Where shells look for completion scripts; ours are known by what they say, since OBS Studio is called obs, too. */
function listCompletionScripts(env: Environment): string[] {
  const home = env.HOME ?? homedir();
  const config = env.XDG_CONFIG_HOME ?? join(home, '.config');
  const data = env.XDG_DATA_HOME ?? join(home, '.local/share');
  const places = [
    join(config, 'fish/completions/obs.fish'),
    join(data, 'bash-completion/completions/obs'),
    join(home, '.zfunc/_obs'),
    join(home, '.zsh/completions/_obs'),
  ];
  return places.filter((path) => existsSync(path) && ownScript.test(readFileSync(path, 'utf8')));
}

const ownScript =
  /^#compdef obs worktree-obs$|complete .*-F _obs obs worktree-obs$|^complete -c obs -n __fish_use_subcommand /m;
