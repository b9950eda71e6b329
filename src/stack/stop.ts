// `down`: ends what belongs to one stack and removes what it made. The reservation of its ports stays.
import { existsSync, rmSync } from 'node:fs';
import { ObsError } from '../errors/obs-error.ts';
import type { StackState } from '../model/stack-state.ts';
import type { EndedPart } from '../runtimes/runtime.ts';
import { sleep } from '../std/sleep.ts';
import { judgeStack } from './condition.ts';
import { endStackParts } from './end-parts.ts';
import { makeStackPaths } from './paths.ts';
import { endUnknownKeeper } from './port-holder.ts';
import { readRegistry, withRegistry } from './registry.ts';
import { readStackState } from './state-file.ts';

export interface StopRequest {
  readonly root: string;
  readonly stackId: string;
  /** Only this start of the stack: another one, by the token of its state, is left alone. */
  readonly token?: string;
  readonly progress: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface StopReport {
  readonly stackId: string;
  readonly worktree: string | null;
  /** False when there was nothing to stop and nothing to remove. */
  readonly existed: boolean;
  readonly ended: readonly EndedPart[];
  readonly removed: readonly string[];
}

const startWaitMs = 30_000;
const pollMs = 10;

/** Stops a stack and removes its folder; a stack that is not there is a report, not an error. */
export async function stopStack(request: StopRequest): Promise<StopReport> {
  const folder = makeStackPaths(request.root, request.stackId);
  const state = await waitForStarter(request);
  if (request.token !== undefined && state?.token !== request.token) return reportNothing(request);
  const known = state === undefined ? [] : await endStackParts({ ...request, state, folder }, 'flush');
  // A keeper that no state tells of: the state is damaged, or its `up` was killed just after it had spawned it.
  const ended = state?.keeper == null ? [...known, ...(await endByReservation(request))] : known;
  const removed = await removeFolder(request, state);
  const worktree = state?.worktree ?? readRegistry(request.root).stacks[request.stackId]?.worktree ?? null;
  const existed = removed.length > 0 || ended.some((part) => part.how !== 'gone already');
  return { stackId: request.stackId, worktree, existed, ended, removed };
}

function reportNothing({ stackId }: StopRequest): StopReport {
  return { stackId, worktree: null, existed: false, ended: [], removed: [] };
}

/** The state, once no other process is in the middle of starting the stack. Undefined when there is none to be read. */
async function waitForStarter(request: StopRequest): Promise<StackState | undefined> {
  const deadline = performance.now() + startWaitMs;
  const paths = makeStackPaths(request.root, request.stackId);
  for (;;) {
    const state = readStateIfWhole(request);
    if (state?.starter == null || judgeStack(state, paths) !== 'starting' || performance.now() > deadline) return state;
    if (state.starter.pid === process.pid) return state;
    await sleep(pollMs, request.signal);
  }
}

// A damaged state is no reason to leave its stack running: the reservation still tells where its keeper listens.
function readStateIfWhole({ root, stackId }: StopRequest): StackState | undefined {
  try {
    return readStackState(makeStackPaths(root, stackId).stateFile);
  } catch (error) {
    if (error instanceof ObsError && error.code === 'OBS_STATE_BROKEN') return undefined;
    throw error;
  }
}

async function endByReservation({ root, stackId }: StopRequest): Promise<EndedPart[]> {
  const reservation = readRegistry(root).stacks[stackId];
  return reservation === undefined ? [] : endUnknownKeeper({ stackId, basePort: reservation.basePort });
}

/** Removes the folder, unless another `up` has taken the stack meanwhile. */
function removeFolder(request: StopRequest, stopped: StackState | undefined): Promise<string[]> {
  const { dir } = makeStackPaths(request.root, request.stackId);
  return withRegistry(request.root, () => {
    const now = readStateIfWhole(request);
    if (now !== undefined && now.token !== stopped?.token) return [];
    const existed = existsSync(dir);
    rmSync(dir, { recursive: true, force: true });
    return existed ? [dir] : [];
  });
}
