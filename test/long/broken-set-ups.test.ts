// Ten set-ups that are broken in ten ways, as a user meets them: doctor gives each its own reason, and none any more once the
// cause is gone.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { findPackageFile } from '../../src/std/package-root.ts';
import { Sandbox, until } from '../stack/harness.ts';

// Each case boots an app, asks it something and asks doctor.
vi.setConfig({ testTimeout: 120_000 });

const sandbox = new Sandbox();
let cwd: string;
let grpc: string;
let basePort: number;

beforeAll(async () => {
  cwd = sandbox.makeRepository('broken');
  const stack = await sandbox.up(cwd);
  grpc = stack.endpoints.otlpGrpc ?? '';
  basePort = sandbox.readState(stack.id).basePort;
  writeFileSync(join(cwd, 'serve.cjs'), serve);
  writeFileSync(join(cwd, 'own-sdk.cjs'), `${ownSdk} ${serve}`);
  mkdirSync(join(cwd, 'node_modules'));
  symlinkSync(findPackageFile('node_modules/@opentelemetry'), join(cwd, 'node_modules/@opentelemetry'));
});

afterAll(async () => {
  await sandbox.run(['down', '--all', '--yes'], { cwd });
  await sandbox.dispose();
});

const serve = `require('node:http').createServer((request, response) => response.end('ok')).listen(Number(process.env.PORT), '127.0.0.1');`;

/** A provider that sends its spans nowhere. */
const ownSdk = `new (require('@opentelemetry/sdk-trace-base').BasicTracerProvider)().getTracer('own').startSpan('own').end();`;

interface Setup {
  readonly name: string;
  readonly command?: string;
  readonly env?: () => Readonly<Record<string, string>>;
  readonly ready?: string;
  /** Whether the app comes up and can be asked something. */
  readonly serves: boolean;
  readonly reason: RegExp;
}

const setups: Setup[] = [
  {
    name: 'a wrong endpoint',
    env: () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }),
    serves: true,
    reason: /OTEL_EXPORTER_OTLP_ENDPOINT=http:\/\/127\.0\.0\.1:9, where nothing listens/,
  },
  {
    name: 'a wrong protocol',
    env: () => ({ OTEL_EXPORTER_OTLP_ENDPOINT: grpc }),
    serves: true,
    reason: /speaks http\/protobuf to .* which is the port of gRPC: \/v1\/\w+ was answered 4\d\d/,
  },
  {
    name: 'an SDK that is disabled',
    env: () => ({ OTEL_SDK_DISABLED: 'true' }),
    serves: true,
    reason: /OTEL_SDK_DISABLED=true: .* 0 spans arrived/,
  },
  {
    name: 'a sampler that is off',
    env: () => ({ OTEL_TRACES_SAMPLER: 'always_off' }),
    serves: true,
    reason: /OTEL_TRACES_SAMPLER=always_off: .* none arrived/,
  },
  { name: 'a port that is taken', serves: false, reason: /could not listen: .*EADDRINUSE.* is held by process \d+/ },
  {
    name: 'an SDK of its own',
    command: 'exec node own-sdk.cjs',
    serves: true,
    reason: /brings its own @opentelemetry\/sdk-trace-base, .* none of its spans arrived/,
  },
  {
    name: 'a crash at import',
    command: `exec node -e "require('./nope')"`,
    serves: false,
    reason: /crashed before it was ready \(exit code 1\): Error: Cannot find module '\.\/nope'/,
  },
  {
    name: 'an app that is never ready',
    ready: '{ log: never, timeout: 1s }',
    serves: false,
    reason: /never became ready: waited for a line with "never"/,
  },
  { name: 'an app that ends at once', command: 'exec true', serves: false, reason: /ended with code 0 after/ },
  {
    name: 'no telemetry at all',
    command: 'exec python3 -m http.server "$PORT" --bind 127.0.0.1',
    serves: true,
    reason: /has no process that obs instruments/,
  },
];

test.each(setups)('$name has its own reason, which goes with its cause', async (setup) => {
  const { name, command = 'exec node serve.cjs', env = () => ({}), ready, serves, reason } = setup;
  const free = name === 'a port that is taken' ? await occupy(basePort + 8) : undefined;
  await boot({ command, env: env(), ready });
  if (serves) await askApp();
  await until(async () => reason.test((await askDoctor()).map(({ detail }) => detail).join('\n')));
  const findings = await askDoctor();
  expect(findings.filter(({ status }) => status !== 'ok')).toHaveLength(1);
  expect(findings[0]?.detail).toMatch(reason);
  const others = setups.filter((other) => other !== setup);
  expect(others.filter((other) => other.reason.test(findings[0]?.detail ?? ''))).toEqual([]);
  await sandbox.run(['stop'], { cwd });
  await free?.();
  await boot({ command: 'exec node serve.cjs', env: {}, ready: undefined });
  await askApp();
  await until(async () => (await askDoctor()).every(({ status }) => status === 'ok'));
  expect((await askDoctor())[0]?.detail).toMatch(/it sent [1-9]\d* spans/);
  await sandbox.run(['stop'], { cwd });
});

async function askApp(): Promise<void> {
  await (await fetch(`http://127.0.0.1:${basePort + 8}/`)).text();
}

interface Boot {
  readonly command: string;
  readonly env: Readonly<Record<string, string>>;
  readonly ready: string | undefined;
}

async function boot({ command, env, ready }: Boot): Promise<void> {
  const lines = ['apps:', '  web:', `    command: ${JSON.stringify(command)}`, '    ports: { PORT: auto }'];
  const more = [`    env: ${JSON.stringify(env)}`, ...(ready === undefined ? [] : [`    ready: ${ready}`])];
  writeFileSync(join(cwd, 'obs.yaml'), `${[...lines, ...more].join('\n')}\n`);
  await sandbox.run(['run', 'web', '--detach', '--json'], { cwd });
}

async function askDoctor(): Promise<{ status: string; detail: string }[]> {
  const { stdout } = await sandbox.run(['doctor', '--json'], { cwd });
  const { findings } = JSON.parse(stdout) as { findings: { check: string; status: string; detail: string }[] };
  return findings.filter(({ check }) => check === 'apps');
}

/** Listens on the port; resolves to what lets go of it. */
async function occupy(port: number): Promise<() => Promise<void>> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const close = (): Promise<void> => new Promise((resolve) => server.close(() => resolve()));
  onTestFinished(close);
  return close;
}
