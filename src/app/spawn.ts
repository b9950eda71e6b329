// Starts the app's own process, as leader of a process group, so that all of it can be signalled at once.
import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import { ObsError } from '../errors/obs-error.ts';
import { readErrorCode } from '../std/error-code.ts';
import { closeWriters, makeOutputPipes } from './output/pipes.ts';
import { type AppPlan, showCommand } from './plan.ts';
import { chooseStarted } from './spawn-command.ts';

export type AppInput = 'none' | 'inherited';

export interface SpawnedApp {
  readonly child: ChildProcess;
  readonly output: { readonly stdout: Readable; readonly stderr: Readable };
  /** Milliseconds of the monotonic clock, from just before the spawn. */
  readonly spawnedAt: Moment;
}

export interface Moment {
  readonly monotonicMs: number;
  readonly epochMs: number;
}

export interface SpawnAppOptions {
  readonly input: AppInput;
  readonly nowMs: () => number;
}

/** Spawns the command of a plan. @throws OBS_COMMAND_NOT_FOUND */
export async function spawnApp(plan: AppPlan, { input, nowMs }: SpawnAppOptions): Promise<SpawnedApp> {
  const pipes = await makeOutputPipes(plan.runDir);
  // A group in the background that reads from a terminal is stopped by the kernel.
  const stdin = input === 'inherited' && !isatty(0) ? 'inherit' : 'ignore';
  const { file, args, shell } = chooseStarted(plan, process.platform);
  const stdio = [stdin, pipes?.stdout.writerFd ?? 'pipe', pipes?.stderr.writerFd ?? 'pipe'] as const;
  const spawnedAt = { monotonicMs: performance.now(), epochMs: nowMs() };
  const child = spawn(file, args, { cwd: plan.cwd, env: plan.env, detached: true, stdio: [...stdio], shell });
  try {
    await untilSpawned(child);
  } catch (error) {
    for (const stream of ['stdout', 'stderr'] as const) pipes?.[stream].reader.destroy();
    const reason = readErrorCode(error) === 'ENOENT' ? 'there is no such program or folder' : String(error);
    const name = shell ? showCommand(plan.command) : file;
    throw new ObsError('OBS_COMMAND_NOT_FOUND', { command: name, reason, cwd: plan.cwd }, { cause: error });
  } finally {
    closeWriters(pipes);
  }
  // A child that was asked for pipes has both.
  const output = (stream: 'stdout' | 'stderr'): Readable => pipes?.[stream].reader ?? (child[stream] as Readable);
  return { child, output: { stdout: output('stdout'), stderr: output('stderr') }, spawnedAt };
}

function untilSpawned(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', reject);
  });
}
