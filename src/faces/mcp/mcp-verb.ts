// `obs mcp`: serves the tools on stdin and stdout until the client goes away.
import { z } from 'zod';
import { defineTool } from '../../tools/tool.ts';
import { serveStdio } from './stdio.ts';

export const mcpVerb = defineTool({
  name: 'mcp_serve',
  purpose:
    'Serves the obs tools to a coding agent over MCP on stdin and stdout. Put it into the configuration of the client; `agent-tools/clients` has ready-made ones.',
  input: z.strictObject({
    allowCommands: z
      .boolean()
      .default(false)
      .describe('let app_run start any command, not only the apps declared in obs.yaml'),
  }),
  output: z.strictObject({}),
  marks: { readOnly: false, destructive: false, openWorld: true },
  cli: { verb: 'mcp', positionals: [], examples: ['obs mcp', 'obs mcp --allow-commands'], textTo: () => 'stderr' },
  async run({ allowCommands }, context) {
    await serveStdio({ allowCommands, context });
    return { output: {}, exit: 0 };
  },
  render: () => '',
});
