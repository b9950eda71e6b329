// What `obs env` and `obs run` give an app, variable by variable.
import { describe, expect, test } from 'vitest';
import { type EnvironmentRequest, makeEnvironment } from './environment.ts';

const request: EnvironmentRequest = {
  endpoints: { otlpHttp: 'http://127.0.0.1:21313' },
  identity: { stackId: '6f1c09a2b3de', worktree: '/home/me/my shop', branch: 'feature/x,y', commit: 'c0ffee' },
  inherited: {},
};

describe('the environment of an app', () => {
  test('is exactly what the contract lists', () => {
    expect(makeEnvironment(request)).toEqual({
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:21313',
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
      OTEL_BSP_SCHEDULE_DELAY: '100',
      OTEL_BLRP_SCHEDULE_DELAY: '100',
      OTEL_METRIC_EXPORT_INTERVAL: '1000',
      OTEL_SEMCONV_STABILITY_OPT_IN: 'http,database',
      OTEL_RESOURCE_ATTRIBUTES:
        'obs.worktree=/home/me/my%20shop,obs.stack=6f1c09a2b3de,vcs.ref.head.name=feature/x%2Cy,vcs.ref.head.revision=c0ffee',
      NO_PROXY: '127.0.0.1,localhost',
      no_proxy: '127.0.0.1,localhost',
    });
  });

  const extended: { name: string; inherited: Record<string, string>; variable: string; value: string }[] = [
    {
      name: 'keeps hosts of the person in NO_PROXY',
      inherited: { NO_PROXY: 'corp.example' },
      variable: 'NO_PROXY',
      value: 'corp.example,127.0.0.1,localhost',
    },
    {
      name: 'reads the lower-case no_proxy where it is the only one',
      inherited: { no_proxy: '127.0.0.1, corp.example' },
      variable: 'no_proxy',
      value: '127.0.0.1,corp.example,localhost',
    },
    { name: 'leaves NO_PROXY=* alone', inherited: { NO_PROXY: '*' }, variable: 'NO_PROXY', value: '*' },
    {
      name: 'keeps other semantic-convention opt-ins',
      inherited: { OTEL_SEMCONV_STABILITY_OPT_IN: 'http/dup,http' },
      variable: 'OTEL_SEMCONV_STABILITY_OPT_IN',
      value: 'http/dup,http,database',
    },
    {
      name: 'keeps resource attributes of the person and replaces an older identity',
      inherited: { OTEL_RESOURCE_ATTRIBUTES: 'team=a%2Cb, obs.stack=old' },
      variable: 'OTEL_RESOURCE_ATTRIBUTES',
      value:
        'team=a%2Cb,obs.worktree=/home/me/my%20shop,obs.stack=6f1c09a2b3de,vcs.ref.head.name=feature/x%2Cy,vcs.ref.head.revision=c0ffee',
    },
  ];
  test.each(extended)('$name', ({ inherited, variable, value }) => {
    expect(makeEnvironment({ ...request, inherited })[variable]).toBe(value);
  });

  test('leaves the delays of the person as they are, and sends each signal here although it was to go elsewhere', () => {
    const inherited = {
      OTEL_BSP_SCHEDULE_DELAY: '5000',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector/v1/traces',
    };
    expect(makeEnvironment({ ...request, inherited })).toMatchObject({
      OTEL_BSP_SCHEDULE_DELAY: '5000',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://127.0.0.1:21313/v1/traces',
    });
  });

  test('names service and run when obs boots the app, and leaves out a branch that is none', () => {
    const identity = { ...request.identity, branch: null, commit: null, runId: 'r-1' };
    const made = makeEnvironment({ ...request, identity, service: 'web' });
    expect(made.OTEL_SERVICE_NAME).toBe('web');
    expect(made.OTEL_RESOURCE_ATTRIBUTES).toBe('obs.worktree=/home/me/my%20shop,obs.stack=6f1c09a2b3de,obs.run.id=r-1');
  });

  const preloads: { name: string; inherited?: string; preload: string; value: string }[] = [
    { name: 'adds the preload', preload: '/opt/p.cjs', value: '--require=/opt/p.cjs' },
    { name: 'quotes a path with a blank', preload: '/my opt/p.cjs', value: '--require="/my opt/p.cjs"' },
    {
      name: 'keeps options of the person',
      inherited: '--max-old-space-size=512',
      preload: '/opt/p.cjs',
      value: '--max-old-space-size=512 --require=/opt/p.cjs',
    },
    {
      name: 'does not add the preload twice',
      inherited: '--require=/opt/p.cjs',
      preload: '/opt/p.cjs',
      value: '--require=/opt/p.cjs',
    },
  ];
  test.each(preloads)('NODE_OPTIONS: $name', ({ inherited, preload, value }) => {
    const made = makeEnvironment({ ...request, preload, inherited: { NODE_OPTIONS: inherited } });
    expect(made.NODE_OPTIONS).toBe(value);
  });
});
