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

function explainSwitchedOff({ run, evidence }: AppEvidence): Finding | undefined {
  const value = evidence?.telemetryEnv.OTEL_SDK_DISABLED;
  if (value?.toLowerCase() !== 'true') return undefined;
  return fail(`${run.app} runs with OTEL_SDK_DISABLED=${value}: no SDK sends anything`, 'unset OTEL_SDK_DISABLED');
}

function explainSampler({ run, evidence, spans }: AppEvidence): Finding | undefined {
  const { OTEL_TRACES_SAMPLER: sampler = '', OTEL_TRACES_SAMPLER_ARG: ratio = '' } = evidence?.telemetryEnv ?? {};
  const isOff = /always_off$/.test(sampler) || (/ratio$/.test(sampler) && Number(ratio) === 0 && ratio !== '');
  if (!isOff || spans > 0) return undefined;
  const detail = `${run.app} runs with OTEL_TRACES_SAMPLER=${sampler} ${ratio}`.trim();
  return fail(`${detail}: every span is thrown away, and none arrived`, 'unset OTEL_TRACES_SAMPLER');
}

function explainExporter({ run, evidence }: AppEvidence): Finding | undefined {
  const exporter = evidence?.telemetryEnv.OTEL_TRACES_EXPORTER;
  if (exporter === undefined || /\botlp\b/.test(exporter)) return undefined;
  return fail(
    `${run.app} runs with OTEL_TRACES_EXPORTER=${exporter}: spans go elsewhere`,
    'unset OTEL_TRACES_EXPORTER',
  );
}

function explainEndpoint({ run, evidence, endpoint }: AppEvidence): Finding | undefined {
  const env = evidence?.telemetryEnv ?? {};
  for (const name of ['OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_EXPORTER_OTLP_ENDPOINT']) {
    const value = env[name];
    if (value === undefined || value.startsWith(endpoint)) continue;
    return fail(`${run.app} sends to ${name}=${value}, but this stack listens at ${endpoint}`, `unset ${name}`);
  }
  return undefined;
}

function explainProtocol({ run, evidence, spans, endpoint }: AppEvidence): Finding | undefined {
  const name = 'OTEL_EXPORTER_OTLP_PROTOCOL';
  const value = evidence?.telemetryEnv[name];
  if (value !== 'grpc' || spans > 0 || evidence?.telemetryEnv.OTEL_EXPORTER_OTLP_ENDPOINT !== endpoint)
    return undefined;
  return fail(
    `${run.app} runs with ${name}=grpc, but ${endpoint} speaks HTTP; gRPC is one port higher`,
    `unset ${name}`,
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
    const detail = `${run.app} has no Node process that obs instruments: it must bring an OpenTelemetry SDK for its language`;
    return warn(`${detail}; its environment says where to send`, 'obs env');
  }
  const url = Object.values(run.ports)[0];
  return note(
    `${run.app} is instrumented but has sent no span: nobody has asked it anything${url ? ` on port ${url}` : ''}`,
  );
}
