// How text is to look here: colours only for a person at a terminal, plain and compact for agents and pipes.
import type { RenderStyle } from '../../tools/tool.ts';

/** Environment variables by which coding agents say that they, not a person, run the command. */
const agentVariables = [
  'AI_AGENT',
  'AUGMENT_AGENT',
  'CLAUDECODE',
  'CLAUDE_CODE',
  'CLINE_ACTIVE',
  'CODEX_SANDBOX',
  'CODEX_THREAD_ID',
  'COPILOT_CLI',
  'CURSOR_AGENT',
  'GEMINI_CLI',
  'GOOSE_TERMINAL',
  'OPENCODE',
  'OPENCODE_CLIENT',
  'QWEN_CODE',
];

const defaultColumns = 100;

export interface TerminalFacts {
  readonly isTty: boolean;
  readonly columns: number | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** The name of the variable that betrays an agent; undefined for a person. */
export function findAgentVariable(env: TerminalFacts['env']): string | undefined {
  return agentVariables.find((name) => (env[name] ?? '') !== '');
}

/** Decides colour, width and density; `NO_COLOR` and `TERM=dumb` are obeyed. */
export function chooseStyle(facts: TerminalFacts): RenderStyle {
  const person = facts.isTty && findAgentVariable(facts.env) === undefined;
  const plain = (facts.env.NO_COLOR ?? '') !== '' || facts.env.TERM === 'dumb';
  return { colour: person && !plain, columns: facts.columns ?? defaultColumns, compact: !person };
}
