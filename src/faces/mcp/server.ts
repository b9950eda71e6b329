// The MCP server: lists the tools and answers calls to them. The transport, environment and clock come from outside, so
// that tests talk to it in memory.
import type { Server } from '@modelcontextprotocol/sdk/server/index.js';
import type { RequestHandlerExtra } from '@modelcontextprotocol/sdk/shared/protocol.js';
import type {
  CallToolRequest,
  CallToolResult,
  ServerNotification,
  ServerRequest,
} from '@modelcontextprotocol/sdk/types.js';
import { z } from 'zod';
import { ObsError } from '../../errors/obs-error.ts';
import { findNearest } from '../../std/nearest.ts';
import { describeBriefly } from '../../tools/agent-schema.ts';
import { defaultMaxTokens, hardMaxTokens, leastMaxTokens } from '../../tools/limits.ts';
import { Interruption, type ToolContext, type ToolDefinition, type ToolEntry } from '../../tools/tool.ts';
import { toObsError } from '../to-obs-error.ts';
import { makeAnswer, makeErrorAnswer } from './answer.ts';
import { instructions } from './instructions.ts';
import { chooseWorktree } from './worktree-choice.ts';

export interface McpServerOptions {
  readonly entries: readonly ToolEntry[];
  readonly version: string;
  readonly allowCommands: boolean;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly nowMs: () => number;
  /** Real path of the worktree that contains a directory, for the name on each answer. */
  readonly nameWorktree: (directory: string) => string;
  readonly spill: (document: unknown) => Promise<string>;
}

type Extra = RequestHandlerExtra<ServerRequest, ServerNotification>;

/** What every call may hold besides the tool's own input. */
const commonInput = z.object({
  worktree: z.string().optional(),
  maxTokens: z.number().int().min(leastMaxTokens).max(hardMaxTokens).default(defaultMaxTokens),
});

/** Makes a server that is ready to be connected to a transport. */
export async function createMcpServer(options: McpServerOptions): Promise<Server> {
  // The bundle is one file and would load the SDK with every verb if these were static imports.
  const { Server } = await import('@modelcontextprotocol/sdk/server/index.js');
  const schemas = await import('@modelcontextprotocol/sdk/types.js');
  const server = new Server(
    { name: 'obs', title: 'obs: observability for this worktree', version: options.version },
    { capabilities: { tools: {} }, instructions },
  );
  const roots = new RootsOfClient(server);
  server.setNotificationHandler(schemas.RootsListChangedNotificationSchema, async () => roots.forget());
  const offered = options.entries.filter((one) => one.forAgents);
  server.setRequestHandler(schemas.ListToolsRequestSchema, async () => ({
    tools: await Promise.all(offered.map(async (one) => describeBriefly(await one.load()))),
  }));
  server.setRequestHandler(schemas.CallToolRequestSchema, async (request, extra) => {
    try {
      return await call({ options, offered, roots, request, extra });
    } catch (thrown) {
      return makeErrorAnswer(toObsError(thrown), options.entries);
    }
  });
  return server;
}

interface Call {
  readonly options: McpServerOptions;
  readonly offered: readonly ToolEntry[];
  readonly roots: RootsOfClient;
  readonly request: CallToolRequest;
  readonly extra: Extra;
}

async function call({ options, offered, roots, request, extra }: Call): Promise<CallToolResult> {
  const { name, arguments: given = {} } = request.params;
  const entry = offered.find((one) => one.tool === name);
  if (entry === undefined) {
    const nearest = findNearest(
      name,
      offered.map((one) => one.tool),
    );
    throw new ObsError('OBS_UNKNOWN_TOOL', { tool: name, nearest });
  }
  const tool = await entry.load();
  const { worktree: _, maxTokens: __, ...own } = given;
  const common = parseInput(tool, commonInput, given);
  const input = parseInput(tool, tool.input, own);
  const worktree = chooseWorktree({ argument: common.worktree, rootUris: await roots.uris(), env: options.env });
  const answer = await tool.run(input, makeContext({ options, extra, worktree, maxTokens: common.maxTokens }));
  return makeAnswer({
    entry,
    tool,
    output: answer.output,
    worktree: options.nameWorktree(worktree ?? options.cwd),
    maxTokens: common.maxTokens,
    spill: options.spill,
  });
}

function parseInput<T extends z.ZodObject>(tool: ToolDefinition, schema: T, given: unknown): z.output<T> {
  const checked = schema.safeParse(given);
  if (checked.success) return checked.data;
  const known = Object.keys(tool.input.shape);
  const problems = checked.error.issues.map((issue) =>
    issue.code === 'unrecognized_keys'
      ? `${issue.message}; known: ${[...known, 'worktree', 'maxTokens'].join(', ')}`
      : [issue.path.join('.'), issue.message].filter(Boolean).join(': '),
  );
  throw new ObsError('OBS_BAD_INPUT', { tool: tool.name, problems, example: null });
}

interface ContextParts {
  readonly options: McpServerOptions;
  readonly extra: Extra;
  readonly worktree: string | undefined;
  readonly maxTokens: number;
}

function makeContext({ options, extra, worktree, maxTokens }: ContextParts): ToolContext {
  const controller = new AbortController();
  extra.signal.addEventListener('abort', () => controller.abort(new Interruption(null)), { once: true });
  return {
    caller: 'mcp',
    cwd: options.cwd,
    env: options.env,
    worktree,
    allowCommands: options.allowCommands,
    signal: controller.signal,
    maxTokens,
    progress: makeProgress(extra),
    nowMs: options.nowMs,
  };
}

// Only a client that sent a token wants progress; a note that cannot be delivered is no reason to fail the call.
function makeProgress(extra: Extra): (line: string) => void {
  const progressToken = extra._meta?.progressToken;
  if (progressToken === undefined) return () => {};
  let progress = 0;
  return (message) => {
    progress += 1;
    extra
      .sendNotification({ method: 'notifications/progress', params: { progressToken, progress, message } })
      .catch(() => {});
  };
}

/** The client's roots, asked for once and again after the client says that they changed. */
class RootsOfClient {
  readonly #server: Server;
  #asked: Promise<readonly string[]> | undefined;

  constructor(server: Server) {
    this.#server = server;
  }

  forget(): void {
    this.#asked = undefined;
  }

  uris(): Promise<readonly string[]> {
    if (this.#server.getClientCapabilities()?.roots === undefined) return Promise.resolve([]);
    // A client that announces roots but does not answer is treated as one without.
    this.#asked ??= this.#server.listRoots(undefined, { timeout: 2_000 }).then(
      (answer) => answer.roots.map((root) => root.uri),
      () => [],
    );
    return this.#asked;
  }
}
