// What a runtime is: a way to run the backend of one stack. All of them pass the same suite, test/contract/runtime.ts.
import type { ObsConfig } from '../config/schema.ts';
import type { RuntimeName } from '../model/runtime-name.ts';
import type { StackState } from '../model/stack-state.ts';

/** Files of the stack that a runtime may use. */
export interface StackFolder {
  readonly dir: string;
  readonly stateFile: string;
  readonly keeperLog: string;
  readonly keeperMark: string;
}

/** What a person wants of the runtimes that stand on real servers. */
export interface RuntimeSettings extends Pick<ObsConfig, 'docker' | 'native' | 'remote'> {
  /** Pull images that are missing without asking. */
  readonly pull: boolean;
  /** Asks the person at the terminal; undefined where nobody can be asked. */
  readonly ask?: (question: string) => Promise<boolean>;
  /** Start Grafana, too. */
  readonly grafana: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface RuntimeRequest {
  readonly state: StackState;
  readonly folder: StackFolder;
  readonly signal?: AbortSignal;
  readonly progress: (line: string) => void;
}

export interface RuntimeStart extends RuntimeRequest {
  readonly settings: RuntimeSettings;
}

/** A process or container that was ended, for the report of `down`. */
export interface EndedPart {
  readonly what: string;
  readonly pid: number | null;
  readonly how: 'gone already' | 'ended' | 'killed' | 'still there';
}

/**
 * flush: all goes, parts may write what they hold first · discard: all goes at once, and nothing may be written any more,
 * since the state file may already be another starter's · takeover: as discard, but what holds data may stay for the start
 * that follows · sleep: what runs ends, the data is kept for some later start.
 */
export type StopManner = 'flush' | 'discard' | 'takeover' | 'sleep';

/** What bears our labels outside the state folder: containers, networks, volumes of one stack. */
export interface LabelledStack {
  readonly stackId: string;
  readonly worktree: string;
  /** Names of the things, for reports. */
  readonly parts: readonly string[];
  /** Of another machine, mount namespace or user: listed, never removed. */
  readonly foreign: boolean;
}

export interface Runtime {
  readonly name: RuntimeName;
  /** Whether a stack can be had here, and the sentence that says why or why not; takes 2 s at most. */
  examine(settings: RuntimeSettings): Promise<{ readonly usable: boolean; readonly reason: string }>;
  /**
   * Starts keeper and backend on the ports of `state`; resolves when all endpoints answer and the keeper owns the state
   * file. Rejects with an ObsError that names what failed; what it had started may then still run, until `stop`.
   */
  start(request: RuntimeStart): Promise<void>;
  /** Ends all that runs for this stack and nothing else, crashed halves of it included. May be called at any time. */
  stop(request: RuntimeRequest, manner: StopManner): Promise<EndedPart[]>;
  /**
   * Looks after a stack that runs already, at each further `up`: rejects with an ObsError that names a server which has
   * stopped, and starts what is wished in addition (Grafana). Missing where the keeper is all there is.
   */
  resume?(request: RuntimeStart): Promise<void>;
  /**
   * Ends all but the keeper; the keeper has it called when it ends by itself, so that the rest of the stack goes with it.
   * Missing where there is no rest.
   */
  endServers?(request: RuntimeRequest, manner: StopManner): Promise<EndedPart[]>;
  /** All that bears our labels; a runtime whose parts are all recorded in state files has none. */
  readonly labelled?: {
    list(): Promise<readonly LabelledStack[]>;
    /** Removes the parts of one stack of this machine, without a state file. */
    remove(stackId: string): Promise<EndedPart[]>;
  };
}
