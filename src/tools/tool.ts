// What a tool is. One definition makes the CLI verb, the MCP tool and the JSON schema file in agent-tools/, so the three
// cannot drift apart.
import type { z } from 'zod';
import type { ExitCode } from '../errors/entry.ts';

/** Where a call comes from and what it may use. Tools never print and never touch `process`. */
export interface ToolContext {
  readonly caller: 'cli' | 'mcp';
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `--worktree`, the MCP root or `OBS_WORKTREE`; undefined means: the worktree that contains `cwd`. */
  readonly worktree: string | undefined;
  /** Aborted by Ctrl-C or a cancelled MCP request; a tool then cleans up and rejects. */
  readonly signal: AbortSignal;
  /** One line about long work: stderr of the CLI, a progress notification of MCP. */
  readonly progress: (line: string) => void;
  /** Streams of the terminal for tools that pass on an app's output; undefined under MCP. */
  readonly terminal?: {
    readonly stdout: NodeJS.WritableStream;
    readonly stderr: NodeJS.WritableStream;
    readonly isTty: boolean;
    readonly columns: number;
  };
  readonly nowMs: () => number;
}

/** A tool's answer: the structured half, and the exit code its verb ends with. */
export interface ToolAnswer<O> {
  readonly output: O;
  readonly exit: ExitCode;
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
  };
  readonly run: (input: z.output<I>, context: ToolContext) => Promise<ToolAnswer<z.output<O>>>;
  /** The text half: complete by itself, telemetry in it fenced and cleaned. */
  readonly render: (output: z.output<O>, style: RenderStyle) => string;
}

/** Declares a tool, so that run() and render() are checked against its schemas. */
export function defineTool<I extends z.ZodObject, O extends z.ZodType>(of: ToolDefinition<I, O>): ToolDefinition<I, O> {
  return of;
}
