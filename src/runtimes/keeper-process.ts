// Starting and ending the keeper, the one resident process that every runtime has. It is started by path with plain
// arguments and belongs to no terminal: it outlives the `up` that started it.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { KeeperClient } from '../clients/keeper.ts';
import { ObsError } from '../errors/obs-error.ts';
import type { Backend } from '../model/backend.ts';
import { makeEndpoints } from '../model/ports.ts';
import { type ProcessIdentity, processIdentitySchema } from '../model/process-identity.ts';
import type { RuntimeName } from '../model/runtime-name.ts';
import { stackStateSchema } from '../model/stack-state.ts';
import { writeFileAtomic } from '../std/atomic-file.ts';
import { endProcess, killProcess, waitUntilGone } from '../std/end-process.ts';
import { readLastLines } from '../std/last-lines.ts';
import { findDistFile } from '../std/package-root.ts';
import { isRunning, readProcessMark } from '../std/process-identity.ts';
import { sleep } from '../std/sleep.ts';
import { keeperFlags } from './keeper-flags.ts';
import type { EndedPart, RuntimeRequest, StopManner } from './runtime.ts';

/** A replay of a full write-ahead log takes seconds; nothing good takes longer than this. */
const startTimeoutMs = 60_000;
const pollMs = 3;
/** A keeper that takes longer starts on a busy machine, where often looks would slow it down even more. */
const usualStartMs = 500;
const longPollMs = 25;
/** The keeper flushes and closes within milliseconds; then it is ended by signals. */
const politeStopMs = 3000;
const killGraceMs = 1000;
const shownLogLines = 5;

/**
 * The GNU allocator gives large blocks back to the system as soon as they are freed, but by default raises what it takes for
 * large with every block that is freed, until pruned columns leave holes instead of memory. Bodies of exports and columns
 * that still grow stay below: made by the system anew each time they cost a tenth of taking exports in. Others ignore it.
 * https://sourceware.org/glibc/manual/latest/html_node/Malloc-Tunable-Parameters.html
 */
const allocatorEnvironment = {
  MALLOC_MMAP_THRESHOLD_: String(1024 * 1024),
  MALLOC_TRIM_THRESHOLD_: String(16 * 1024 * 1024),
};

/** Spawns the keeper and waits until it has bound its ports and written itself into the state file. */
export async function startKeeper(request: RuntimeRequest, backend: Backend | null = null): Promise<void> {
  if (backend !== null) tellBackend(request, backend);
  const child = spawnKeeper(request);
  child.unref();
  let exit: string | undefined;
  child.once('exit', (code, signal) => {
    exit = signal === null ? `it ended with code ${code}` : `it was ended by ${signal}`;
  });
  markSpawned(child, request);
  const deadline = performance.now() + startTimeoutMs;
  // Looking at the file costs next to nothing; asking the port would take processor time from the keeper that starts.
  const readIfNew = watchContents(request.folder.stateFile);
  for (;;) {
    const text = readIfNew();
    if (text !== undefined && hasTakenOver(request, text)) break;
    request.signal?.throwIfAborted();
    if (exit !== undefined) throw keeperFailed(exit, request);
    if (performance.now() > deadline) throw keeperFailed(`it was not ready after ${startTimeoutMs} ms`, request);
    const isLate = performance.now() > deadline - startTimeoutMs + usualStartMs;
    await sleep(isLate ? longPollMs : pollMs, request.signal);
  }
  rmSync(request.folder.keeperMark, { force: true });
}

/** Ends the keeper of a stack, also one that was spawned but never became ready. */
export async function endKeeper({ state, folder }: RuntimeRequest, manner: StopManner): Promise<EndedPart> {
  const identity = [state.keeper, readKeeperMark(folder.keeperMark)].find((mark) => mark != null && isRunning(mark));
  if (identity == null) return { what: 'keeper', pid: state.keeper?.pid ?? null, how: 'gone already' };
  const isAtOnce = manner === 'discard' || manner === 'takeover';
  if (isAtOnce) return { what: 'keeper', pid: identity.pid, how: await killProcess(identity) };
  const client = new KeeperClient({ url: makeEndpoints(state.basePort).otlpHttp, token: state.token });
  const asked = await client.stop('down', { timeoutMs: 1000 }).then(
    () => true,
    () => false,
  );
  if (asked && (await waitUntilGone(identity, politeStopMs)))
    return { what: 'keeper', pid: identity.pid, how: 'ended' };
  return { what: 'keeper', pid: identity.pid, how: await endProcess(identity, { graceMs: killGraceMs }) };
}

/** The mark that `up` leaves beside the state file between spawn and takeover; undefined if there is none. */
export function readKeeperMark(file: string): ProcessIdentity | undefined {
  try {
    return processIdentitySchema.safeParse(JSON.parse(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

/** A function that returns the contents of a file when they are new since its last call; files are replaced whole. */
function watchContents(file: string): () => string | undefined {
  let seen = 0;
  return () => {
    const { ino, mtimeMs } = statSync(file);
    if (ino + mtimeMs === seen) return undefined;
    seen = ino + mtimeMs;
    return readFileSync(file, 'utf8');
  };
}

function spawnKeeper({ state, folder }: RuntimeRequest): ChildProcess {
  const program = findDistFile('keeper.js');
  if (!existsSync(program)) throw new Error(`${program} is missing: this package is not built`);
  const log = openSync(folder.keeperLog, 'a', 0o600);
  try {
    return spawn(process.execPath, [...keeperFlags, program, '--stack-dir', folder.dir], {
      cwd: folder.dir,
      detached: true,
      stdio: ['ignore', log, log],
      env: makeKeeperEnvironment(process.env, state.runtime),
    });
  } finally {
    closeSync(log);
  }
}

// The state file is still its starter's: the keeper reads it when it begins.
function tellBackend({ state, folder }: RuntimeRequest, backend: Backend): void {
  writeFileAtomic(folder.stateFile, JSON.stringify({ ...state, backend }, undefined, 1), { mode: 0o600 });
}

// Inherited OTEL_* and NODE_OPTIONS would make the keeper observe itself; GIT_* would make it look at another tree. Node
// reads NODE_EXTRA_CA_CERTS whole at each start (80 ms for a usual bundle), and only a remote backend has use for it.
function makeKeeperEnvironment(env: NodeJS.ProcessEnv, runtime: RuntimeName): NodeJS.ProcessEnv {
  const unneeded = runtime === 'remote' ? '' : '|NODE_EXTRA_CA_CERTS$';
  const dropped = new RegExp(`^(?:OTEL_|NODE_OPTIONS$|NODE_V8_COVERAGE$|GIT_${unneeded})`);
  return {
    ...allocatorEnvironment,
    ...Object.fromEntries(Object.entries(env).filter(([name]) => !dropped.test(name))),
  };
}

function markSpawned(child: ChildProcess, { folder }: RuntimeRequest): void {
  const mark = child.pid === undefined ? undefined : readProcessMark(child.pid);
  if (mark !== undefined) writeFileAtomic(folder.keeperMark, JSON.stringify(mark), { mode: 0o600 });
}

// Which process took over does not matter, only that it has this state: one that a killed `up` had spawned may be first.
function hasTakenOver({ state }: RuntimeRequest, text: string): boolean {
  const written = stackStateSchema.safeParse(JSON.parse(text)).data;
  return written != null && written.token === state.token && written.keeper !== null && written.state !== 'starting';
}

function keeperFailed(reason: string, { state, folder }: RuntimeRequest): ObsError {
  const lastLines = readLastLines(folder.keeperLog, shownLogLines);
  return new ObsError('OBS_KEEPER_FAILED', { worktree: state.worktree, reason, log: folder.keeperLog, lastLines });
}
