// What is left of worktrees that are gone, and of stacks that nobody woke for a week. The plan is made first, so that
// `--dry-run` shows the very list that is removed.
import { existsSync } from 'node:fs';
import { describeLostOwner } from './condition.ts';
import { type ListedStack, listStacks } from './list.ts';
import { makeStackPaths } from './paths.ts';
import { readRegistry, withRegistry } from './registry.ts';
import { stopStack } from './stop.ts';

export interface GarbageItem {
  readonly kind: 'stack' | 'reservation';
  readonly stackId: string;
  readonly worktree: string | null;
  /** The folder of a stack, or the ports of a reservation. */
  readonly what: string;
  readonly reason: string;
}

export interface GarbageRequest {
  readonly root: string;
  readonly nowMs: number;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** Data of a stack that stopped by itself is kept this long after its lease. */
const keepDataMs = 7 * 86_400_000;

/** What `collectGarbage` would remove now. */
export function planGarbage({ root, nowMs }: Pick<GarbageRequest, 'root' | 'nowMs'>): GarbageItem[] {
  const registry = readRegistry(root);
  const stacks = listStacks(root).flatMap((stack) => {
    const worktree = stack.state?.worktree ?? registry.stacks[stack.stackId]?.worktree ?? null;
    const owner = stack.state ?? registry.stacks[stack.stackId];
    const reason = (owner === undefined ? undefined : describeLostOwner(owner)) ?? describeDisuse(stack, nowMs);
    const what = makeStackPaths(root, stack.stackId).dir;
    return reason === undefined ? [] : [{ kind: 'stack' as const, stackId: stack.stackId, worktree, what, reason }];
  });
  const reservations = Object.entries(registry.stacks).flatMap(([stackId, reservation]) => {
    const { worktree, basePort } = reservation;
    const what = `ports ${basePort}-${basePort + 15}`;
    // A directory made anew at the same path inherits the ports, since they follow from the path.
    const reason = existsSync(worktree) ? undefined : 'its worktree is gone';
    return reason === undefined ? [] : [{ kind: 'reservation' as const, stackId, worktree, what, reason }];
  });
  return [...stacks, ...reservations];
}

/** Removes what the plan names, stacks first, and returns the list of what was removed. */
export async function collectGarbage(request: GarbageRequest): Promise<GarbageItem[]> {
  const plan = planGarbage(request);
  for (const { kind, stackId, worktree } of plan) {
    if (kind !== 'stack') continue;
    request.progress(`removing the stack of ${worktree ?? stackId}`);
    await stopStack({ ...request, stackId });
  }
  const reservations = plan.filter((item) => item.kind === 'reservation');
  if (reservations.length > 0) {
    await withRegistry(request.root, (registry) => {
      for (const { stackId } of reservations) delete registry.stacks[stackId];
    });
  }
  return plan;
}

function describeDisuse({ state, condition, problem }: ListedStack, nowMs: number): string | undefined {
  if (state === undefined) return problem === undefined ? 'it was never started' : undefined;
  const isOver = (condition === 'stopped' || condition === 'died') && nowMs > state.lease.expiresAtMs + keepDataMs;
  return isOver ? `it has not been used since ${new Date(state.lease.expiresAtMs).toISOString()}` : undefined;
}

/** What every `up` does on the side: stacks of worktrees that are gone end with the next obs command. */
export async function sweepGarbage(request: GarbageRequest): Promise<void> {
  if (planGarbage(request).length > 0) await collectGarbage(request);
}
