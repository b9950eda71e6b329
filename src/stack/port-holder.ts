// Who holds a port that this worktree has reserved: one of our own keepers, another stack, or a stranger with a name.
import { readIdentity } from '../clients/keeper.ts';
import { ObsError } from '../errors/obs-error.ts';
import { listenerRoles } from '../model/keeper-api.ts';
import { portOffset } from '../model/ports.ts';
import type { ProcessIdentity } from '../model/process-identity.ts';
import type { StackState } from '../model/stack-state.ts';
import type { EndedPart } from '../runtimes/runtime.ts';
import { checkBind } from '../std/bind-check.ts';
import { killProcess } from '../std/end-process.ts';
import { findListenerPid } from '../std/listening-ports.ts';
import { readCommandLine, readProcessMark } from '../std/process-identity.ts';
import { sleep } from '../std/sleep.ts';

const identityTimeoutMs = 2000;
const maxAttempts = 10;
const attemptPauseMs = 30;

/**
 * Makes sure that all ports of the stack can be bound. A keeper of this very stack that no state file knows is ended.
 * @throws OBS_PORT_TAKEN naming the holder, OBS_SANDBOXED
 */
export async function freeOwnPorts(state: StackState): Promise<void> {
  for (const { port, role } of await listTakenPorts(state)) {
    const orphan = await findOrphan(state, port);
    // At once: in an orderly end it would write its own state over that of its successor.
    if (orphan !== undefined) await killProcess(orphan);
    // Ending the orphan frees its other ports as well, so each is looked at again.
    await failIfTaken(port, role);
  }
}

async function listTakenPorts(state: StackState) {
  const checked = await Promise.all(
    listenerRoles.map(async (role) => {
      const port = state.basePort + portOffset[role];
      return { role, port, result: await checkBind(port) };
    }),
  );
  const denied = checked.find(({ result }) => result === 'EPERM' || result === 'EACCES');
  if (denied !== undefined) {
    throw new ObsError('OBS_SANDBOXED', { action: `listen on port ${denied.port}`, code: denied.result });
  }
  return checked.filter(({ result }) => result !== 'free');
}

/** Ends a keeper of the stack that listens on the block, where no state file tells of it. */
export async function endUnknownKeeper(stack: Pick<StackState, 'stackId' | 'basePort'>): Promise<EndedPart[]> {
  const orphan = await findOrphan(stack, stack.basePort + portOffset.otlpHttp);
  if (orphan === undefined) return [];
  return [{ what: 'keeper', pid: orphan.pid, how: await killProcess(orphan) }];
}

/** The process behind a port, if it is a keeper of this stack and is the process that it says it is. */
async function findOrphan(
  { stackId }: Pick<StackState, 'stackId'>,
  port: number,
): Promise<ProcessIdentity | undefined> {
  const identity = await readIdentity(`http://127.0.0.1:${port}`, { timeoutMs: identityTimeoutMs });
  if (identity?.stackId !== stackId) return undefined;
  const mark = readProcessMark(identity.pid);
  return mark?.startTime === identity.startTime ? mark : undefined;
}

// A port that is taken by nobody is one that another obs is just checking, too: that takes a moment only.
async function failIfTaken(port: number, role: string): Promise<void> {
  for (let attempt = 1; (await checkBind(port)) !== 'free'; attempt += 1) {
    const holder = await describeHolder(port, role);
    if (holder.data.pid !== null || attempt === maxAttempts) throw holder;
    await sleep(attemptPauseMs);
  }
}

async function describeHolder(port: number, role: string): Promise<ObsError<'OBS_PORT_TAKEN'>> {
  const identity = await readIdentity(`http://127.0.0.1:${port}`, { timeoutMs: identityTimeoutMs });
  if (identity !== undefined) {
    const holder = `the stack of ${identity.worktree} (obs keeper, process ${identity.pid})`;
    return new ObsError('OBS_PORT_TAKEN', { port, role, holder, pid: identity.pid, worktree: identity.worktree });
  }
  const pid = findListenerPid(port);
  const command = pid === undefined ? undefined : readCommandLine(pid);
  const holder = pid === undefined ? 'a process of another user' : `process ${pid}: ${command ?? '(no name)'}`;
  return new ObsError('OBS_PORT_TAKEN', { port, role, holder, pid: pid ?? null, worktree: null });
}
