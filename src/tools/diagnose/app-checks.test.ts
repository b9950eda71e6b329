// Ten broken set-ups get ten different reasons, each with what was seen; a healthy one gets none.
import { expect, test } from 'vitest';
import type { Evidence } from '../../app/evidence.ts';
import type { RunRecord } from '../../model/run.ts';
import { judgeApp } from './app-checks.ts';

const mark = { pid: 1, startTime: '1', bootId: 'b' };
const run: RunRecord = {
  runId: 'r-1',
  app: 'web',
  service: 'web',
  command: 'node app.js',
  cwd: '/app',
  state: 'ready',
  detached: true,
  process: mark,
  supervisor: mark,
  startedAtMs: 1_000_000,
  readyAtMs: 1_000_300,
  startupMs: 300,
  phases: [],
  endedAtMs: null,
  exitCode: null,
  signal: null,
  ports: { PORT: 21_320 },
  branch: null,
  commit: null,
};
const startup: Evidence['startups'][number] = {
  pid: 2,
  program: '/app/app.js',
  originMs: 1_000_010,
  bootedMs: 20,
  preloadStartMs: 20,
  preloadEndMs: 22,
  mainLoadedMs: 200,
  slowestModules: [],
  stoodBackFor: null,
};
const endpoint = 'http://127.0.0.1:21315';
const evidence: Evidence = {
  outcome: 'ready',
  waitedFor: 'the first port it listens on',
  telemetryEnv: { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint },
  startups: [startup],
  lastLines: ['listening'],
};
const grpcEndpoint = 'http://127.0.0.1:21316';
const refusal = { atMs: 1_001_000, path: '/v1/traces', status: 404, reason: 'gRPC only', remote: null };
const healthy = { run, evidence, spans: 5, endpoint, grpcEndpoint, refusals: [refusal], nowMs: 1_060_000 };
const withEnv = (env: Record<string, string>) => ({
  evidence: { ...evidence, telemetryEnv: { ...evidence.telemetryEnv, ...env } },
  spans: 0,
});
const unready = { readyAtMs: null, startupMs: null, state: 'failed', endedAtMs: 1_000_150 } as const;
const ended = (exitCode: number, lastLines: string[]) => ({
  run: { ...run, ...unready, exitCode },
  evidence: { ...evidence, outcome: 'exited' as const, lastLines },
  spans: 0,
});

const setups: { name: string; over: Partial<typeof healthy>; status: string; reason: string }[] = [
  { name: 'nothing is wrong', over: {}, status: 'ok', reason: 'it sent 5 spans' },
  {
    name: 'a wrong endpoint',
    over: withEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318' }),
    status: 'fail',
    reason: 'OTEL_EXPORTER_OTLP_ENDPOINT=http://127.0.0.1:4318',
  },
  {
    name: 'a wrong protocol',
    over: withEnv({ OTEL_EXPORTER_OTLP_ENDPOINT: grpcEndpoint, OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf' }),
    status: 'fail',
    reason: 'which is the port of gRPC: /v1/traces was answered 404',
  },
  {
    name: 'a disabled SDK',
    over: withEnv({ OTEL_SDK_DISABLED: 'true' }),
    status: 'fail',
    reason: 'OTEL_SDK_DISABLED=true',
  },
  {
    name: 'a sampler that drops everything',
    over: withEnv({ OTEL_TRACES_SAMPLER: 'traceidratio', OTEL_TRACES_SAMPLER_ARG: '0' }),
    status: 'fail',
    reason: 'OTEL_TRACES_SAMPLER=traceidratio 0',
  },
  {
    name: 'an exporter to elsewhere',
    over: withEnv({ OTEL_TRACES_EXPORTER: 'console' }),
    status: 'fail',
    reason: 'OTEL_TRACES_EXPORTER=console',
  },
  {
    name: 'a port that somebody else has',
    over: ended(1, ['Error: listen EADDRINUSE: address already in use 127.0.0.1:1']),
    status: 'fail',
    reason: 'could not listen: "Error: listen EADDRINUSE',
  },
  {
    name: 'an SDK of its own',
    over: { evidence: { ...evidence, startups: [{ ...startup, stoodBackFor: '@opentelemetry/sdk-node' }] }, spans: 0 },
    status: 'warn',
    reason: 'brings its own @opentelemetry/sdk-node',
  },
  {
    name: 'a crash at import',
    over: ended(1, ['node:internal', "Error: Cannot find module 'nope'", 'Node.js v20']),
    status: 'fail',
    reason: "crashed before it was ready (exit code 1): Error: Cannot find module 'nope'",
  },
  {
    name: 'never ready',
    over: { run: { ...run, ...unready }, evidence: { ...evidence, outcome: 'timeout' }, spans: 0 },
    status: 'fail',
    reason: 'never became ready: waited for the first port it listens on; its last line was listening',
  },
  { name: 'an end at once', over: ended(0, []), status: 'warn', reason: 'ended with code 0 after 150ms' },
  {
    name: 'no process that is instrumented',
    over: { evidence: { ...evidence, startups: [] }, spans: 0 },
    status: 'warn',
    reason: 'no process that obs instruments',
  },
  { name: 'nobody who asked anything', over: { spans: 0 }, status: 'note', reason: 'has sent no span' },
];

test.each(setups)('$name', ({ over, status, reason }) => {
  const found = judgeApp({ ...healthy, ...over });
  expect(found.map((finding) => finding.status)).toEqual([status]);
  expect(found[0]?.detail).toContain(reason);
});
