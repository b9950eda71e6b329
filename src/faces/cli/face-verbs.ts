// Verbs that are about the faces themselves, not about a stack: never offered to agents as tools.
import type { ToolEntry } from '../../tools/tool.ts';

export const faceVerbs: readonly ToolEntry[] = [
  {
    verb: 'mcp',
    tool: 'mcp_serve',
    summary: 'serve the tools to a coding agent over MCP on stdio',
    forAgents: false,
    telemetry: false,
    load: async () => (await import('../mcp/mcp-verb.ts')).mcpVerb,
  },
  {
    verb: 'tools',
    tool: 'tools_print',
    summary: 'print the agent tools as JSON schemas (mcp, openai, anthropic)',
    forAgents: false,
    telemetry: false,
    load: async () => (await import('./tools-verb.ts')).toolsVerb,
  },
  {
    verb: 'completion',
    tool: 'completion_print',
    summary: 'print a completion script for bash, zsh or fish',
    forAgents: false,
    telemetry: false,
    load: async () => (await import('./completion-verb.ts')).completionVerb,
  },
];
