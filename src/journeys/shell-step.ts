// A shell step: one command line, with the trace's context in its environment (TRACEPARENT, as the OpenTelemetry
// specification "Environment Variables as Context Propagation Carriers" has it).
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import type { ShellStep } from '../config/journey.ts';
import type { StepContext, StepOutcome } from './step.ts';

const keptOutputChars = 4_000;
const shownLines = 3;
const killAfterMs = 2_000;

/** Runs the command of a step. A code other than 0, or a time-out, is a failure that shows its last lines. */
export function runShellStep(step: ShellStep, context: StepContext): Promise<StepOutcome> {
  const { span, baggage } = context;
  span.setAttributes({ 'process.command_line': step.command });
  const child = spawn('/bin/sh', ['-c', step.command], {
    cwd: resolve(context.folder, step.cwd),
    env: { ...context.env, ...step.env, TRACEPARENT: span.traceparent, BAGGAGE: baggage },
    stdio: ['ignore', 'pipe', 'pipe'],
    // A group of its own, so that a time-out ends what the shell started too.
    detached: true,
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString('utf8')).slice(-keptOutputChars);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((settle) => {
    let ended: string | null = null;
    const end = (reason: string) => {
      ended ??= reason;
      signalGroup(child.pid, 'SIGTERM');
      setTimeout(() => signalGroup(child.pid, 'SIGKILL'), killAfterMs).unref();
    };
    const onAbort = () => end('it was interrupted');
    const timer = setTimeout(() => end(`it took longer than ${step.timeoutMs} ms`), step.timeoutMs);
    context.signal.addEventListener('abort', onAbort, { once: true });
    const finish = (failure: string | null) => {
      clearTimeout(timer);
      context.signal.removeEventListener('abort', onAbort);
      settle({ failure });
    };
    child.on('error', (error) => finish(`${step.command}: ${error.message}`));
    child.on('close', (code, signal) => {
      span.setAttributes({ 'process.exit.code': code ?? -1 });
      const reason = ended ?? (signal === null ? `it exited with code ${code}` : `it was ended by ${signal}`);
      finish(code === 0 && ended === null ? null : `${step.command}: ${reason}${describeOutput(output)}`);
    });
  });
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone, which is what was wanted.
  }
}

function describeOutput(output: string): string {
  const lines = output.trimEnd().split('\n').filter(Boolean).slice(-shownLines);
  return lines.length === 0 ? '' : `; its last lines: ${lines.join(' ⏎ ')}`;
}
