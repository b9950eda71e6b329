// obs status: the stack of this worktree, as its keeper sees it.
import { z } from 'zod';
import type { RunRecord } from '../model/run.ts';
import { runStates } from '../model/run.ts';
import { usageSchema } from '../model/stack-state.ts';
import { requireStack } from '../stack/running-stack.ts';
import { formatDurationMs, formatSizeBytes } from '../std/quantity.ts';
import { renderTable } from './render/table.ts';
import { makeStackDocument, renderStack, stackDocumentSchema } from './stack/document.ts';
import { findTarget } from './stack/target.ts';
import { defineTool } from './tool.ts';

const appSchema = z.object({
  name: z.string(),
  pid: z.number().nullable(),
  runId: z.string(),
  state: z.enum(runStates),
  ports: z.record(z.string(), z.number()),
  startupMs: z.number().nullable(),
});

const statusSchema = stackDocumentSchema.extend({
  apps: z.array(appSchema).describe('the latest run of each app'),
  usage: usageSchema,
  lease: z.object({ ttlMs: z.number(), expiresAt: z.string(), remainingMs: z.number() }),
  keeper: z.object({ pid: z.number(), rssBytes: z.number(), uptimeMs: z.number() }),
  warnings: z.array(z.string()),
});
type Status = z.infer<typeof statusSchema>;

export const stackStatus = defineTool({
  name: 'stack_status',
  purpose: "This worktree's stack: state, endpoints, apps, how much telemetry it holds, until when it lives.",
  input: z.strictObject({}),
  output: z.object({ stack: statusSchema }),
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: { verb: 'status', positionals: [], examples: ['obs status', 'obs status --json'] },
  async run(_input, context) {
    const { worktree, root } = findTarget(context);
    const stack = await requireStack({ root, worktree, signal: context.signal });
    // The look at a stack by the person it belongs to is a use of it; that of ps, which looks at all, is none.
    const { signal } = context;
    const [{ expiresAtMs }, seen] = await Promise.all([
      stack.keeper.renewLease({ signal }),
      stack.keeper.status({ signal }),
    ]);
    const status: Status = {
      ...makeStackDocument(stack, worktree, context.env),
      state: seen.state,
      apps: latestRuns(seen.apps).map(describeRun),
      usage: seen.usage,
      lease: {
        ttlMs: seen.lease.ttlMs,
        expiresAt: new Date(expiresAtMs).toISOString(),
        remainingMs: Math.max(0, expiresAtMs - context.nowMs()),
      },
      keeper: { pid: seen.pid, rssBytes: seen.rssBytes, uptimeMs: seen.uptimeMs },
      warnings: seen.warnings,
    };
    return { output: { stack: status }, exit: 0 };
  },
  render: ({ stack }, style) =>
    [
      renderStack(stack, style),
      ...renderApps(stack.apps),
      ...renderTable(
        (['logs', 'metrics', 'traces'] as const).map((signal) => {
          const { records, bytes, prunedBeforeMs } = stack.usage[signal];
          const pruned = prunedBeforeMs === undefined ? '' : `pruned before ${new Date(prunedBeforeMs).toISOString()}`;
          return [signal, `${records} records`, formatSizeBytes(bytes), ...(pruned === '' ? [] : [pruned])];
        }),
      ),
      `lease ${formatDurationMs(Math.round(stack.lease.remainingMs / 1000) * 1000)} left, until ${stack.lease.expiresAt} (${formatDurationMs(stack.lease.ttlMs)} after the last use)`,
      `keeper ${stack.keeper.pid}, ${formatSizeBytes(stack.keeper.rssBytes)}`,
      ...stack.warnings.map((warning) => `warning: ${warning}`),
    ].join('\n'),
});

/** The last run of each app; runs come oldest first. */
function latestRuns(runs: readonly RunRecord[]): RunRecord[] {
  return [...new Map(runs.map((run) => [run.app, run])).values()];
}

function describeRun({ app, process, runId, state, ports, startupMs }: RunRecord): z.infer<typeof appSchema> {
  return { name: app, pid: process?.pid ?? null, runId, state, ports, startupMs };
}

function renderApps(apps: Status['apps']): string[] {
  return renderTable(
    apps.map(({ name, state, pid, runId, ports, startupMs }) => [
      `app ${name}`,
      state,
      pid === null ? '' : `pid ${pid}`,
      Object.entries(ports)
        .map(([port, number]) => `${port}=${number}`)
        .join(' '),
      startupMs === null ? '' : `up in ${Math.round(startupMs)} ms`,
      runId,
    ]),
  );
}
