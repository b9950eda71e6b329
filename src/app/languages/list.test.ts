// What is done for each language, with what is there and without.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { installMissing, planInstrumentation, sendsLines } from './list.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'obs languages '));
  // Tool chains as obs meets them: it asks each one question, and here is the answer.
  writeProgram('full/python3', "#!/bin/sh\necho '[true, true, true, false]'");
  writeProgram('grpc/python3', "#!/bin/sh\necho '[true, true, false, true]'");
  writeProgram(
    'bare/python3',
    '#!/bin/sh\ncase "$1 $3" in -c*) echo "[false, false, false, false]";; *--version) echo pip;; *) echo no network >&2; exit 1;; esac',
  );
  // The words of pip 23 where nothing listens.
  const refused =
    "WARNING: Retrying after connection broken by 'NewConnectionError('<...>: Failed to establish a new connection: [Errno 111] Connection refused')': /simple/x/\\nERROR: No matching distribution found for x";
  writeProgram(
    'offline/python3',
    `#!/bin/sh
case "$1 $3" in -c*) echo "[false, false, false, false]";; *--version) echo pip;; *) printf "%b" "${refused}" >&2; exit 1;; esac`,
  );
  writeProgram('full/ruby', '#!/bin/sh\nprintf true');
  writeProgram('full/php', '#!/bin/sh\nprintf true');
  writeProgram('app/server', '\u007fELF');
  writeProgram('agent/opentelemetry-javaagent.jar', '');
  mkdirSync(join(folder, 'dotnet/net'), { recursive: true });
  mkdirSync(join(folder, 'vendor/open-telemetry/sdk'), { recursive: true });
});

afterAll(() => rmSync(folder, { recursive: true }));

function writeProgram(name: string, text: string): void {
  const file = join(folder, name);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, text, 'latin1');
  chmodSync(file, 0o755);
}

interface Case {
  readonly name: string;
  readonly command: string;
  readonly env: () => Record<string, string>;
  readonly expected: () => Record<string, string>;
}

const on = (bin: string, more: Record<string, string> = {}): Record<string, string> => ({
  PATH: `${join(folder, bin)}:/bin:/usr/bin`,
  HOME: folder,
  ...more,
});

const cases: Case[] = [
  { name: 'node needs nothing of its own', command: 'npm start', env: () => on('full'), expected: () => ({}) },
  {
    name: 'python keeps the path of the person behind ours',
    command: 'python3 app.py',
    env: () => on('full', { PYTHONPATH: '/mine' }),
    expected: () => ({ PYTHONPATH: '/dist/python:/mine' }),
  },
  {
    name: 'python with the gRPC exporter alone sends over gRPC',
    command: 'python3 app.py',
    env: () => on('grpc'),
    expected: () => ({ PYTHONPATH: '/dist/python', OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }),
  },
  {
    name: 'java options of the person stay, and a path with a blank is quoted',
    command: 'java -jar a.jar',
    env: () =>
      on('full', { JAVA_TOOL_OPTIONS: '-Xmx1g', OBS_JAVA_AGENT: join(folder, 'agent/opentelemetry-javaagent.jar') }),
    expected: () => ({ JAVA_TOOL_OPTIONS: `-Xmx1g "-javaagent:${join(folder, 'agent/opentelemetry-javaagent.jar')}"` }),
  },
  {
    name: 'java with an agent of its own is left alone',
    command: 'java -jar a.jar',
    env: () => on('full', { JAVA_TOOL_OPTIONS: '-javaagent:/mine.jar' }),
    expected: () => ({}),
  },
  {
    name: 'ruby',
    command: 'rails server',
    env: () => on('full'),
    expected: () => ({ RUBYOPT: '-ropentelemetry-auto-instrumentation' }),
  },
  { name: 'php', command: 'php -S x', env: () => on('full'), expected: () => ({ OTEL_PHP_AUTOLOAD_ENABLED: 'true' }) },
];

test.each(cases)('$name', async ({ command, env, expected }) => {
  const depot = { folder: join(folder, 'depot'), dist: '/dist' };
  const [found] = await planInstrumentation({ command, cwd: folder, env: env() }, depot);
  expect(found).toMatchObject({ env: expected(), missing: null });
});

test('.NET gets the profiler of the installed instrumentation', async () => {
  const depot = { folder, dist: '/dist' };
  const env = on('full', { OTEL_DOTNET_AUTO_HOME: join(folder, 'dotnet') });
  const [found] = await planInstrumentation({ command: 'dotnet run', cwd: folder, env }, depot);
  expect(found?.env).toMatchObject({
    CORECLR_ENABLE_PROFILING: '1',
    DOTNET_STARTUP_HOOKS: join(folder, 'dotnet/net/OpenTelemetry.AutoInstrumentation.StartupHook.dll'),
  });
});

test('compiled code of the app is told apart from what the system brings along', async () => {
  const depot = { folder, dist: '/dist' };
  const cwd = join(folder, 'app');
  const ask = async (command: string) => planInstrumentation({ command, cwd, env: on('full') }, depot);
  expect(await ask('./server')).toMatchObject([{ language: 'compiled', missing: null }]);
  expect(await ask('ls')).toEqual([]);
});

interface Project {
  readonly name: string;
  readonly command: string;
  /** What its files hold; the marker lies across the border of two chunks where it is a program. */
  readonly files: Readonly<Record<string, string>>;
}

const megabyte = 1_048_576;
const senders: Project[] = [
  { name: 'a Go program', command: './app', files: { app: pad('go.opentelemetry.io/otel/sdk/log') } },
  { name: 'a Rust program', command: './app', files: { app: pad('opentelemetry-appender-tracing') } },
  { name: 'go run', command: 'go run .', files: { 'go.mod': 'require go.opentelemetry.io/otel/sdk/log v1.47.0' } },
  { name: 'cargo run', command: 'cargo run', files: { 'Cargo.lock': 'name = "opentelemetry-appender-log"' } },
  {
    name: 'dotnet run',
    command: 'dotnet run',
    files: { 'Shop.csproj': '<PackageReference Include="OpenTelemetry.Exporter.OpenTelemetryProtocol" />' },
  },
  {
    name: 'a .NET assembly',
    command: 'dotnet bin/Shop.dll',
    files: { 'bin/Shop.deps.json': '"OpenTelemetry.Exporter.OpenTelemetryProtocol/1.12.0": {}' },
  },
  { name: 'a jar', command: 'java -jar a.jar', files: { 'a.jar': pad('lib/opentelemetry-logback-appender-1.0.jar') } },
  {
    name: 'a Python interpreter',
    command: 'venv/bin/python app.py',
    files: {
      'venv/lib/python3.11/site-packages/opentelemetry/sdk/_logs/__init__.py': 'from opentelemetry.sdk._logs import x',
      'venv/bin/python': '',
    },
  },
  { name: 'a gem', command: 'bundle exec puma', files: { 'Gemfile.lock': '    opentelemetry-logs-sdk (0.4.0)' } },
  { name: 'a package', command: 'php x', files: { 'composer.lock': '"open-telemetry/opentelemetry-logger-monolog"' } },
];

function pad(marker: string): string {
  return `\u007fELF${'.'.repeat(megabyte - 10)}${marker}`;
}

test.each(senders)('$name with an SDK for logs may send what it prints', async ({ command, files }) => {
  const cwd = mkdtempSync(join(folder, 'project-'));
  const write = (change: (text: string) => string) => {
    for (const [name, text] of Object.entries(files)) writeProgram(join(relative(folder, cwd), name), change(text));
  };
  write((text) => text);
  const env = on('full');
  expect(await sendsLines({ command, cwd, env })).toBe(true);
  expect(await sendsLines({ command, cwd, env: { ...env, OTEL_LOGS_EXPORTER: 'none' } })).toBe(false);
  write((text) => text.replaceAll(/log|appender|OpenTelemetry/g, 'trace'));
  expect(await sendsLines({ command, cwd, env })).toBe(false);
});

const lacking = ['python3 app.py', 'java -jar a.jar', 'dotnet run', 'rails server', 'php -S x'];

test.each(lacking)('what %s lacks is named, with the command that brings it', async (command) => {
  const depot = { folder: join(folder, 'empty'), dist: '/dist' };
  const [found] = await planInstrumentation({ command, cwd: folder, env: on('bare') }, depot);
  expect(found).toMatchObject({ env: {}, missing: { what: expect.any(String), fix: expect.any(String) } });
});

test('PHP needs the SDK beside the extension', async () => {
  const request = { command: 'php -S x', cwd: join(folder, 'app'), env: on('full') };
  const [found] = await planInstrumentation(request, { folder, dist: '/dist' });
  expect(found?.missing?.fix).toBe('composer require open-telemetry/sdk open-telemetry/exporter-otlp');
});

test('without Maven the agent of Java comes with one command, to where obs looks for it', async () => {
  const depot = { folder: join(folder, 'empty'), dist: '/dist' };
  const ask = async (PATH: string) => {
    const [found] = await planInstrumentation(
      { command: 'java -jar a.jar', cwd: folder, env: { PATH, HOME: folder } },
      depot,
    );
    return found?.missing?.fix;
  };
  writeProgram('maven/mvn', '#!/bin/sh');
  expect(await ask(join(folder, 'maven'))).toBe('obs run --install');
  expect(await ask(join(folder, 'full'))).toMatch(
    /^curl -fsSL --create-dirs -o '.*\/java\/opentelemetry-javaagent\.jar' https:/,
  );
});

test('an installation that fails says why, in the words of the package manager', async () => {
  const depot = { folder: join(folder, 'empty'), dist: '/dist' };
  const request = { command: 'python3 app.py', cwd: folder, env: on('bare') };
  await expect(installMissing(request, depot, () => {})).rejects.toThrow('no network');
  expect(await installMissing({ ...request, env: on('full') }, depot, () => {})).toEqual([]);
});

test('a package index that cannot be reached is said to be that, not to lack the package', async () => {
  const depot = { folder: join(folder, 'empty'), dist: '/dist' };
  const request = { command: 'python3 app.py', cwd: folder, env: on('offline') };
  const problem = 'the package index cannot be reached: [Errno 111] Connection refused';
  await expect(installMissing(request, depot, () => {})).rejects.toThrow(problem);
  expect(existsSync(join(depot.folder, 'python'))).toBe(true);
  expect(readdirSync(join(depot.folder, 'python')), 'what is left half filled').toEqual([]);
});
