// obs ps: every stack of this user on this machine.
import { z } from 'zod';
import { runtimeNames } from '../model/runtime-name.ts';
import { usageSchema } from '../model/stack-state.ts';
import { describeLostOwner } from '../stack/condition.ts';
import { type ListedStack, listStacks, readKeeperStatus } from '../stack/list.ts';
import { openStateRoot } from '../stack/state-root.ts';
import { formatDurationMs, formatSizeBytes } from '../std/quantity.ts';
import { renderTable } from './render/table.ts';
import { defineTool } from './tool.ts';

const conditions = ['starting', 'running', 'stopping', 'stopped', 'died', 'unreadable'] as const;

const entrySchema = z.object({
  id: z.string(),
  worktree: z.string().nullable(),
  branch: z.string().nullable(),
  runtime: z.enum(runtimeNames).nullable(),
  condition: z.enum(conditions).describe('died: its keeper was killed; obs up in its worktree brings it back'),
  ports: z.object({ first: z.number(), last: z.number() }).nullable(),
  startedAt: z.string().nullable(),
  ageMs: z.number().nullable(),
  usage: usageSchema.nullable().describe('null: its keeper does not answer'),
  note: z.string().nullable().describe('what is wrong with it'),
});
type Entry = z.infer<typeof entrySchema>;

const statusTimeoutMs = 1000;
const blockLast = 15;

export const stackList = defineTool({
  name: 'stack_list',
  purpose: 'Every stack of this user on this machine, with worktree, branch, runtime, ports, age and size.',
  input: z.strictObject({}),
  output: z.object({ stacks: z.array(entrySchema) }),
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: { verb: 'ps', positionals: [], examples: ['obs ps', 'obs ps --json'] },
  async run(_input, context) {
    const listed = listStacks(openStateRoot(context.env));
    const stacks = await Promise.all(listed.map((stack) => describeStack(stack, context.nowMs())));
    return { output: { stacks }, exit: 0 };
  },
  render: ({ stacks }) => {
    if (stacks.length === 0) return 'No stack of this user. Start one with: obs up';
    const header = ['ID', 'CONDITION', 'RUNTIME', 'PORTS', 'AGE', 'RECORDS', 'SIZE', 'BRANCH', 'WORKTREE'];
    return renderTable([header, ...stacks.map(renderEntry)]).join('\n');
  },
});

async function describeStack({ stackId, state, condition, problem }: ListedStack, nowMs: number): Promise<Entry> {
  if (state === undefined) return { ...unreadable, id: stackId, note: problem?.message ?? 'it was never started' };
  const status = condition === 'running' ? await readKeeperStatus(state, statusTimeoutMs) : undefined;
  return {
    id: stackId,
    worktree: state.worktree,
    branch: state.branch,
    runtime: state.runtime,
    condition: condition === 'absent' ? 'unreadable' : condition,
    ports: { first: state.basePort, last: state.basePort + blockLast },
    startedAt: state.startedAt,
    ageMs: Math.max(0, nowMs - Date.parse(state.startedAt)),
    usage: status?.usage ?? null,
    note: describeLostOwner(state) ?? null,
  };
}

const unreadable = {
  worktree: null,
  branch: null,
  runtime: null,
  condition: 'unreadable',
  ports: null,
  startedAt: null,
  ageMs: null,
  usage: null,
} as const;

function renderEntry(entry: Entry): string[] {
  const totals = Object.values(entry.usage ?? {});
  const sum = (field: 'records' | 'bytes') => totals.reduce((total, signal) => total + signal[field], 0);
  const wholeSeconds = (ms: number) => Math.round(ms / 1000) * 1000;
  return [
    entry.id,
    entry.condition,
    entry.runtime ?? '-',
    entry.ports === null ? '-' : `${entry.ports.first}-${entry.ports.last}`,
    entry.ageMs === null ? '-' : formatDurationMs(wholeSeconds(entry.ageMs)),
    entry.usage === null ? '-' : String(sum('records')),
    entry.usage === null ? '-' : formatSizeBytes(sum('bytes')),
    entry.branch ?? '-',
    [entry.worktree ?? '-', entry.note === null ? '' : `(${entry.note})`].join(' ').trim(),
  ];
}
