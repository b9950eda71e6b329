// A process that supervises one detached app: `node supervisor.js PLAN`. It tells the verb that started it when the app is
// ready, and then lives as long as the app does. SIGTERM ends both.
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { ObsError } from '../../errors/obs-error.ts';
import { type RunningApp, superviseApp } from '../supervise.ts';
import type { SupervisorMessage } from './messages.ts';
import { readPlanFile } from './plan-file.ts';

/** What an app wrote is in the keeper; this file only serves `tail -f` and a look after the fact. */
const maxLogBytes = 10 * 1024 * 1024;

async function main(planFile: string): Promise<void> {
  const plan = readPlanFile(planFile, process.env);
  const abort = new AbortController();
  let app: RunningApp | undefined;
  const end = (): void => {
    if (app === undefined) abort.abort();
    else void app.stop();
  };
  process.on('SIGTERM', end);
  process.on('SIGINT', end);
  process.on('SIGHUP', () => undefined);
  // The verb that reads it goes away once the app is ready.
  process.stdout.on('error', () => undefined);
  try {
    app = await superviseApp(plan, {
      show: makeLogWriter(join(plan.runDir, 'output.log')),
      input: 'none',
      nowMs: Date.now,
      progress: (line) => tell({ kind: 'progress', line }),
      signal: abort.signal,
    });
    tell({ kind: 'ready', record: app.record(), startup: app.startup() });
    await app.ended;
  } catch (error) {
    tell(describe(error));
    process.exitCode = 1;
  }
}

function tell(message: SupervisorMessage): void {
  if (process.stdout.writable) process.stdout.write(`${JSON.stringify(message)}\n`);
}

function describe(error: unknown): SupervisorMessage {
  if (error instanceof ObsError) {
    return { kind: 'failed', code: error.code, data: error.data, message: error.message };
  }
  return { kind: 'failed', code: null, data: null, message: error instanceof Error ? error.message : String(error) };
}

function makeLogWriter(file: string): (chunk: Buffer) => void {
  const log = createWriteStream(file, { flags: 'a', mode: 0o600 });
  // The folder goes with the stack; the app goes on until it is stopped.
  log.on('error', () => undefined);
  let written = 0;
  return (chunk) => {
    if (written > maxLogBytes) return;
    written += chunk.length;
    log.write(chunk);
  };
}

// Started by path with exactly one argument.
void main(process.argv[2] as string);
