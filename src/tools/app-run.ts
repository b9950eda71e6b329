// obs run: boot apps of obs.yaml, or any command, instrumented.
import { z } from 'zod';
import { type AppPlan, showCommand } from '../app/plan.ts';
import { compareSettings, describeSettings } from '../app/settings.ts';
import { ObsError } from '../errors/obs-error.ts';
import type { RunRecord } from '../model/run.ts';
import { isRunning } from '../std/process-identity.ts';
import { orderApps } from './app/boot-order.ts';
import { runDetached } from './app/detached.ts';
import { type ForegroundEnd, runInForeground } from './app/foreground.ts';
import { installForApps } from './app/install.ts';
import { type PlanRequest, planApp, planCommand } from './app/plans.ts';
import { makeRunDocument, renderRun, runDocumentSchema } from './app/run-document.ts';
import { type EnsuredStack, ensureStack } from './stack/ensure.ts';
import { loadTargetConfig } from './stack/target.ts';
import { defineTool, type ToolContext } from './tool.ts';

const settleTimeoutMs = 3000;

const input = z.strictObject({
  apps: z.array(z.string()).default([]).describe('apps of obs.yaml, with all they need; default: all'),
  service: z.string().optional().describe('service.name of its telemetry; default: the name of the app'),
  ready: z
    .string()
    .optional()
    .describe('when it counts as ready: http:/path, port:NAME, log:TEXT, log:/re/, exit, none; default: first port'),
  detach: z.boolean().default(false).describe('leave it running and return when it is ready'),
  wait: z.boolean().default(true).describe('false: boot at once, although another app of this machine may be booting'),
  tty: z.boolean().default(false).describe('give the app a terminal of its own instead of pipes'),
  install: z
    .boolean()
    .default(false)
    .describe('first fetch what the language of an app needs for spans (Python, Java) into a private folder'),
  browser: z
    .boolean()
    .default(false)
    .describe('also serve its pages at a second address, with a script in them that reports loads, fetches and errors'),
  importTimes: z
    .boolean()
    .default(false)
    .describe(
      'also time the imports of Python apps, for the slowest modules of their startup (those of Node always are)',
    ),
  command: z.array(z.string()).default([]).describe('any command, instead of an app of obs.yaml'),
});

export const appRun = defineTool({
  name: 'app_run',
  purpose:
    'Boot the apps of obs.yaml (or a command) with telemetry switched on and their startup measured. Starts the stack if none runs. Agents get the answer when all are ready; the apps go on running until app_stop or stack_down.',
  input,
  output: z.object({ runs: z.array(runDocumentSchema) }),
  marks: { readOnly: false, destructive: false, openWorld: true },
  cli: {
    verb: 'run',
    positionals: ['apps'],
    afterDashes: 'command',
    examples: [
      'obs run',
      'obs run web --detach',
      'obs run -- npm start',
      'obs run --ready http:/healthz -- node app.js',
    ],
    textTo: ({ detach }) => (detach ? 'stdout' : 'stderr'),
  },
  async run({ apps, command, detach, install, ...wishes }, context) {
    failIfCommandNotAllowed(command, context);
    if (apps.length > 0 && command.length > 0)
      throw new ObsError('OBS_APP_AND_COMMAND', { apps, command: showCommand(command) });
    const detached = detach || context.caller === 'mcp';
    const ensured = await ensureStack(context);
    const loaded = await loadTargetConfig(context, ensured.worktree);
    const request: PlanRequest = { ...wishes, context, ensured, loaded, detach: detached };
    if (install) await installForApps(request, { apps, command });
    const plans = command.length > 0 ? [await planCommand(request, command)] : await planApps(request, apps);
    for (const note of describeTreatment(context.env, plans)) context.progress(note);
    const wanted = await leaveOutRunning(ensured, plans, new Set(apps));
    const ended = detached ? await runDetached(wanted, context) : await runInForeground(wanted, context);
    await ensured.stack.keeper.settle(settleTimeoutMs);
    const exit = detached ? 0 : chooseExit(ended, command.length > 0);
    return { output: { runs: ended.map(({ record }) => makeRunDocument(record)) }, exit };
  },
  render: ({ runs }, style) => runs.map((run) => renderRun(run, style)).join('\n'),
});

function failIfCommandNotAllowed(command: readonly string[], { allowCommands }: ToolContext): void {
  if (command.length > 0 && !allowCommands) {
    throw new ObsError('OBS_COMMANDS_NOT_ALLOWED', { command: command.join(' ') });
  }
}

async function planApps(request: PlanRequest, named: readonly string[]): Promise<AppPlan[]> {
  const { config, folder } = request.loaded;
  if (Object.keys(config.apps).length === 0 && named.length === 0) throw new ObsError('OBS_NO_APPS', { folder });
  const plans: AppPlan[] = [];
  for (const name of orderApps(config.apps, named)) plans.push(await planApp(request, name));
  return plans;
}

/** What becomes of the person's own settings; the same for several apps is said once. */
function describeTreatment(env: ToolContext['env'], plans: readonly AppPlan[]): string[] {
  const apps = plans.map(({ app }) => app).join(', ');
  const settings = plans.map((plan) => compareSettings(env, plan.env));
  const isSame = settings.every((one) => JSON.stringify(one) === JSON.stringify(settings[0]));
  if (isSame) return describeSettings(settings[0] ?? [], apps);
  return plans.flatMap(({ app }, at) => describeSettings(settings[at] ?? [], app));
}

/** What another app needs may run already; what was asked for by name may not. */
async function leaveOutRunning(
  { stack }: EnsuredStack,
  plans: readonly AppPlan[],
  named: ReadonlySet<string>,
): Promise<AppPlan[]> {
  const running = new Map<string, RunRecord>();
  for (const run of await stack.keeper.runs()) {
    if (run.endedAtMs === null && run.process !== null && isRunning(run.process)) running.set(run.app, run);
  }
  const clash = plans.find(({ app }) => running.has(app) && (named.has(app) || plans.length === 1));
  const found = clash && running.get(clash.app);
  const [first] = running.values();
  const all = plans.every(({ app }) => running.has(app)) ? first : undefined;
  const refused = found ?? all;
  if (refused !== undefined) {
    const { app, runId } = refused;
    throw new ObsError('OBS_APP_RUNNING', { app, runId, pid: refused.process?.pid ?? null });
  }
  return plans.filter(({ app }) => !running.has(app));
}

const signalNumbers: Readonly<Record<string, number>> = { SIGHUP: 1, SIGINT: 2, SIGQUIT: 3, SIGKILL: 9, SIGTERM: 15 };

/** A command's own code, 128 + n for a signal as shells have it; for declared apps only whether one of them failed. */
function chooseExit(ended: readonly ForegroundEnd[], isCommand: boolean): number {
  if (!isCommand) return ended.some(({ record, interrupted }) => record.state === 'failed' && !interrupted) ? 1 : 0;
  const { exitCode = 0, signal = null } = ended[0]?.record ?? {};
  return signal === null ? (exitCode ?? 0) : 128 + (signalNumbers[signal] ?? 0);
}
