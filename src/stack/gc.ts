// Removing what garbage-plan.ts names. The plan is made first, so that `--dry-run` shows the very list that is removed.
import { existsSync, rmSync } from 'node:fs';
import type { StackState } from '../model/stack-state.ts';
import { findRuntime } from '../runtimes/choose.ts';
import { readOwnMark } from '../std/process-identity.ts';
import { judgeStack } from './condition.ts';
import {
  type GarbageItem,
  type GarbageKind,
  type GarbagePlan,
  judgeAgain,
  type PlanRequest,
  planGarbage,
} from './garbage-plan.ts';
import { makeStackPaths } from './paths.ts';
import { type Registry, withRegistry } from './registry.ts';
import { readStackState, writeStackState } from './state-file.ts';
import { stopStack } from './stop.ts';

export interface GarbageRequest extends PlanRequest {
  readonly signal?: AbortSignal;
}

/** Removes what the plan names, stacks first, and returns the plan. */
export async function collectGarbage(request: GarbageRequest): Promise<GarbagePlan> {
  const plan = await planGarbage(request);
  for (const kind of order) {
    for (const item of plan.garbage) if (item.kind === kind) await removals[kind](item, request);
  }
  return plan;
}

/** What every `up` does on the side: stacks of worktrees that are gone end with the next obs command. */
export async function sweepGarbage(request: GarbageRequest): Promise<void> {
  await collectGarbage(request);
}

const order: readonly GarbageKind[] = ['stack', 'servers', 'parts', 'reservation'];

const removals: Readonly<Record<GarbageKind, (item: GarbageItem, request: GarbageRequest) => Promise<void>>> = {
  async stack({ stackId, worktree }, request) {
    const still = judgeAgain(stackId, request);
    if (still === undefined) return;
    request.progress(`removing the stack of ${worktree ?? stackId}`);
    if (still.hasState) await stopStack({ ...request, stackId, token: still.token });
    else await removeUnstarted(stackId, request);
  },
  async servers({ stackId, worktree }, request) {
    request.progress(`ending what was left running of the stack of ${worktree ?? stackId}`);
    await endLeftServers(stackId, request);
  },
  async parts({ stackId, what }, { runtimes, progress }) {
    progress(`removing ${what}`);
    for (const runtime of runtimes) await runtime.labelled?.remove(stackId);
  },
  async reservation({ stackId }, { root, signal }) {
    const drop = (registry: Registry) => {
      const worktree = registry.stacks[stackId]?.worktree;
      if (worktree !== undefined && !existsSync(worktree)) delete registry.stacks[stackId];
    };
    await withRegistry(root, drop, { signal });
  },
};

// An `up` makes the folder and writes the state into it under this lock: whoever has it sees both or none.
async function removeUnstarted(stackId: string, { root, signal }: GarbageRequest): Promise<void> {
  const { dir, stateFile } = makeStackPaths(root, stackId);
  const remove = () => {
    if (!existsSync(stateFile)) rmSync(dir, { recursive: true, force: true });
  };
  await withRegistry(root, remove, { signal });
}

// Claimed like a start, so that an `up` that comes meanwhile waits instead of losing the servers that it has just started.
async function endLeftServers(stackId: string, { root, progress, signal }: GarbageRequest): Promise<void> {
  const folder = makeStackPaths(root, stackId);
  const claim = (): StackState | undefined => {
    const state = readStackState(folder.stateFile);
    if (state === undefined || judgeStack(state, folder) !== 'died') return undefined;
    writeStackState(folder.stateFile, { ...state, state: 'starting', starter: readOwnMark(), keeper: null });
    return state;
  };
  const state = await withRegistry(root, claim, { signal });
  if (state === undefined) return;
  try {
    await findRuntime(state.runtime).stop({ state, folder, progress }, 'sleep');
  } finally {
    writeStackState(folder.stateFile, { ...state, state: 'stopped', starter: null, keeper: null });
  }
}
