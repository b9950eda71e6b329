// Starts the app's own process, as leader of a process group, so that all of it can be signalled at once.
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { isatty } from 'node:tty';
import { ObsError } from '../errors/obs-error.ts';
import { readErrorCode } from '../std/error-code.ts';
import { type AppPlan, showCommand } from './plan.ts';

export type AppInput = 'none' | 'inherited';

/** Spawns the command of a plan. @throws OBS_COMMAND_NOT_FOUND */
export async function spawnApp(plan: AppPlan, input: AppInput): Promise<ChildProcess> {
  const { command, cwd, env } = plan;
  // A group in the background that reads from a terminal is stopped by the kernel.
  const stdin = input === 'inherited' && !isatty(0) ? 'inherit' : 'ignore';
  const options: SpawnOptions = { cwd, env, detached: true, stdio: [stdin, 'pipe', 'pipe'] };
  const child =
    typeof command === 'string'
      ? spawn(command, { ...options, shell: true })
      : // The schema asks for at least one word.
        spawn(command[0] as string, command.slice(1), options);
  try {
    await new Promise<void>((resolve, reject) => {
      child.once('spawn', resolve);
      child.once('error', reject);
    });
  } catch (error) {
    const reason = readErrorCode(error) === 'ENOENT' ? 'there is no such program or folder' : String(error);
    const name = typeof command === 'string' ? showCommand(command) : (command[0] ?? '');
    throw new ObsError('OBS_COMMAND_NOT_FOUND', { command: name, reason, cwd }, { cause: error });
  }
  return child;
}
