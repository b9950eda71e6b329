// `obs run` in the foreground: the apps' output on the terminal, its signals to the apps, until all have ended.

import type { OutputStream } from '../../app/output/capture.ts';
import { LineSplitter } from '../../app/output/line-splitter.ts';
import type { AppPlan } from '../../app/plan.ts';
import { recordStartup } from '../../app/startup/startup-span.ts';
import { type RunningApp, superviseApp } from '../../app/supervise.ts';
import type { RunRecord } from '../../model/run.ts';
import { Interruption, type ToolContext } from '../tool.ts';
import { makeRunDocument, renderRun } from './run-document.ts';

export interface ForegroundEnd {
  readonly record: RunRecord;
  /** It was ended from outside, by Ctrl-C for example. */
  readonly interrupted: boolean;
}

/** Boots the plans one after the other and waits for the end of all of them. */
export async function runInForeground(plans: readonly AppPlan[], context: ToolContext): Promise<ForegroundEnd[]> {
  const running: RunningApp[] = [];
  const passOn = (): void => {
    const signal = readSignal(context.signal);
    for (const app of [...running].reverse()) void app.stop(signal);
  };
  context.signal.addEventListener('abort', passOn);
  try {
    for (const plan of plans) {
      const app = await superviseApp(plan, {
        show: makeShow(context, plans.length > 1 ? plan.app : undefined),
        input: plans.length === 1 ? 'inherited' : 'none',
        nowMs: context.nowMs,
        progress: context.progress,
        signal: context.signal,
      });
      running.push(app);
      if (app.record().state === 'ready') announce(app, context);
    }
    await recordStartups(running);
    const records = await Promise.all(running.map((app) => app.ended));
    warnOfLostLogs(running, context);
    return records.map((record) => ({ record, interrupted: context.signal.aborted }));
  } catch (error) {
    await Promise.all(running.map((app) => app.stop()));
    await Promise.all(running.map((app) => app.ended));
    throw error;
  } finally {
    context.signal.removeEventListener('abort', passOn);
  }
}

async function recordStartups(apps: readonly RunningApp[]): Promise<void> {
  for (const app of apps) {
    const startup = app.startup();
    if (startup !== null) await recordStartup(app.plan, startup);
  }
}

function announce(app: RunningApp, { progress }: ToolContext): void {
  progress(renderRun(makeRunDocument(app.record()), { colour: false, columns: 80, compact: true }));
}

function warnOfLostLogs(apps: readonly RunningApp[], { progress }: ToolContext): void {
  for (const app of apps) {
    const lost = app.lostLogs();
    if (lost > 0) progress(`${lost} lines of ${app.plan.app} did not reach the keeper; see obs status`);
  }
}

function readSignal(signal: AbortSignal): NodeJS.Signals | undefined {
  return signal.reason instanceof Interruption ? (signal.reason.signalName ?? undefined) : undefined;
}

/** Bytes as they are for one app; lines with the app's name before them for several. */
function makeShow({ terminal }: ToolContext, prefix: string | undefined) {
  if (terminal === undefined) return () => undefined;
  if (prefix === undefined) return (chunk: Buffer, stream: OutputStream) => void terminal[stream].write(chunk);
  const prefixed = (stream: OutputStream): LineSplitter =>
    new LineSplitter((line) => terminal[stream].write(`${prefix} | ${line}\n`));
  const splitters = { stdout: prefixed('stdout'), stderr: prefixed('stderr') };
  return (chunk: Buffer, stream: OutputStream) => splitters[stream].push(chunk);
}
