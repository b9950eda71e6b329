// Every stack of this user, for `ps` and `gc`. A stack whose state cannot be read is listed as such, never left out.
import { KeeperClient } from '../clients/keeper.ts';
import { ObsError } from '../errors/obs-error.ts';
import type { KeeperStatus } from '../model/keeper-api.ts';
import { makeEndpoints } from '../model/ports.ts';
import type { StackState } from '../model/stack-state.ts';
import { isHere, readPlace, type SeenFrom } from '../std/place.ts';
import { judgeStack, type StackCondition } from './condition.ts';
import { listStackIds, makeStackPaths } from './paths.ts';
import { readStackState } from './state-file.ts';

export interface ListedStack {
  readonly stackId: string;
  /** Undefined when it could not be read; `problem` says why. */
  readonly state: StackState | undefined;
  readonly problem: ObsError | undefined;
  readonly condition: StackCondition;
  /** Started on another machine, or in another container or sandbox: gone processes and worktrees mean nothing here. */
  readonly isForeign: boolean;
}

/** All stacks that have a folder, in the order of their worktrees' paths. */
export function listStacks(root: string): ListedStack[] {
  const here = readPlace();
  const listed = listStackIds(root).map((stackId) => readListed(root, stackId, here));
  return listed.sort((a, b) => (a.state?.worktree ?? a.stackId).localeCompare(b.state?.worktree ?? b.stackId));
}

/** What the keeper of a stack says of itself; undefined if it does not answer in time. */
export function readKeeperStatus(state: StackState, timeoutMs: number): Promise<KeeperStatus | undefined> {
  const keeper = new KeeperClient({ url: makeEndpoints(state.basePort).otlpHttp, token: state.token });
  return keeper.status({ timeoutMs }).catch(() => undefined);
}

function readListed(root: string, stackId: string, here: SeenFrom): ListedStack {
  const paths = makeStackPaths(root, stackId);
  try {
    const state = readStackState(paths.stateFile);
    const isForeign = !isHere(state?.place ?? null, here);
    return { stackId, state, problem: undefined, condition: judgeStack(state, paths), isForeign };
  } catch (error) {
    if (!(error instanceof ObsError)) throw error;
    return { stackId, state: undefined, problem: error, condition: 'absent', isForeign: false };
  }
}
