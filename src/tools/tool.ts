// What a tool is. One definition makes the CLI verb, the MCP tool and the JSON schema file in agent-tools/, so the three
// cannot drift apart.
import type { z } from 'zod';

/** Where a call comes from and what it may use. Tools never print and never touch `process`. */
export interface ToolContext {
  readonly caller: 'cli' | 'mcp';
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--worktree`, the MCP root or `OBS_WORKTREE`; undefined means: the worktree that contains `cwd`. */
  readonly worktree: string | undefined;
  /** False under MCP without `--allow-commands`: only apps declared in obs.yaml may be started. */
  readonly allowCommands: boolean;
  /** Aborted by Ctrl-C or a cancelled MCP request; a tool then cleans up and rejects. `reason` is an `Interruption`. */
  readonly signal: AbortSignal;
  /** How many tokens the answer may cost; undefined means uncut. A tool that can page cuts here and gives a cursor. */
  readonly maxTokens?: number;
  /** One line about long work: stderr of the CLI, a progress notification of MCP. */
  readonly progress: (line: string) => void;
  /** A yes-or-no question to the person at the terminal; undefined where there is none to answer. */
  readonly ask?: (question: string) => Promise<boolean>;
  /** Streams of the terminal for tools that pass on an app's output; undefined under MCP. */
  readonly terminal?: {
    readonly stdout: NodeJS.WritableStream;
    readonly stderr: NodeJS.WritableStream;
    readonly isTty: boolean;
    readonly columns: number;
  };
  readonly nowMs: () => number;
}

/** A tool's answer: the structured half, and the exit code its verb ends with (an `ExitCode`, or the app's own). */
export interface ToolAnswer<O> {
  readonly output: O;
  readonly exit: number;
}

/** Why `ToolContext.signal` was aborted; launchers pass the signal on to the app they supervise. */
export class Interruption extends Error {
  readonly signalName: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | null;

  /** @param signalName the process signal, or null when an MCP client cancelled the request. */
  constructor(signalName: Interruption['signalName']) {
    super(signalName === null ? 'The request was cancelled.' : `Interrupted by ${signalName}.`);
    this.name = 'Interruption';
    this.signalName = signalName;
  }
}

/** How text is to look. Agents and pipes get plain and compact; a person at a terminal gets colour and width. */
export interface RenderStyle {
  readonly colour: boolean;
  readonly columns: number;
  readonly compact: boolean;
}

export interface ToolDefinition<I extends z.ZodObject = z.ZodObject, O extends z.ZodType = z.ZodType> {
  /** subject_verb */
  readonly name: string;
  /** One or two sentences for a model and for `--help`. */
  readonly purpose: string;
  /** Strict; each field has a `.describe()` that serves as flag help and as schema text. */
  readonly input: I;
  readonly output: O;
  readonly marks: { readonly readOnly: boolean; readonly destructive: boolean; readonly openWorld: boolean };
  readonly cli: {
    readonly verb: string;
    /** Input fields given as positional arguments, in order; a last array field takes all that remain. */
    readonly positionals: readonly string[];
    /** Input field that takes what follows `--`. */
    readonly afterDashes?: string;
    readonly examples: readonly string[];
    /** Where the text half goes without `--json`. Default stdout; `run` leaves that to the app in the foreground. */
    textTo?(input: z.output<I>): 'stdout' | 'stderr';
  };
  // Methods, not function fields: a list of tools with different schemas needs their parameters to be bivariant.
  run(input: z.output<I>, context: ToolContext): Promise<ToolAnswer<z.output<O>>>;
  /** The text half: complete by itself, telemetry in it fenced and cleaned. */
  render(output: z.output<O>, style: RenderStyle): string;
  /** For verbs that can go on until Ctrl-C (`logs --follow`); the CLI uses it when the input field `when` is true. */
  readonly follow?: {
    readonly when: string;
    /** One item per event, printed at once: `document` as a line of NDJSON with `--json`, else `text`. */
    stream(input: z.output<I>, context: ToolContext, style: RenderStyle): AsyncIterable<FollowItem>;
  };
}

/** What can be known of a tool without loading it. */
export interface ToolEntry {
  readonly verb: string;
  /** Name of the tool for agents (`subject_verb`). */
  readonly tool: string;
  /** One line for `obs --help`. */
  readonly summary: string;
  /** Offered over MCP and in agent-tools/, or a verb of the command line only. */
  readonly forAgents: boolean;
  /** Its answers hold text from the observed app, which is marked as data from outside. */
  readonly telemetry: boolean;
  readonly load: () => Promise<ToolDefinition>;
}

/** One event of a verb that follows: both halves of a small answer. */
export interface FollowItem {
  readonly document: unknown;
  readonly text: string;
}

/** Declares a tool, so that run() and render() are checked against its schemas. */
export function defineTool<I extends z.ZodObject, O extends z.ZodType>(of: ToolDefinition<I, O>): ToolDefinition<I, O> {
  return of;
}
