// Stock apps in other languages, with the real packages of their registries: with no edit, a request yields a span and a line.
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Sandbox, until } from '../../stack/harness.ts';
import {
  isInstalled,
  listPackages,
  prepareBarePython,
  prepareGo,
  prepareJava,
  preparePython,
  sources,
} from './tool-chains.ts';

// Packages come over the network the first time.
vi.setConfig({ testTimeout: 600_000 });

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
  readonly flags?: readonly string[];
  readonly command: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

interface Booted {
  readonly url: string;
  readonly phases: readonly { readonly name: string; readonly slowest?: readonly { readonly name: string }[] }[];
  /** What obs said meanwhile. */
  readonly said: string;
}

async function boot({ service, flags = [], command, env = {} }: Boot): Promise<Booted> {
  const words = ['run', '--json', '--detach', '--service', service, ...flags, '--', ...command];
  const { code, stdout, stderr } = await sandbox.run(words, { cwd, env });
  if (code !== 0) throw new Error(`obs run ended with ${code}: ${stdout}${stderr}`);
  return { ...JSON.parse(stdout).runs[0], said: stderr };
}

/** What `obs doctor -- CMD` says. */
async function foresee(command: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  return (await sandbox.run(['doctor', '--', ...command], { cwd, env })).stdout;
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
    const { url } = await boot({ service: 'flask', command: flask, env: deadProxy });
    const uvicorn = [join(bin, 'uvicorn'), '--app-dir', join(sources, 'python'), 'fastapi_app:app', '--port', '0'];
    const front = await boot({ service: 'fastapi', command: uvicorn, env: { ...deadProxy, FLASK_URL: url } });
    expect(await (await fetch(`${front.url}/hello/you`)).json()).toEqual({ said: 'hello you' });
    await expectTelemetry('flask', { span: 'kind = server', line: 'hello you' });
    const joined = '{ resource.service.name = "fastapi" && kind = client } >> { resource.service.name = "flask" }';
    await until(async () => (await findSpans(joined)).length > 0);
  },
);

test.skipIf(!isInstalled('python3'))(
  `Flask without OpenTelemetry: --install brings it, not into the app’s environment${needs('python3')}`,
  async () => {
    const bin = prepareBarePython();
    const before = listPackages(bin);
    const command = [join(bin, 'flask'), '--app', join(sources, 'python/flask_app.py'), 'run', '-p', '0'];
    const lacking = await foresee(command);
    expect(lacking).toContain('opentelemetry-distro is not installed');
    expect(lacking).toContain(`fix  obs run --install -- ${command.join(' ')}`);
    const flags = ['--install', '--import-times'];
    const { url, phases, said } = await boot({ service: 'bare', flags, command });
    expect(said).toMatch(/python: fetching opentelemetry-distro .*flask/);
    expect(phases.map(({ name }) => name)).toEqual(expect.arrayContaining(['preload', 'modules', 'port open']));
    expect(await (await fetch(`${url}/hello/you`)).text()).toBe('hello you');
    await expectTelemetry('bare', { span: 'name = "GET /hello/<name>"', line: 'hello you' });
    expect(await foresee(command)).toMatch(/^ok .*instruments the libraries that it knows: .*flask/);
    expect(listPackages(bin)).toBe(before);
  },
);

test.skipIf(!isInstalled('mvn') || !isInstalled('javac'))(
  `a Java server with the official agent, which --install brings into a folder of obs${needs('mvn')}${needs('javac')}`,
  async () => {
    // A home without a Maven repository, where obs would find the agent; Maven itself goes by the user's real one.
    const home = join(sandbox.root, 'home');
    mkdirSync(home);
    const env = { HOME: home, JAVA_TOOL_OPTIONS: '-Xmx256m' };
    const command = ['java', '-cp', prepareJava(), 'Server'];
    expect(await foresee(command, env)).toContain(`fix  obs run --install -- ${command.join(' ')}`);
    const { url, said } = await boot({
      service: 'java',
      flags: ['--install', '--ready', 'log:listening'],
      command,
      env,
    });
    expect(said).toContain('java: fetching io.opentelemetry.javaagent:opentelemetry-javaagent:');
    expect(await (await fetch(`${url}/hello`)).text()).toBe('ok');
    await expectTelemetry('java', { span: 'name = "GET /hello" && kind = server', line: 'hello from /hello' });
    // What the app logs comes from the agent, with the trace in which it was logged.
    await until(
      async () => (await count(['logs', '{service_name="java"} |= "answered" | trace_id != ""'], 'lines')) > 0,
    );
    await until(async () => (await count(['metrics', 'jvm_memory_used_bytes{job="java"}'], 'series')) > 0);
    const kept = '{service_name="java"} |= "Picked up JAVA_TOOL_OPTIONS: -Xmx256m -javaagent:"';
    expect(await count(['logs', kept], 'lines')).toBe(1);
  },
);

/** How many of something a query finds. */
async function count(words: readonly string[], of: 'lines' | 'series'): Promise<number> {
  const { stdout } = await sandbox.run([...words, '--json'], { cwd });
  return JSON.parse(stdout)[of].length;
}

test.skipIf(!isInstalled('go'))(
  `a Go server with the SDK built in, hard-wired to gRPC: what it prints and sends is recorded once${needs('go')}`,
  async () => {
    const { url } = await boot({ service: 'go', command: [prepareGo()] });
    expect(await (await fetch(url)).text()).toBe('ok');
    await expectTelemetry('go', { span: 'name = "answer"', line: 'asked' });
    const { stdout } = await sandbox.run(['doctor'], { cwd });
    expect(stdout).toContain('spans of go over otlp-grpc');
    await sandbox.run(['stop', 'go'], { cwd });
    // Its end has sent all that was held back.
    expect(await count(['logs', '{service_name="go"} |~ "asked|set up"'], 'lines')).toBe(2);
  },
);
