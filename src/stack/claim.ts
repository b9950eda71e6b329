// The decision who starts a stack. It is taken under the registry's lock, so of ten `up` at once one starts and nine wait.
import { randomBytes } from 'node:crypto';
import { makeStackId } from '../model/ids.ts';
import type { RuntimeName } from '../model/runtime-name.ts';
import { type Redaction, type StackState, stackStateVersion } from '../model/stack-state.ts';
import { readListeningPorts } from '../std/listening-ports.ts';
import { readPlace } from '../std/place.ts';
import { readOwnMark } from '../std/process-identity.ts';
import { obsVersion } from '../std/version.ts';
import type { Worktree } from '../worktree/worktree.ts';
import { isOwnedBy, judgeStack } from './condition.ts';
import { makeStackPaths } from './paths.ts';
import { reservePorts, withRegistry } from './registry.ts';
import { readStackState, writeStackState } from './state-file.ts';

/** What a new stack is to be like. */
export interface StackWishes {
  readonly runtime: RuntimeName;
  readonly runtimeReason: string;
  readonly ttlMs: number;
  readonly limits: StackState['limits'];
  readonly redact: Redaction | null;
}

export interface ClaimRequest {
  readonly root: string;
  readonly worktree: Worktree;
  readonly wishes: StackWishes;
  /** When the command began, for `startedAt` and `readyMs`. */
  readonly startedAtMs: number;
  readonly signal?: AbortSignal;
}

export type Claim =
  /** This process starts it now; `previous` is what a dead or stopped stack left, of this or an earlier owner. */
  | {
      readonly kind: 'claimed';
      readonly state: StackState;
      readonly previous: StackState | undefined;
      readonly ownsPrevious: boolean;
    }
  | { readonly kind: 'running'; readonly state: StackState }
  /** Another process starts or stops it. */
  | { readonly kind: 'busy'; readonly state: StackState; readonly with: 'starting' | 'stopping' };

/** Takes the stack for this process, or says who has it. */
export function claimStack(request: ClaimRequest): Promise<Claim> {
  const { root, worktree, signal } = request;
  const stackId = makeStackId(worktree.path);
  return withRegistry(
    root,
    (registry): Claim => {
      const paths = makeStackPaths(root, stackId);
      const previous = readStackState(paths.stateFile);
      const ownsPrevious = previous !== undefined && isOwnedBy(previous, worktree);
      if (ownsPrevious) {
        const condition = judgeStack(previous, paths);
        if (condition === 'running') return { kind: 'running', state: previous };
        if (condition === 'starting' || condition === 'stopping') {
          return { kind: 'busy', state: previous, with: condition };
        }
      }
      const listeningPorts = readListeningPorts;
      const basePort = reservePorts(registry, { stackId, worktree, nowMs: request.startedAtMs, listeningPorts });
      const state = makeStartingState({ ...request, stackId, basePort, kept: ownsPrevious ? previous : undefined });
      writeStackState(paths.stateFile, state);
      return { kind: 'claimed', state, previous, ownsPrevious };
    },
    { signal },
  );
}

interface StartingState extends ClaimRequest {
  readonly stackId: string;
  readonly basePort: number;
  /** The last state of this very worktree; what an earlier one at this path left is not its own. */
  readonly kept: StackState | undefined;
}

function makeStartingState(from: StartingState): StackState {
  const { worktree, wishes, startedAtMs, kept } = from;
  return {
    version: stackStateVersion,
    stackId: from.stackId,
    worktree: worktree.path,
    gitDir: worktree.gitDir,
    worktreeBirth: worktree.birth,
    branch: worktree.branch,
    place: readPlace(),
    runtime: wishes.runtime,
    runtimeReason: wishes.runtimeReason,
    state: 'starting',
    startedAt: new Date(startedAtMs).toISOString(),
    readyMs: null,
    basePort: from.basePort,
    token: randomBytes(24).toString('hex'),
    starter: readOwnMark(),
    keeper: null,
    lease: { ttlMs: wishes.ttlMs, expiresAtMs: startedAtMs + wishes.ttlMs },
    dockerListen: kept?.dockerListen ?? null,
    backend: null,
    obsVersion,
    limits: wishes.limits,
    redact: wishes.redact,
    runs: kept?.runs ?? [],
    journeys: kept?.journeys ?? [],
  };
}
