// A stack that runs, as every verb after `up` uses it: endpoints, keeper, files.
import { KeeperClient } from '../clients/keeper.ts';
import { ObsError } from '../errors/obs-error.ts';
import { makeStackId } from '../model/ids.ts';
import { type Endpoints, makeEndpoints } from '../model/ports.ts';
import type { StackState } from '../model/stack-state.ts';
import { readLastLines } from '../std/last-lines.ts';
import { sleep } from '../std/sleep.ts';
import type { Worktree } from '../worktree/worktree.ts';
import { isOwnedBy, judgeStack, type StackCondition } from './condition.ts';
import { makeStackPaths, type StackPaths } from './paths.ts';
import { readStackState } from './state-file.ts';

export interface RunningStack {
  readonly state: StackState;
  readonly endpoints: Endpoints;
  readonly paths: StackPaths;
  readonly keeper: KeeperClient;
}

/** Where to look: the state folder, and the worktree whose stack is meant. */
export interface StackTarget {
  readonly root: string;
  readonly worktree: Worktree;
  readonly signal?: AbortSignal;
  /** How long to wait for an `up` that is under way; default 30 s. */
  readonly startWaitMs?: number;
}

const pollMs = 10;
const defaultStartWaitMs = 30_000;
const shownLogLines = 5;

/** The handle on a stack whose state is known to be one of a running stack. */
export function makeRunningStack(root: string, state: StackState): RunningStack {
  const endpoints = makeEndpoints(state.basePort);
  return {
    state,
    endpoints,
    paths: makeStackPaths(root, state.stackId),
    keeper: new KeeperClient({ url: endpoints.otlpHttp, token: state.token }),
  };
}

/**
 * The running stack of a worktree; waits for an `up` that is under way, and starts nothing.
 * @throws OBS_NO_STACK, OBS_KEEPER_DIED, OBS_STACK_STARTING
 */
export async function requireStack(target: StackTarget): Promise<RunningStack> {
  const { startWaitMs = defaultStartWaitMs } = target;
  const deadline = performance.now() + startWaitMs;
  for (;;) {
    const state = readOwnState(target);
    const condition = judgeStack(state, makeStackPaths(target.root, makeStackId(target.worktree.path)));
    if (condition === 'running' && state !== undefined) return makeRunningStack(target.root, state);
    if (condition !== 'starting' || state === undefined) throw explainMissing(target, condition, state);
    if (performance.now() > deadline) {
      const { worktree, starter } = state;
      throw new ObsError('OBS_STACK_STARTING', { worktree, starterPid: starter?.pid ?? null, waitedMs: startWaitMs });
    }
    await sleep(pollMs, target.signal);
  }
}

/** The state of this worktree's stack; undefined also for the leftovers of another worktree at the same path. */
export function readOwnState({ root, worktree }: StackTarget): StackState | undefined {
  const state = readStackState(makeStackPaths(root, makeStackId(worktree.path)).stateFile);
  return state !== undefined && isOwnedBy(state, worktree) ? state : undefined;
}

/** The error for a stack that was killed; its fix brings it back with its data. */
export function keeperDied(root: string, state: StackState): ObsError {
  const log = makeStackPaths(root, state.stackId).keeperLog;
  return new ObsError('OBS_KEEPER_DIED', {
    worktree: state.worktree,
    pid: state.keeper?.pid ?? null,
    log,
    lastLines: readLastLines(log, shownLogLines),
  });
}

const reasons: Partial<Record<StackCondition, (state: StackState) => string>> = {
  stopping: () => 'It is being stopped just now.',
  stopped: (state) => `It ended${describeLease(state)}; its data is kept, and up brings it back.`,
};

function explainMissing(target: StackTarget, condition: StackCondition, state: StackState | undefined): ObsError {
  if (condition === 'died' && state !== undefined) return keeperDied(target.root, state);
  const reason = state === undefined ? undefined : reasons[condition]?.(state);
  return new ObsError('OBS_NO_STACK', { worktree: target.worktree.path, ...(reason === undefined ? {} : { reason }) });
}

function describeLease({ lease }: StackState): string {
  return ` after its lease (idle until ${new Date(lease.expiresAtMs).toISOString()})`;
}
