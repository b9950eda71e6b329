// `obs tools`: the agent tools as JSON schemas, for clients that do not speak MCP.
import { z } from 'zod';
import { describeTool, loadAgentTools, schemaFormats, toDialect } from '../../tools/agent-schema.ts';
import { toolList } from '../../tools/list.ts';
import { defineTool } from '../../tools/tool.ts';

export const toolsVerb = defineTool({
  name: 'tools_print',
  purpose: 'Prints the agent tools as JSON schemas, as MCP, the OpenAI or the Anthropic API take them.',
  input: z.strictObject({
    format: z.enum(schemaFormats).default('mcp').describe('whose shape to print'),
  }),
  output: z.array(z.record(z.string(), z.unknown())),
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'tools',
    positionals: [],
    examples: ['obs tools --format anthropic', 'obs tools --format openai > tools.json'],
  },
  async run({ format }) {
    const tools = await loadAgentTools(toolList);
    return { output: tools.map((tool) => toDialect(describeTool(tool), format)), exit: 0 };
  },
  render: (output) => JSON.stringify(output, null, 2),
});
