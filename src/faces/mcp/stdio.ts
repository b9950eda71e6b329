// Serves MCP on this process's stdin and stdout until the client closes them or the process is asked to end.
import { obsVersion } from '../../std/version.ts';
import { toolList } from '../../tools/list.ts';
import type { ToolContext } from '../../tools/tool.ts';
import { findWorktree } from '../../worktree/worktree.ts';
import { createMcpServer } from './server.ts';
import { AnswerFolder } from './spill.ts';

export interface StdioOptions {
  readonly allowCommands: boolean;
  readonly context: ToolContext;
}

/** Serves until stdin ends or the context is aborted. */
export async function serveStdio({ allowCommands, context }: StdioOptions): Promise<void> {
  const answers = new AnswerFolder();
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
  const server = await createMcpServer({
    entries: toolList,
    version: obsVersion,
    allowCommands,
    cwd: context.worktree ?? context.cwd,
    env: context.env,
    nowMs: context.nowMs,
    nameWorktree: (directory) => findWorktree(directory).path,
    spill: (document) => answers.keep(document),
  });
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    process.stdin.once('end', resolve);
    process.stdin.once('close', resolve);
    context.signal.addEventListener('abort', () => resolve(), { once: true });
  });
  await server.connect(new StdioServerTransport());
  await ended;
  await server.close();
  await answers.remove();
}
