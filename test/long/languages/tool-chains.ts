// What the apps in other languages need, fetched by their own package managers into a folder that outlives the test, so
// that it is fetched once on a machine.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const cache = process.env.OBS_LANGUAGES_CACHE ?? join(tmpdir(), 'obs-languages');
export const sources = import.meta.dirname;
const instrumented = [
  'opentelemetry-distro==0.66b1',
  'opentelemetry-exporter-otlp-proto-http==1.45.1',
  'opentelemetry-instrumentation-flask==0.66b1',
  'opentelemetry-instrumentation-fastapi==0.66b1',
  'opentelemetry-instrumentation-requests==0.66b1',
];

/** bin folder of a virtual environment with Flask, FastAPI and OpenTelemetry's distribution. */
export function preparePython(): string {
  const folder = join(cache, 'python-instrumented');
  const wanted = ['flask==3.1.3', 'fastapi==0.165.0', 'uvicorn', 'requests', ...instrumented];
  once(folder, () => {
    call('python3', ['-m', 'venv', folder]);
    call(join(folder, 'bin/pip'), ['install', '--quiet', ...wanted]);
  });
  return join(folder, 'bin');
}

/** bin folder of a virtual environment with Flask and nothing of OpenTelemetry. */
export function prepareBarePython(): string {
  const folder = join(cache, 'python-plain');
  once(folder, () => {
    call('python3', ['-m', 'venv', folder]);
    call(join(folder, 'bin/pip'), ['install', '--quiet', 'flask==3.1.3']);
  });
  return join(folder, 'bin');
}

/** Names of all packages of the environment with this bin folder. */
export function listPackages(bin: string): string {
  return execFileSync(join(bin, 'pip'), ['list', '--format=freeze'], { encoding: 'utf8' });
}

/** Class path of the Java server. */
export function prepareJava(): string {
  const folder = join(cache, `java-${fingerprint('java')}`);
  once(folder, () => call('javac', ['-d', folder, join(sources, 'java/Server.java')]));
  return folder;
}

/** The Go server with the SDK built in. */
export function prepareGo(): string {
  const folder = join(cache, `go-${fingerprint('go')}`);
  once(folder, () => call('go', ['build', '-o', join(folder, 'server'), '.'], join(sources, 'go')));
  return join(folder, 'server');
}

/** Of the sources in a folder, so that what was built of others is not taken for what they build. */
function fingerprint(folder: string): string {
  const hash = createHash('sha256');
  for (const name of readdirSync(join(sources, folder)).sort()) hash.update(readFileSync(join(sources, folder, name)));
  return hash.digest('hex').slice(0, 12);
}

export function isInstalled(program: string): boolean {
  try {
    execFileSync('sh', ['-c', `command -v ${program}`], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** The mark is written last, so that a folder that was left half filled is filled again. */
function once(folder: string, fill: () => void): void {
  const mark = join(folder, '.complete');
  if (existsSync(mark)) return;
  mkdirSync(folder, { recursive: true });
  fill();
  execFileSync('touch', [mark]);
}

function call(file: string, args: readonly string[], cwd?: string): void {
  execFileSync(file, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
}
