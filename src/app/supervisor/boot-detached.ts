// Starts a supervisor process for one app and waits until it says that the app is ready.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type ErrorCode, type ErrorData, ObsError } from '../../errors/obs-error.ts';
import { findDistFile } from '../../std/package-root.ts';
import type { AppPlan } from '../plan.ts';
import { type SupervisorMessage, supervisorMessageSchema } from './messages.ts';
import { pickInherited, writePlanFile } from './plan-file.ts';

export interface BootOptions {
  readonly signal: AbortSignal;
  readonly progress: (line: string) => void;
}

export type BootedApp = Extract<SupervisorMessage, { readonly kind: 'ready' }>;

/**
 * Boots a plan in a process that outlives this one; resolves with its record and startup once it is ready.
 * @throws what superviseApp throws, and OBS_SUPERVISOR_FAILED
 */
export async function bootDetached(plan: AppPlan, { signal, progress }: BootOptions): Promise<BootedApp> {
  mkdirSync(plan.runDir, { recursive: true, mode: 0o700 });
  const planFile = join(plan.runDir, 'plan.json');
  const env = pickInherited(process.env);
  writePlanFile(planFile, plan, env);
  const log = join(plan.runDir, 'supervisor.log');
  const child = startSupervisor(plan, { planFile, log, env });
  // Both ends of a pipe exist for a child that was asked for one.
  const messages = child.stdout as Readable;
  const endIt = (): void => void child.kill('SIGTERM');
  signal.addEventListener('abort', endIt);
  try {
    const last = await readUntilDecided(messages, progress);
    if (last?.kind === 'ready') return last;
    signal.throwIfAborted();
    throw makeError(plan, last, log);
  } finally {
    signal.removeEventListener('abort', endIt);
    messages.destroy();
    child.unref();
  }
}

interface SupervisorStart {
  readonly planFile: string;
  readonly log: string;
  readonly env: NodeJS.ProcessEnv;
}

function startSupervisor(plan: AppPlan, { planFile, log, env }: SupervisorStart) {
  const errors = openSync(log, 'a', 0o600);
  try {
    return spawn(process.execPath, [findDistFile('supervisor.js'), planFile], {
      cwd: plan.runDir,
      detached: true,
      stdio: ['ignore', 'pipe', errors],
      env,
    });
  } finally {
    closeSync(errors);
  }
}

async function readUntilDecided(
  messages: Readable,
  progress: (line: string) => void,
): Promise<Exclude<SupervisorMessage, { kind: 'progress' }> | undefined> {
  for await (const line of createInterface({ input: messages })) {
    const message = supervisorMessageSchema.parse(JSON.parse(line));
    if (message.kind !== 'progress') return message;
    progress(message.line);
  }
  return undefined;
}

function makeError(plan: AppPlan, last: SupervisorMessage | undefined, log: string): Error {
  if (last?.kind === 'failed' && last.code !== null) {
    // The supervisor is the same version of the same code, and sent code and data of one ObsError.
    return new ObsError(last.code as ErrorCode, last.data as ErrorData<ErrorCode>);
  }
  const reason = last?.kind === 'failed' ? last.message : 'it said nothing';
  return new ObsError('OBS_SUPERVISOR_FAILED', { app: plan.app, reason, log });
}
