// The list of all verbs that are tools, as a table that loads nothing: what a verb needs is imported when it is called.
// Tool `subject_verb` lives in `subject-verb.ts` and is exported as `subjectVerb`. A new tool is one line here.
import type { ToolDefinition } from './tool.ts';

/** What can be known of a tool without loading it. */
export interface ToolEntry {
  readonly verb: string;
  /** Name of the tool for agents (`subject_verb`). */
  readonly tool: string;
  /** One line for `obs --help`. */
  readonly summary: string;
  /** Offered over MCP and in agent-tools/, or a verb of the command line only. */
  readonly forAgents: boolean;
  readonly load: () => Promise<ToolDefinition>;
}

/** Every tool, in the order in which `obs --help` shows them. */
export const toolList: readonly ToolEntry[] = [];
