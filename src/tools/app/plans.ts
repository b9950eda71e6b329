// From obs.yaml or a command line to plans that can be booted.
import { readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { makeEnvironment } from '../../app/environment.ts';
import type { LaunchRequest } from '../../app/languages/launch.ts';
import { planInstrumentation, sendsLines } from '../../app/languages/list.ts';
import type { AppPlan } from '../../app/plan.ts';
import type { AppConfig } from '../../config/app.ts';
import { type AppPorts, assignAppPorts, expandAppUrls, makeAppUrls } from '../../config/app-ports.ts';
import type { LoadedConfig } from '../../config/config.ts';
import { defaultReadyTimeoutMs, findReadyProblem, parseReadyCondition } from '../../config/ready.ts';
import { ObsError } from '../../errors/obs-error.ts';
import { makeRunId } from '../../model/ids.ts';
import { appPortCount, portRange } from '../../model/ports.ts';
import { makeIdentity } from '../stack/document.ts';
import type { EnsuredStack } from '../stack/ensure.ts';
import { findPreload, makeDepot } from '../stack/preload.ts';
import type { ToolContext } from '../tool.ts';

export interface PlanRequest {
  readonly context: ToolContext;
  readonly ensured: EnsuredStack;
  readonly loaded: LoadedConfig;
  readonly detach: boolean;
  /** False: boot at once, though another app may be booting. */
  readonly wait: boolean;
  /** Give the app a terminal of its own. */
  readonly tty?: boolean;
  /** Open the second address for browsers, also where obs.yaml does not ask for it. */
  readonly browser?: boolean;
  /** Have Python time its imports. */
  readonly importTimes?: boolean;
  /** `--service` and `--ready`, if given. */
  readonly service?: string;
  readonly ready?: string;
}

/** The plan of an app that obs.yaml declares. */
export async function planApp(request: PlanRequest, name: string): Promise<AppPlan> {
  const { apps } = request.loaded.config;
  // Names come from the keys of this very record.
  const app = apps[name] as AppConfig;
  const allPorts = assignAppPorts(apps, request.ensured.stack.state.basePort);
  const urls = makeAppUrls(allPorts);
  const expand = (text: string): string => expandAppUrls(text, urls);
  return finishPlan(request, {
    app: name,
    service: request.service ?? app.service ?? name,
    command: typeof app.command === 'string' ? expand(app.command) : app.command.map(expand),
    cwd: resolve(request.loaded.folder, app.cwd),
    env: Object.fromEntries(Object.entries(app.env).map(([key, value]) => [key, expand(value)])),
    ports: allPorts[name] ?? {},
    ready: chooseReady(request.ready, app.ready),
    readyIsRequired: true,
    metricsPage: app.metrics === undefined ? null : expand(app.metrics),
    frontPort: request.browser || app.browser ? chooseFrontPort(request, Object.keys(apps).indexOf(name)) : null,
    stop: { signal: app.stop.signal, timeoutMs: app.stop.timeout },
  });
}

/** The plan of a command that was given after `--`. */
export async function planCommand(request: PlanRequest, command: readonly string[]): Promise<AppPlan> {
  const { context, detach, ready } = request;
  const name = request.service ?? context.env.OTEL_SERVICE_NAME ?? nameFolder(context.cwd);
  return finishPlan(request, {
    app: name,
    service: name,
    command: [...command],
    cwd: context.cwd,
    env: {},
    ports: {},
    ready: chooseReady(ready, { condition: { kind: 'first-port' }, timeoutMs: defaultReadyTimeoutMs }),
    // A command that never listens (a test run, a script) is fine unless somebody waits for it.
    readyIsRequired: detach || ready !== undefined,
    metricsPage: null,
    frontPort: request.browser ? chooseFrontPort(request, 0) : null,
    stop: { signal: 'SIGTERM', timeoutMs: 5000 },
  });
}

type PlanParts = Pick<
  AppPlan,
  'app' | 'service' | 'command' | 'cwd' | 'env' | 'ready' | 'readyIsRequired' | 'metricsPage' | 'frontPort' | 'stop'
> & { readonly ports: AppPorts };

async function finishPlan(request: PlanRequest, parts: PlanParts): Promise<AppPlan> {
  const { context, ensured, detach, wait, tty = false, importTimes = false } = request;
  failIfPortUnknown(parts.ready.condition, parts.ports);
  const { stack, worktree, root } = ensured;
  const runId = makeRunId(context.nowMs());
  const runDir = join(stack.paths.dir, 'apps', runId);
  const identity = makeIdentity(stack, worktree);
  const inherited = { ...context.env, ...parts.env };
  const telemetry = makeEnvironment({
    endpoints: stack.endpoints,
    identity: { ...identity, runId },
    service: parts.service,
    preload: findPreload(),
    inherited,
  });
  const instrumented = await instrument(request, { ...parts, env: inherited });
  const env = {
    ...inherited,
    ...makeTerminalEnv(context),
    ...printPorts(parts.ports),
    ...telemetry,
    ...instrumented,
    ...(importTimes ? { OBS_IMPORT_TIMES: '1' } : {}),
    ...keepDeclared(parts.env),
  };
  return {
    ...parts,
    runId,
    env: { ...dropUndefined(env), OBS_SPOOL: join(runDir, 'spool') },
    sendsLines: await sendsLines({ ...parts, env }),
    detached: detach,
    takesTurn: wait,
    terminal: tty,
    identity,
    otlpHttp: stack.endpoints.otlpHttp,
    loki: stack.endpoints.loki,
    token: stack.state.token,
    turnLock: join(root, 'boot.lock'),
    runDir,
  };
}

/** From the end of the worktree's block, where the ports of apps come last. */
function chooseFrontPort({ ensured }: PlanRequest, index: number): number {
  return ensured.stack.state.basePort + portRange.blockSize - 1 - (index % appPortCount);
}

/** The environment that the languages of the command ask for; says what is missing. */
async function instrument({ context, ensured }: PlanRequest, launch: LaunchRequest & { readonly app: string }) {
  const found = await planInstrumentation(launch, makeDepot(ensured.root));
  for (const { missing } of found) {
    if (missing !== null) context.progress(`${launch.app}: ${missing.what}; for spans: ${missing.fix}`);
  }
  return Object.assign({}, ...found.map(({ env }) => env)) as Record<string, string>;
}

function chooseReady(spec: string | undefined, declared: AppPlan['ready']): AppPlan['ready'] {
  if (spec === undefined) return declared;
  const condition = parseReadyCondition(spec);
  if (condition === undefined) throw new ObsError('OBS_BAD_READY', { spec });
  const problem = findReadyProblem(condition);
  if (problem !== undefined) throw new ObsError('OBS_BAD_READY', { spec, problem });
  return { condition, timeoutMs: declared.timeoutMs };
}

const maxPort = 65_535;

/** A port that an app waits for is a number, or the name of one of its own. */
function failIfPortUnknown(condition: AppPlan['ready']['condition'], ports: AppPorts): void {
  if (condition.kind !== 'port' || condition.port in ports) return;
  const number = Number(condition.port);
  if (Number.isInteger(number) && number > 0 && number <= maxPort) return;
  const names = Object.keys(ports);
  const problem = `Its port is ${names.length === 0 ? '' : `one of ${names.join(', ')}, or `}a number up to ${maxPort}.`;
  throw new ObsError('OBS_BAD_READY', { spec: `port:${condition.port}`, problem });
}

/** Lists that telemetry extends rather than replaces; what obs.yaml says is in them already. */
const extended = new Set([
  'NODE_OPTIONS',
  'OTEL_RESOURCE_ATTRIBUTES',
  'OTEL_SEMCONV_STABILITY_OPT_IN',
  'NO_PROXY',
  'no_proxy',
]);

/** Where obs.yaml sets a variable of OpenTelemetry for one app, that was meant. */
function keepDeclared(env: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.startsWith('OTEL_') && !extended.has(name)));
}

/** An app whose output passes through a pipe still writes at once, and in colours where a person looks on. */
function makeTerminalEnv({ env, terminal }: ToolContext): Record<string, string> {
  const colours = terminal?.isTty === true && env.NO_COLOR === undefined && env.FORCE_COLOR === undefined;
  return { ...(colours ? { FORCE_COLOR: '1' } : {}), PYTHONUNBUFFERED: env.PYTHONUNBUFFERED ?? '1' };
}

function printPorts(ports: AppPorts): Record<string, string> {
  return Object.fromEntries(Object.entries(ports).map(([variable, port]) => [variable, String(port)]));
}

function dropUndefined(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((pair): pair is [string, string] => pair[1] !== undefined));
}

/** The name in package.json without its scope, else that of the folder. */
function nameFolder(folder: string): string {
  try {
    const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown };
    if (typeof name === 'string' && name !== '') return name.replace(/^@[^/]*\//, '');
  } catch {
    // No package, or a broken one, which is the app's own business.
  }
  return basename(folder) || 'app';
}
