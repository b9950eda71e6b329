// What doctor says about Node versions, proxies and settings that lead telemetry astray.
import { describe, expect, test } from 'vitest';
import { checkNode, checkProxy, checkTelemetrySettings, joinRuns } from './stack-checks.ts';

test.each([
  ['20.19.0', 'ok'],
  ['22.12.0', 'ok'],
  ['24.1.0', 'ok'],
  ['20.18.3', 'fail'],
  ['21.7.0', 'fail'],
  ['22.11.0', 'fail'],
  ['18.20.0', 'fail'],
])('Node %s is %s', (version, status) => {
  expect(checkNode(version).status).toBe(status);
});

test('what several runs of a service sent in one way is one arrival', () => {
  const one = {
    signal: 'traces',
    service: 'web',
    protocol: 'otlp-grpc',
    records: 2,
    firstAtMs: 1,
    lastAtMs: 5,
  } as const;
  const joined = joinRuns([
    { ...one, runId: 'r-1' },
    { ...one, runId: 'r-2', records: 3, lastAtMs: 4 },
    { ...one, runId: 'r-2', signal: 'logs' },
    { ...one, runId: 'r-3', service: 'api' },
  ]);
  expect(joined.map(({ service, signal, records, lastAtMs }) => [service, signal, records, lastAtMs])).toEqual([
    ['api', 'traces', 2, 5],
    ['web', 'traces', 5, 5],
    ['web', 'logs', 2, 5],
  ]);
});

describe('a proxy', () => {
  test.each([
    ['none', {}, 0],
    ['one with 127.0.0.1 excepted', { HTTP_PROXY: 'http://p', NO_PROXY: 'x, 127.0.0.1' }, 0],
    ['one with everything excepted', { http_proxy: 'http://p', no_proxy: '*' }, 0],
    ['one without exception', { http_proxy: 'http://p', NO_PROXY: 'localhost' }, 1],
  ])('%s', (_name, env, findings) => {
    expect(checkProxy(env)).toHaveLength(findings);
  });
});

describe('telemetry settings', () => {
  const cases: { name: string; env: Record<string, string>; details: unknown[] }[] = [
    { name: 'none', env: {}, details: [] },
    { name: 'those of this stack', env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:1' }, details: [] },
    {
      name: 'another endpoint',
      env: { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://far' },
      details: [/http:\/\/far, not this/],
    },
    { name: 'a disabled SDK', env: { OTEL_SDK_DISABLED: 'TRUE' }, details: [/no SDK sends anything/] },
    {
      name: 'an SDK that is on',
      env: { OTEL_SDK_DISABLED: 'false', OTEL_TRACES_EXPORTER: 'console,otlp' },
      details: [],
    },
    { name: 'an exporter of none', env: { OTEL_LOGS_EXPORTER: 'none' }, details: [/logs go elsewhere/] },
    { name: 'a sampler', env: { OTEL_TRACES_SAMPLER: 'traceidratio' }, details: [/traces may be left out/] },
  ];
  test.each(cases)('$name', ({ env, details }) => {
    const found = checkTelemetrySettings(env, 'http://127.0.0.1:1').map((finding) => finding.detail);
    expect(found).toEqual(details.map((detail) => expect.stringMatching(detail as RegExp)));
  });
});
