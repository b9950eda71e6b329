// What `gc` would remove now: what belongs to worktrees that are gone, what still runs of stacks whose keeper was killed,
// and data that nobody used for a week. Only what was made from this place (machine and mount namespace) is judged: from
// elsewhere it cannot be seen whether a worktree is gone.
import { existsSync } from 'node:fs';
import type { RuntimeName } from '../model/runtime-name.ts';
import type { StackState } from '../model/stack-state.ts';
import type { Runtime } from '../runtimes/runtime.ts';
import { isHere, readPlace, type SeenFrom } from '../std/place.ts';
import { describeLostOwner } from './condition.ts';
import { type LabelledParts, listLabelled } from './labelled.ts';
import { type ListedStack, listStacks } from './list.ts';
import { makeStackPaths } from './paths.ts';
import { type Registry, readRegistry } from './registry.ts';

/**
 * stack: its folder and all that runs for it · servers: what may still run of a stack whose keeper was killed, while its
 * data stays · parts: what bears our labels and has no folder · reservation: the ports of a worktree.
 */
export type GarbageKind = 'stack' | 'servers' | 'parts' | 'reservation';

export interface GarbageItem {
  readonly kind: GarbageKind;
  readonly stackId: string;
  readonly worktree: string | null;
  /** The folder of a stack, the names of its parts, or the ports of a reservation. */
  readonly what: string;
  readonly reason: string;
}

export interface GarbagePlan {
  readonly garbage: readonly GarbageItem[];
  /** What cannot be judged from here. It is listed and never removed. */
  readonly foreign: readonly GarbageItem[];
}

export interface PlanRequest {
  readonly root: string;
  readonly nowMs: number;
  /** Whose engines are asked for what bears our labels. */
  readonly runtimes: readonly Runtime[];
  readonly progress: (line: string) => void;
}

/** Data of a stack that stopped by itself is kept this long after its lease. */
const keepDataMs = 7 * 86_400_000;
/** Runtimes whose servers outlive a keeper that was killed. */
const leavesServers: Readonly<Record<RuntimeName, boolean>> = {
  docker: true,
  native: true,
  embedded: false,
  remote: false,
};

/** Everything that could go now, and why; nothing is touched. */
export async function planGarbage(request: PlanRequest): Promise<GarbagePlan> {
  const view: View = {
    ...request,
    registry: readRegistry(request.root),
    stacks: listStacks(request.root),
    labelled: await listLabelled(request),
    here: readPlace(),
  };
  const judged = [
    ...view.stacks.map((stack) => judgeFolder(stack, view)),
    ...view.labelled.map((parts) => judgeParts(parts, view)),
    ...Object.entries(view.registry.stacks).map(([stackId, reservation]) =>
      judgeReservation({ ...reservation, stackId }, view),
    ),
  ].filter((item) => item !== undefined);
  const isForeign = (item: Judged) => item.foreign;
  return {
    garbage: judged.filter((item) => !isForeign(item)).map(({ item }) => item),
    foreign: judged.filter(isForeign).map(({ item }) => item),
  };
}

/** Whether a stack that a plan names could still go now, and which start of it: others go on between plan and removal. */
export function judgeAgain(
  stackId: string,
  { root, nowMs }: Pick<PlanRequest, 'root' | 'nowMs'>,
): { readonly hasState: boolean; readonly token: string | undefined } | undefined {
  const stack = listStacks(root).find((one) => one.stackId === stackId);
  if (stack === undefined) return undefined;
  const judged = judgeFolder(stack, { root, nowMs, registry: readRegistry(root), here: readPlace() });
  if (judged === undefined || judged.foreign || judged.item.kind !== 'stack') return undefined;
  const { state, problem } = stack;
  return { hasState: state !== undefined || problem !== undefined, token: state?.token };
}

interface View extends PlanRequest {
  readonly registry: Registry;
  readonly stacks: readonly ListedStack[];
  readonly labelled: readonly LabelledParts[];
  readonly here: SeenFrom;
}

interface Judged {
  readonly foreign: boolean;
  readonly item: GarbageItem;
}

type FolderView = Pick<View, 'root' | 'registry' | 'nowMs' | 'here'>;

function judgeFolder(stack: ListedStack, { root, registry, nowMs, here }: FolderView): Judged | undefined {
  const { stackId, state, condition } = stack;
  const owner = state ?? registry.stacks[stackId];
  const item = { stackId, worktree: owner?.worktree ?? null, what: makeStackPaths(root, stackId).dir };
  const elsewhere = describeElsewhere(stack, owner?.place ?? null, here);
  if (elsewhere !== undefined) return { foreign: true, item: { ...item, kind: 'stack', reason: elsewhere } };
  const reason = (owner && describeLostOwner(owner)) ?? describeDisuse(stack, nowMs);
  if (reason !== undefined) return { foreign: false, item: { ...item, kind: 'stack', reason } };
  if (state === undefined || condition !== 'died' || !leavesServers[state.runtime]) return undefined;
  const what = `what runs for it as ${state.runtime}; its data in ${item.what} stays`;
  return { foreign: false, item: { ...item, kind: 'servers', what, reason: 'its keeper was killed' } };
}

function describeElsewhere({ problem }: ListedStack, place: StackState['place'], here: SeenFrom): string | undefined {
  if (problem?.code === 'OBS_STATE_VERSION') return 'it was started by another version of obs';
  return isHere(place, here) ? undefined : 'it was started on another machine, or in another container or sandbox';
}

function describeDisuse({ state, condition, problem }: ListedStack, nowMs: number): string | undefined {
  if (state === undefined) return problem === undefined ? 'it was never started' : undefined;
  const isOver = (condition === 'stopped' || condition === 'died') && nowMs > state.lease.expiresAtMs + keepDataMs;
  return isOver ? `it has not been used since ${new Date(state.lease.expiresAtMs).toISOString()}` : undefined;
}

// Parts of a stack with a folder go with that folder: its state says what may be done with them.
function judgeParts(parts: LabelledParts, { stacks }: View): Judged | undefined {
  const { stackId, worktree, foreign } = parts;
  const item = { kind: 'parts', stackId, worktree, what: parts.parts.join(', ') } as const;
  if (foreign) return { foreign, item: { ...item, reason: 'it was made by another machine, container or user' } };
  if (stacks.some((stack) => stack.stackId === stackId) || existsSync(worktree)) return undefined;
  return { foreign, item: { ...item, reason: 'its worktree is gone' } };
}

interface OwnReservation extends Pick<StackState, 'stackId' | 'worktree' | 'basePort'> {
  readonly place: StackState['place'];
}

// A directory made anew at the same path inherits the ports, since they follow from the path.
function judgeReservation({ stackId, worktree, basePort, place }: OwnReservation, { here }: View): Judged | undefined {
  if (!isHere(place, here) || existsSync(worktree)) return undefined;
  const what = `ports ${basePort}-${basePort + 15}`;
  return { foreign: false, item: { kind: 'reservation', stackId, worktree, what, reason: 'its worktree is gone' } };
}
