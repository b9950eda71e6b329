// Starts the app's own process, as leader of a process group, so that all of it can be signalled at once.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { isatty } from 'node:tty';
import { ObsError } from '../errors/obs-error.ts';
import { readErrorCode } from '../std/error-code.ts';
import { type AppPlan, showCommand } from './plan.ts';
import { chooseStarted } from './spawn-command.ts';

export type AppInput = 'none' | 'inherited';

/** Spawns the command of a plan. @throws OBS_COMMAND_NOT_FOUND */
export async function spawnApp(plan: AppPlan, input: AppInput): Promise<ChildProcess> {
  const { command, cwd, env } = plan;
  // A group in the background that reads from a terminal is stopped by the kernel.
  const stdin = input === 'inherited' && !isatty(0) ? 'inherit' : 'ignore';
  const { file, args, shell } = chooseStarted(plan, process.platform);
  const options: SpawnOptions = { cwd, env, detached: true, stdio: [stdin, 'pipe', 'pipe'], shell };
  const child = spawn(file, args, options);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (error) {
    const reason = readErrorCode(error) === 'ENOENT' ? 'there is no such program or folder' : String(error);
    const name = shell ? showCommand(command) : file;
    throw new ObsError('OBS_COMMAND_NOT_FOUND', { command: name, reason, cwd }, { cause: error });
  }
  return child;
}
