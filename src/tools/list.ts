// The list of all verbs that are tools, as a table that loads nothing: what a verb needs is imported when it is called.
// Tool `subject_verb` lives in `subject-verb.ts` and is exported as `subjectVerb`. A new tool is one line here.
import type { ToolEntry } from './tool.ts';

/** Every tool, in the order in which `obs --help` shows them. */
export const toolList: readonly ToolEntry[] = [];
