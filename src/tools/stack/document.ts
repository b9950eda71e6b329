// A stack as `up` and `status` show it, in both halves of the answer.
import { z } from 'zod';
import { makeEnvironment } from '../../app/environment.ts';
import { runtimeNames } from '../../model/runtime-name.ts';
import { stackStates } from '../../model/stack-state.ts';
import type { RunningStack } from '../../stack/running-stack.ts';
import type { Worktree } from '../../worktree/worktree.ts';
import { paint } from '../render/paint.ts';
import { renderTable } from '../render/table.ts';
import type { RenderStyle, ToolContext } from '../tool.ts';

export const stackDocumentSchema = z.object({
  id: z.string(),
  worktree: z.string(),
  branch: z.string().nullable(),
  runtime: z.enum(runtimeNames),
  runtimeReason: z.string(),
  state: z.enum(stackStates),
  startedAt: z.string(),
  readyMs: z.number().nullable(),
  endpoints: z.object({
    loki: z.string(),
    prometheus: z.string(),
    tempo: z.string(),
    otlpHttp: z.string(),
    otlpGrpc: z.string(),
    otlpLogs: z.string(),
    otlpMetrics: z.string(),
    otlpTraces: z.string(),
  }),
  env: z.record(z.string(), z.string()).describe('variables that make an app send its telemetry here'),
});
export type StackDocument = z.infer<typeof stackDocumentSchema>;

/** The document of the contract; `env` is what `obs env` gives out. */
export function makeStackDocument(stack: RunningStack, worktree: Worktree, env: ToolContext['env']): StackDocument {
  const { state, endpoints } = stack;
  return {
    id: state.stackId,
    worktree: state.worktree,
    branch: worktree.branch,
    runtime: state.runtime,
    runtimeReason: state.runtimeReason,
    state: state.state,
    startedAt: state.startedAt,
    readyMs: state.readyMs,
    endpoints,
    env: makeEnvironment({ endpoints, identity: makeIdentity(stack, worktree), inherited: env }),
  };
}

/** What marks the telemetry of this worktree. */
export function makeIdentity({ state }: RunningStack, { branch, commit }: Worktree) {
  return { stackId: state.stackId, worktree: state.worktree, branch, commit };
}

/** The stack for people: state first, then why this runtime, then where things are. */
export function renderStack(stack: StackDocument, style: RenderStyle): string {
  const branch = stack.branch === null ? '' : ` (${stack.branch})`;
  const took = stack.readyMs === null ? '' : ` in ${Math.round(stack.readyMs)} ms`;
  const { loki, prometheus, tempo, otlpHttp, otlpGrpc } = stack.endpoints;
  return [
    `${paint(style, 'green', stack.state)}${took}  stack ${stack.id} of ${stack.worktree}${branch}`,
    `runtime ${stack.runtime} (${stack.runtimeReason})`,
    ...renderTable([
      ['loki', loki],
      ['prometheus', prometheus],
      ['tempo', tempo],
      ['otlp http', otlpHttp],
      ['otlp grpc', otlpGrpc],
    ]),
  ].join('\n');
}
