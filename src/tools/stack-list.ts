// obs ps: every stack of this user on this machine, and what else bears our labels in an engine.
import { z } from 'zod';
import { runtimeNames } from '../model/runtime-name.ts';
import { usageSchema } from '../model/stack-state.ts';
import { listRuntimes } from '../runtimes/choose.ts';
import { describeLostOwner } from '../stack/condition.ts';
import { type LabelledParts, listLabelled } from '../stack/labelled.ts';
import { type ListedStack, listStacks, readKeeperStatus } from '../stack/list.ts';
import { openStateRoot } from '../stack/state-root.ts';
import { mapLimited } from '../std/map-limited.ts';
import { formatDurationMs, formatSizeBytes } from '../std/quantity.ts';
import { renderTable } from './render/table.ts';
import { defineTool } from './tool.ts';

const conditions = ['starting', 'running', 'stopping', 'stopped', 'died', 'unreadable', 'foreign'] as const;

const entrySchema = z.object({
  id: z.string(),
  worktree: z.string().nullable(),
  branch: z.string().nullable(),
  runtime: z.enum(runtimeNames).nullable(),
  condition: z
    .enum(conditions)
    .describe(
      'died: its keeper was killed, obs up in its worktree brings it back; foreign: of another machine or container',
    ),
  ports: z.object({ first: z.number(), last: z.number() }).nullable(),
  startedAt: z.string().nullable(),
  ageMs: z.number().nullable(),
  usage: usageSchema.nullable().describe('null: it does not run, or its keeper does not answer'),
  expiresAt: z.string().nullable().describe('when it stops by itself if nobody uses it'),
  note: z.string().nullable().describe('what is wrong with it'),
});
type Entry = z.infer<typeof entrySchema>;

const statusTimeoutMs = 1000;
/** Keepers asked at the same time: enough to hide their latency, too few to slow them down. */
const maxAsked = 16;
const blockLast = 15;

export const stackList = defineTool({
  name: 'stack_list',
  purpose: 'Every stack of this user on this machine, with worktree, branch, runtime, ports, age and size.',
  input: z.strictObject({}),
  output: z.object({ stacks: z.array(entrySchema) }),
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: { verb: 'ps', positionals: [], examples: ['obs ps', 'obs ps --json'] },
  async run(_input, { env, nowMs, progress }) {
    const listed = listStacks(openStateRoot(env));
    const [stacks, labelled] = await Promise.all([
      mapLimited(listed, maxAsked, (stack) => describeStack(stack, nowMs())),
      listLabelled({ runtimes: listRuntimes(), progress }),
    ]);
    const known = new Set(listed.map(({ stackId }) => stackId));
    const others = labelled.filter(({ stackId, foreign }) => foreign || !known.has(stackId)).map(describeParts);
    return { output: { stacks: [...stacks, ...others] }, exit: 0 };
  },
  render: ({ stacks }) => {
    if (stacks.length === 0) return 'No stack of this user. Start one with: obs up';
    const header = ['ID', 'CONDITION', 'RUNTIME', 'PORTS', 'AGE', 'RECORDS', 'SIZE', 'BRANCH', 'WORKTREE'];
    return renderTable([header, ...stacks.map(renderEntry)]).join('\n');
  },
});

const unknown = {
  worktree: null,
  branch: null,
  runtime: null,
  condition: 'unreadable',
  ports: null,
  startedAt: null,
  ageMs: null,
  usage: null,
  expiresAt: null,
  note: null,
} as const;

async function describeStack(stack: ListedStack, nowMs: number): Promise<Entry> {
  const { stackId, state, condition, problem } = stack;
  if (state === undefined) return { ...unknown, id: stackId, note: problem?.message ?? 'it was never started' };
  const runs = condition === 'running';
  const status = runs ? await readKeeperStatus(state, statusTimeoutMs) : undefined;
  const lease = status?.lease ?? state.lease;
  return {
    id: stackId,
    worktree: state.worktree,
    branch: state.branch,
    runtime: state.runtime,
    condition: nameCondition(stack),
    ports: { first: state.basePort, last: state.basePort + blockLast },
    startedAt: state.startedAt,
    ageMs: Math.max(0, nowMs - Date.parse(state.startedAt)),
    usage: status?.usage ?? null,
    expiresAt: runs ? new Date(lease.expiresAtMs).toISOString() : null,
    note: describeTrouble(stack, status !== undefined),
  };
}

// Its processes and its worktree may be out of sight, so only that they are in sight says something.
function nameCondition({ condition, isForeign }: ListedStack): Entry['condition'] {
  if (isForeign && condition !== 'running') return 'foreign';
  return condition === 'absent' ? 'unreadable' : condition;
}

function describeTrouble({ state, condition, isForeign }: ListedStack, answers: boolean): string | null {
  if (isForeign) return 'started on another machine, or in another container or sandbox';
  const lost = state && describeLostOwner(state);
  if (lost !== undefined) return lost;
  return condition === 'running' && !answers ? 'its keeper does not answer' : null;
}

function describeParts({ stackId, worktree, parts, foreign, runtime }: LabelledParts): Entry {
  const note = `no state here: ${parts.join(', ')}`;
  return {
    ...unknown,
    id: stackId,
    worktree,
    runtime: runtime.name,
    condition: foreign ? 'foreign' : 'unreadable',
    note,
  };
}

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
