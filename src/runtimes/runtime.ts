// What a runtime is: a way to run the backend of one stack. All of them pass the same suite, test/contract/runtime.ts.
import type { RuntimeName } from '../model/runtime-name.ts';
import type { StackState } from '../model/stack-state.ts';

/** Files of the stack that a runtime may use. */
export interface StackFolder {
  readonly dir: string;
  readonly stateFile: string;
  readonly keeperLog: string;
  readonly keeperMark: string;
}

export interface RuntimeRequest {
  readonly state: StackState;
  readonly folder: StackFolder;
  readonly signal?: AbortSignal;
  readonly progress: (line: string) => void;
}

/** A process or container that was ended, for the report of `down`. */
export interface EndedPart {
  readonly what: string;
  readonly pid: number | null;
  readonly how: 'gone already' | 'ended' | 'killed' | 'still there';
}

/**
 * flush: parts may write what they hold · discard: the data goes anyway, and nothing may be written any more, since the
 * state file may already be another starter's.
 */
export type StopManner = 'flush' | 'discard';

export interface Runtime {
  readonly name: RuntimeName;
  /**
   * Starts keeper and backend on the ports of `state`; resolves when all endpoints answer and the keeper owns the state
   * file. Rejects with an ObsError that names what failed; what it had started may then still run, until `stop`.
   */
  start(request: RuntimeRequest): Promise<void>;
  /** Ends all that runs for this stack and nothing else, crashed halves of it included. May be called at any time. */
  stop(request: RuntimeRequest, manner: StopManner): Promise<EndedPart[]>;
}
