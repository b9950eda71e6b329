// Starts the built keeper on a stack folder of its own and free ports, and ends it with the test.
import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { makeStackId } from '../../src/model/ids.ts';
import { type Endpoints, makeEndpoints } from '../../src/model/ports.ts';
import type { StackState } from '../../src/model/stack-state.ts';
import { readWorktreeBirth } from '../../src/worktree/birth.ts';
import { findFreeBlock } from './free-block.mjs';

const program = process.env.OBS_TEST_KEEPER ?? join(import.meta.dirname, '../../dist/keeper.js');
const token = 'token-of-the-test';
const startTimeoutMs = 60_000;

export interface StackFolder {
  readonly dir: string;
  readonly worktree: string;
  readonly basePort: number;
  readonly endpoints: Endpoints;
  readonly readState: () => StackState;
  readonly readLog: () => string;
}

export interface RunningKeeper extends StackFolder {
  readonly process: ChildProcess;
  /** A control request with the token. */
  readonly control: (method: string, path: string, body?: unknown) => Promise<{ status: number; json: unknown }>;
  /** Resolves with code or signal when the process is gone. */
  readonly gone: Promise<number | string>;
}

/** A folder with the state that `up` writes before it starts a keeper; removed when the test is over. */
export async function makeStackFolder(over: Partial<StackState> = {}): Promise<StackFolder> {
  const root = mkdtempSync(join(tmpdir(), 'obs-keeper-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const [dir, worktree] = [join(root, 'stack'), join(root, 'worktree')];
  mkdirSync(dir);
  mkdirSync(worktree);
  const basePort = over.basePort ?? (await findFreeBlock());
  const state: StackState = {
    version: 1,
    stackId: makeStackId(worktree),
    worktree,
    gitDir: null,
    worktreeBirth: readWorktreeBirth(worktree) ?? '',
    branch: null,
    place: null,
    runtime: 'embedded',
    runtimeReason: 'a test',
    state: 'starting',
    startedAt: new Date().toISOString(),
    readyMs: null,
    basePort,
    token,
    starter: null,
    keeper: null,
    lease: { ttlMs: 3_600_000, expiresAtMs: 0 },
    dockerListen: null,
    backend: null,
    obsVersion: '0.0.0',
    limits: { memoryBytes: 64 * 1024 * 1024, retentionMs: 7 * 86_400_000 },
    redact: null,
    runs: [],
    journeys: [],
    ...over,
  };
  writeFileSync(join(dir, 'state.json'), JSON.stringify(state));
  return {
    dir,
    worktree,
    basePort,
    endpoints: makeEndpoints(basePort),
    readState: () => JSON.parse(readFileSync(join(dir, 'state.json'), 'utf8')),
    readLog: () => readFileSync(join(dir, 'keeper.log'), 'utf8'),
  };
}

/** Starts a keeper and waits until it is ready. */
export async function startKeeper(folder?: StackFolder, env: Record<string, string> = {}): Promise<RunningKeeper> {
  const stack = folder ?? (await makeStackFolder());
  const keeper = spawnKeeper(stack, env);
  const deadline = Date.now() + startTimeoutMs;
  while (stack.readState().keeper?.pid !== keeper.process.pid || stack.readState().state !== 'ready') {
    if (keeper.process.exitCode !== null || Date.now() > deadline)
      throw new Error(`the keeper did not become ready; its log:\n${stack.readLog()}`);
    await new Promise((done) => setTimeout(done, 10));
  }
  return keeper;
}

/** Starts a keeper and waits for nothing. */
export function spawnKeeper(stack: StackFolder, env: Record<string, string> = {}): RunningKeeper {
  // As in a real stack the keeper writes to an open file: a log that is written by name could come back after its folder went.
  const log = openSync(join(stack.dir, 'keeper.log'), 'a');
  const child = spawn(process.execPath, [program, '--stack-dir', stack.dir], {
    stdio: ['ignore', log, log],
    env: { ...process.env, ...env },
  });
  closeSync(log);
  const gone = new Promise<number | string>((resolve) =>
    child.once('exit', (code, signal) => resolve(code ?? signal ?? 'unknown')),
  );
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await gone;
  });
  const control: RunningKeeper['control'] = async (method, path, body) => {
    const response = await fetch(stack.endpoints.otlpHttp + path, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: await response.json() };
  };
  return { ...stack, process: child, control, gone };
}
