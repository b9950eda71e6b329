// agent-tools/: one JSON schema file per tool, and ready-made configurations for the clients that agents run in.
import { describeTool } from '../agent-schema.ts';
import type { ToolDefinition } from '../tool.ts';
import { type GeneratedFile, jsonFile, textFile } from './generated-file.ts';

/** One file per tool, as MCP's tools/list would give it. */
export function makeToolFiles(tools: readonly ToolDefinition[]): GeneratedFile[] {
  return tools.map((tool) => jsonFile(`agent-tools/${tool.name}.json`, describeTool(tool)));
}

const server = { command: 'obs', args: ['mcp'] };
const folder = 'agent-tools/clients';

/** What each client wants to read, with the file in which it looks for it. */
export function makeClientFiles(): GeneratedFile[] {
  return [
    jsonFile(`${folder}/claude-code.mcp.json`, { mcpServers: { obs: { type: 'stdio', ...server } } }),
    jsonFile(`${folder}/cursor.mcp.json`, { mcpServers: { obs: server } }),
    jsonFile(`${folder}/vscode.mcp.json`, { servers: { obs: { type: 'stdio', ...server } } }),
    jsonFile(`${folder}/gemini-settings.json`, { mcpServers: { obs: server } }),
    jsonFile(`${folder}/opencode.json`, { mcp: { obs: { type: 'local', command: ['obs', 'mcp'], enabled: true } } }),
    textFile(`${folder}/codex-config.toml`, ['[mcp_servers.obs]', 'command = "obs"', 'args = ["mcp"]']),
    textFile(`${folder}/README.md`, [
      '# Configurations for coding agents',
      '',
      'Merge the content of the file into the one named beside it. Where `obs` is not on the PATH of the client, write',
      '`"command": "npx", "args": ["-y", "worktree-obs", "mcp"]`. `obs mcp --allow-commands` lets the agent start any command, not only the',
      'apps declared in `obs.yaml`.',
      '',
      '| client | file here | goes into |',
      '| --- | --- | --- |',
      '| Claude Code | `claude-code.mcp.json` | `.mcp.json` of the project |',
      '| Codex | `codex-config.toml` | `~/.codex/config.toml` |',
      '| Cursor | `cursor.mcp.json` | `.cursor/mcp.json` |',
      '| VS Code | `vscode.mcp.json` | `.vscode/mcp.json` |',
      '| Gemini CLI | `gemini-settings.json` | `.gemini/settings.json` |',
      '| OpenCode | `opencode.json` | `opencode.json` |',
    ]),
  ];
}
