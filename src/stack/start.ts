// `up`: one stack for a worktree, started or found. Returns when what is sent to it can be read back.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { ObsError } from '../errors/obs-error.ts';
import { makeEndpoints } from '../model/ports.ts';
import type { RuntimeName } from '../model/runtime-name.ts';
import type { StackState } from '../model/stack-state.ts';
import { findRuntime, type Runtime } from '../runtimes/choose.ts';
import { probeStack } from '../runtimes/probe.ts';
import type { RuntimeRequest, RuntimeSettings } from '../runtimes/runtime.ts';
import { sleep } from '../std/sleep.ts';
import { type Claim, type ClaimRequest, claimStack } from './claim.ts';
import { endStackParts } from './end-parts.ts';
import { makeStackPaths } from './paths.ts';
import { freeOwnPorts } from './port-holder.ts';
import { withRegistry } from './registry.ts';
import { makeRunningStack, type RunningStack } from './running-stack.ts';
import { readStackState, writeStackState } from './state-file.ts';

export interface StartRequest extends ClaimRequest {
  /** The runtime was named by the person, not chosen by `auto`: then a running stack of another one is an error. */
  readonly askedRuntime: RuntimeName | undefined;
  readonly settings: RuntimeSettings;
  readonly nowMs: () => number;
  readonly progress: (line: string) => void;
  /** How long to wait for another process that starts or stops the stack. */
  readonly waitsMs?: Waits;
}

type Waits = Readonly<Record<'starting' | 'stopping', number>>;

const waitPollMs = 10;
const defaultWaitsMs: Waits = { starting: 90_000, stopping: 20_000 };
const probeTimeoutMs = 10_000;

/** Starts the worktree's stack, or finds it running; equal answers for all who ask at the same time. */
export async function startStack(request: StartRequest): Promise<RunningStack> {
  const waitsMs = request.waitsMs ?? defaultWaitsMs;
  const begin = performance.now();
  for (;;) {
    const claim = await claimStack(request);
    if (claim.kind === 'claimed') return start(claim, request);
    if (claim.kind === 'running') return adopt(claim.state, request);
    if (performance.now() - begin > waitsMs[claim.with]) throw stillBusy(claim, waitsMs[claim.with]);
    await waitForChange(claim.state, request);
  }
}

type OwnClaim = Extract<Claim, { kind: 'claimed' }>;

async function start(claim: OwnClaim, request: StartRequest): Promise<RunningStack> {
  const { state, previous } = claim;
  const folder = makeStackPaths(request.root, state.stackId);
  const runtime = findRuntime(state.runtime);
  const part = { state, folder, signal: request.signal, progress: request.progress };
  try {
    if (previous !== undefined) await clearAway(claim, previous, request);
    await freeOwnPorts(state);
    await runtime.start({ ...part, settings: request.settings });
    return await proveReady(state, request);
  } catch (error) {
    await abandon({ runtime, part, root: request.root, hasData: claim.ownsPrevious });
    throw error;
  }
}

/** What a killed keeper or `up` left running, and all of a stack whose worktree was there before this one. */
async function clearAway(claim: OwnClaim, previous: StackState, request: StartRequest): Promise<void> {
  const folder = makeStackPaths(request.root, previous.stackId);
  const { progress } = request;
  if (claim.ownsPrevious) {
    const manner = previous.runtime === claim.state.runtime ? 'takeover' : 'discard';
    await findRuntime(previous.runtime).stop({ state: previous, folder, progress }, manner);
    return;
  }
  progress(`removing the stack of the worktree that was at ${previous.worktree} before`);
  await endStackParts({ state: previous, folder, progress }, 'discard');
  // The folder is not removed whole: the state in it already says that this process starts the new stack.
  for (const name of readdirSync(folder.dir)) {
    if (name !== basename(folder.stateFile)) rmSync(join(folder.dir, name), { recursive: true, force: true });
  }
}

/** A stack that runs already, also one whose `up` was killed after the keeper had begun. */
async function adopt(state: StackState, request: StartRequest): Promise<RunningStack> {
  const { askedRuntime } = request;
  if (askedRuntime !== undefined && askedRuntime !== state.runtime) {
    throw new ObsError('OBS_RUNTIME_KEPT', { running: state.runtime, asked: askedRuntime });
  }
  if (state.readyMs === null) return proveReady(state, request);
  const { settings, signal, progress } = request;
  const folder = makeStackPaths(request.root, state.stackId);
  await findRuntime(state.runtime).resume?.({ state, folder, settings, progress, signal });
  const stack = makeRunningStack(request.root, state);
  await stack.keeper.renewLease({ signal });
  return stack;
}

async function proveReady(state: StackState, request: StartRequest): Promise<RunningStack> {
  const stack = makeRunningStack(request.root, state);
  const { nowMs, signal } = request;
  await probeStack(makeEndpoints(state.basePort), { nowMs, timeoutMs: probeTimeoutMs, signal });
  await stack.keeper.markReady(nowMs() - Date.parse(state.startedAt), { signal });
  // From here on the keeper owns the state; it knows more than what was written at the start.
  return makeRunningStack(request.root, readStackState(stack.paths.stateFile) ?? state);
}

interface FailedStart {
  readonly runtime: Runtime;
  readonly part: RuntimeRequest;
  readonly root: string;
  /** Whether an earlier stack of this worktree left data in the folder. */
  readonly hasData: boolean;
}

// After a failed start nothing runs on and nothing new is left; data of an earlier stack stays for the next try.
async function abandon({ runtime, part, root, hasData }: FailedStart): Promise<void> {
  const { state, folder } = part;
  const current = readStackState(folder.stateFile) ?? state;
  await runtime.stop({ state: current, folder, progress: part.progress }, hasData ? 'sleep' : 'flush');
  await withRegistry(root, () => {
    const last = readStackState(folder.stateFile);
    // The token is new with each claim: another one means that the stack has another starter by now.
    if (last?.token !== state.token) return;
    if (hasData) writeStackState(folder.stateFile, { ...last, state: 'stopped', starter: null, keeper: null });
    else rmSync(folder.dir, { recursive: true, force: true });
  });
}

/** Waits until the state file says something else than `busy`, or its process has ended. */
async function waitForChange(busy: StackState, request: StartRequest): Promise<void> {
  const { stateFile } = makeStackPaths(request.root, busy.stackId);
  const before = readFingerprint(stateFile);
  const now = readStackState(stateFile);
  if (now === undefined || now.state !== busy.state || now.readyMs !== busy.readyMs) return;
  // Many may wait here, so they look at the file without reading it.
  const deadline = performance.now() + 1000;
  while (performance.now() < deadline && readFingerprint(stateFile) === before) await sleep(waitPollMs, request.signal);
}

/** Changes whenever a file is replaced; undefined if there is none. */
function readFingerprint(file: string): number | undefined {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat && stat.ino + stat.mtimeMs;
}

function stillBusy(claim: Extract<Claim, { kind: 'busy' }>, waitedMs: number): ObsError {
  const { worktree, starter } = claim.state;
  if (claim.with === 'stopping') return new ObsError('OBS_STACK_STOPPING', { worktree, waitedMs });
  return new ObsError('OBS_STACK_STARTING', { worktree, starterPid: starter?.pid ?? null, waitedMs });
}
