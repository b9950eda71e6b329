// Why an app has no telemetry, or did not start: one reason each, with what was seen. Removing the cause removes the finding.

import { findListenerPid } from '../../std/listening-ports.ts';
import { readCommandLine } from '../../std/process-identity.ts';
import { formatDurationMs } from '../../std/quantity.ts';
import { type AppEvidence, gatherApps } from './app-evidence.ts';
import { type Check, fail, note, ok, warn } from './check.ts';

type Finding = Awaited<ReturnType<Check['run']>>[number];
type Reason = (app: AppEvidence) => Finding | undefined;

/** How long an app that serves may be silent before that is worth a word. */
const silentAfterMs = 5000;

export const appChecks: readonly Check[] = [
  {
    name: 'apps',
    run: async ({ stack, context }) => {
      if (stack === undefined) return [];
      return (await gatherApps(stack, context.nowMs())).flatMap(judgeApp);
    },
  },
];

/** All reasons that hold for an app; that all is well where none does. */
export function judgeApp(app: AppEvidence): Finding[] {
  const found = reasons.flatMap((reason) => reason(app) ?? []);
  const silence = found.length === 0 ? explainSilence(app) : undefined;
  if (silence !== undefined) return [silence];
  if (found.length > 0) return found;
  const { run, spans } = app;
  return [ok(`${run.app} (run ${run.runId}) is ${run.state}; it sent ${spans} spans`)];
}

// The start first: an app that never ran sends nothing, and needs no further reason.
const reasons: readonly Reason[] = [
  explainPortTaken,
  explainCrash,
  explainEarlyEnd,
  explainNeverReady,
  explainSwitchedOff,
  explainSampler,
  explainExporter,
  explainEndpoint,
  explainProtocol,
  explainOwnSdk,
];

function explainPortTaken({ run, evidence }: AppEvidence): Finding | undefined {
  const line = evidence?.lastLines.find((one) => /EADDRINUSE|address already in use/i.test(one));
  if (line === undefined || run.readyAtMs !== null) return undefined;
  const port = Number(/:(\d{2,5})\b/.exec(line)?.[1] ?? Object.values(run.ports)[0]);
  const pid = findListenerPid(port);
  const holder = pid === undefined ? 'nobody any more' : `process ${pid}: ${readCommandLine(pid) ?? 'unknown'}`;
  return fail(
    `${run.app} could not listen: "${line.trim()}"; port ${port} is held by ${holder}`,
    pid === undefined ? `obs run ${run.app}` : `kill ${pid}`,
  );
}

function explainCrash(app: AppEvidence): Finding | undefined {
  const { run, evidence } = app;
  const failed = run.readyAtMs === null && run.state === 'failed' && evidence?.outcome === 'exited';
  if (!failed || run.exitCode === 0 || explainPortTaken(app) !== undefined) return undefined;
  const how = run.signal ?? `exit code ${run.exitCode}`;
  const error =
    evidence?.lastLines.find((line) => /\b\w*(?:Error|Exception)\b/.test(line)) ?? evidence?.lastLines.at(-1);
  return fail(`${run.app} crashed before it was ready (${how}): ${error ?? 'it wrote nothing'}`, run.command);
}

function explainEarlyEnd({ run, evidence }: AppEvidence): Finding | undefined {
  if (run.readyAtMs !== null || run.exitCode !== 0 || evidence?.outcome !== 'exited') return undefined;
  const lived = formatDurationMs(Math.round((run.endedAtMs ?? run.startedAtMs) - run.startedAtMs));
  return warn(
    `${run.app} ended with code 0 after ${lived}, before it listened on a port: there was nothing to observe`,
    `obs run --ready exit -- ${run.command}`,
  );
}

function explainNeverReady({ run, evidence }: AppEvidence): Finding | undefined {
  if (run.readyAtMs !== null || evidence?.outcome !== 'timeout') return undefined;
  const last = evidence.lastLines.at(-1);
  return fail(
    `${run.app} never became ready: waited for ${evidence.waitedFor}; its last line was ${last ?? 'none'}`,
    `obs run --ready none -- ${run.command}`,
  );
}

function explainSwitchedOff({ run, evidence, spans }: AppEvidence): Finding | undefined {
  const value = evidence?.telemetryEnv.OTEL_SDK_DISABLED;
  if (value?.toLowerCase() !== 'true') return undefined;
  return fail(
    `${run.app} runs with OTEL_SDK_DISABLED=${value}: no SDK sends anything, and ${spans} spans arrived`,
    'unset OTEL_SDK_DISABLED',
  );
}

function explainSampler({ run, evidence, spans }: AppEvidence): Finding | undefined {
  const { OTEL_TRACES_SAMPLER: sampler = '', OTEL_TRACES_SAMPLER_ARG: ratio = '' } = evidence?.telemetryEnv ?? {};
  const isOff = /always_off$/.test(sampler) || (/ratio$/.test(sampler) && Number(ratio) === 0 && ratio !== '');
  if (!isOff || spans > 0) return undefined;
  const detail = `${run.app} runs with OTEL_TRACES_SAMPLER=${sampler} ${ratio}`.trim();
  return fail(`${detail}: every span is thrown away, and none arrived`, 'unset OTEL_TRACES_SAMPLER');
}

function explainExporter({ run, evidence, spans }: AppEvidence): Finding | undefined {
  const exporter = evidence?.telemetryEnv.OTEL_TRACES_EXPORTER;
  if (exporter === undefined || /\botlp\b/.test(exporter)) return undefined;
  return fail(
    `${run.app} runs with OTEL_TRACES_EXPORTER=${exporter}: spans go elsewhere, and ${spans} arrived`,
    'unset OTEL_TRACES_EXPORTER',
  );
}

/** The endpoint for spans that is not this stack's, and the variable that says so. */
function findForeignEndpoint({ evidence, endpoint }: AppEvidence): { name: string; value: string } | undefined {
  const env = evidence?.telemetryEnv ?? {};
  const names = ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT'];
  const name = names.find((one) => env[one] !== undefined);
  const value = name === undefined ? undefined : env[name];
  if (name === undefined || value === undefined || value.startsWith(endpoint)) return undefined;
  return { name, value };
}

function explainEndpoint(app: AppEvidence): Finding | undefined {
  const foreign = findForeignEndpoint(app);
  if (foreign === undefined || foreign.value.startsWith(app.grpcEndpoint)) return undefined;
  const { name, value } = foreign;
  return fail(
    `${app.run.app} sends to ${name}=${value}, where ${describeListener(value)}; this stack listens at ${app.endpoint}`,
    `unset ${name}`,
  );
}

function describeListener(url: string): string {
  const { hostname, port } = new URL(URL.canParse(url) ? url : 'http://unknown');
  if (!/^(?:localhost|127\.|\[::1\]$)/.test(hostname)) return 'another machine may listen';
  const pid = findListenerPid(Number(port));
  return pid === undefined ? 'nothing listens' : `process ${pid} listens: ${readCommandLine(pid) ?? 'unknown'}`;
}

// HTTP on the port of gRPC; the other way round works.
function explainProtocol(app: AppEvidence): Finding | undefined {
  const { run, evidence, endpoint, grpcEndpoint, spans, refusals } = app;
  const env = evidence?.telemetryEnv ?? {};
  const foreign = findForeignEndpoint(app);
  const name = 'OTEL_EXPORTER_OTLP_PROTOCOL';
  const protocol = env.OTEL_EXPORTER_OTLP_TRACES_PROTOCOL ?? env[name] ?? 'http/protobuf';
  if (foreign?.value.startsWith(grpcEndpoint) !== true || protocol === 'grpc') return undefined;
  const refused = refusals.findLast(({ path }) => path.startsWith('/v1/'));
  const seen = refused === undefined ? `${spans} spans arrived` : `${refused.path} was answered ${refused.status}`;
  return fail(
    `${run.app} speaks ${protocol} to ${foreign.value}, which is the port of gRPC: ${seen}; HTTP goes to ${endpoint}`,
    `unset ${foreign.name}`,
  );
}

function explainOwnSdk({ run, evidence, spans }: AppEvidence): Finding | undefined {
  const sdk = evidence?.startups.find((startup) => startup.stoodBackFor !== null)?.stoodBackFor;
  if (sdk == null) return undefined;
  const detail = `${run.app} brings its own ${sdk}, so obs stands back`;
  if (spans > 0) return note(`${detail}; its spans arrive`);
  return warn(
    `${detail}, and none of its spans arrived: its exporter must read OTEL_EXPORTER_OTLP_ENDPOINT`,
    'obs env',
  );
}

function explainSilence(app: AppEvidence): Finding | undefined {
  const { run, evidence, spans, nowMs } = app;
  const isOld = run.endedAtMs !== null || nowMs - run.startedAtMs > silentAfterMs;
  if (spans > 0 || !isOld || run.readyAtMs === null) return undefined;
  if (evidence?.startups.length === 0) {
    const detail = `${run.app} has no process that obs instruments, and none of its spans arrived: see what its language needs`;
    return warn(detail, `obs doctor -- ${run.command}`);
  }
  const url = Object.values(run.ports)[0];
  return note(
    `${run.app} is instrumented but has sent no span: nobody has asked it anything${url ? ` on port ${url}` : ''}`,
  );
}
