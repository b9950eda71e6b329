// Stock apps in other languages, with the real packages of their registries: with no edit, a request yields a span and a line.
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Sandbox, until } from '../../stack/harness.ts';
import { isInstalled, prepareGo, preparePython, sources } from './tool-chains.ts';

// Packages come over the network the first time.
vi.setConfig({ testTimeout: 300_000 });

const sandbox = new Sandbox();
let cwd: string;

beforeAll(async () => {
  cwd = sandbox.makeRepository('languages');
  await sandbox.up(cwd, '--runtime', 'embedded');
});

afterAll(async () => {
  await sandbox.run(['down', '--all', '--yes'], { cwd });
  await sandbox.dispose();
});

interface Boot {
  readonly service: string;
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Boots the command and returns its URL. */
async function boot({ service, command, env = {} }: Boot): Promise<string> {
  const words = ['run', '--json', '--detach', '--service', service, '--', ...command];
  const { code, stdout, stderr } = await sandbox.run(words, { cwd, env });
  if (code !== 0) throw new Error(`obs run ended with ${code}: ${stdout}${stderr}`);
  return JSON.parse(stdout).runs[0].url;
}

interface Found {
  readonly traces: readonly { readonly traceId: string; readonly spans: number }[];
}

async function findSpans(query: string): Promise<Found['traces']> {
  const { stdout } = await sandbox.run(['traces', query, '--json'], { cwd });
  return (JSON.parse(stdout) as Found).traces;
}

async function expectTelemetry(service: string, { span, line }: { span: string; line: string }): Promise<void> {
  await until(async () => (await findSpans(`{ resource.service.name = "${service}" && ${span} }`)).length > 0);
  await until(async () => {
    const { stdout } = await sandbox.run(['logs', `{service_name="${service}"} |= "${line}"`, '--json'], { cwd });
    return JSON.parse(stdout).lines.length > 0;
  });
}

/** Nothing listens on port 9: what goes through this proxy is lost. */
const deadProxy = { HTTP_PROXY: 'http://127.0.0.1:9', http_proxy: 'http://127.0.0.1:9' };

const needs = (tool: string) => (isInstalled(tool) ? '' : ` (skipped: ${tool} is not installed)`);

test.skipIf(!isInstalled('python3'))(
  `Flask and FastAPI with their own OpenTelemetry, behind a proxy that is dead: one trace through both${needs('python3')}`,
  async () => {
    const bin = preparePython();
    const flask = [join(bin, 'flask'), '--app', join(sources, 'python/flask_app.py'), 'run', '-p', '0'];
    const url = await boot({ service: 'flask', command: flask, env: deadProxy });
    const uvicorn = [join(bin, 'uvicorn'), '--app-dir', join(sources, 'python'), 'fastapi_app:app', '--port', '0'];
    const front = await boot({ service: 'fastapi', command: uvicorn, env: { ...deadProxy, FLASK_URL: url } });
    expect(await (await fetch(`${front}/hello/you`)).json()).toEqual({ said: 'hello you' });
    await expectTelemetry('flask', { span: 'kind = server', line: 'hello you' });
    const joined = '{ resource.service.name = "fastapi" && kind = client } >> { resource.service.name = "flask" }';
    await until(async () => (await findSpans(joined)).length > 0);
  },
);

test.skipIf(!isInstalled('go'))(`a Go server with the SDK built in, hard-wired to gRPC${needs('go')}`, async () => {
  const url = await boot({ service: 'go', command: [prepareGo()] });
  expect(await (await fetch(url)).text()).toBe('ok');
  await expectTelemetry('go', { span: 'name = "answer"', line: 'asked' });
  const { stdout } = await sandbox.run(['doctor'], { cwd });
  expect(stdout).toContain('traces of go over otlp-grpc');
});
