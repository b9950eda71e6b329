// Brings OpenTelemetry's Python distribution, and the instrumentations of the libraries that the app has, into a folder of
// obs: never into the app's own environment.
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { ProgramFailed, runProgram } from './ask.ts';
import type { Launch, Progress } from './language.ts';
import { findProgram } from './launch.ts';

const distribution = 'opentelemetry-distro';
const exporter = 'opentelemetry-exporter-otlp-proto-http';
const base = 'opentelemetry-instrumentation';
/** What the distribution's own list of instrumentations needs to be read. */
const lister = [base, 'opentelemetry-api', 'packaging', 'typing-extensions'];
const timeoutMs = 300_000;
/** Releases that a registry has only in part are passed over; more than a few in a row are some other trouble. */
const maxReleases = 3;
/** How often what the package manager does is passed on. */
const progressEveryMs = 3000;
const shownLetters = 100;

export interface PythonInstallation {
  readonly interpreter: string;
  /** The folder that is filled; it appears when all is in it. */
  readonly folder: string;
  readonly launch: Launch;
  readonly progress: Progress;
}

/** @throws Error that says what kept the package manager from it */
export async function installDistribution(installation: PythonInstallation): Promise<void> {
  const fresh = `${installation.folder}.new`;
  const listFolder = `${installation.folder}.list`;
  const unfit: string[] = [];
  try {
    for (;;) {
      for (const folder of [fresh, listFolder]) rmSync(folder, { recursive: true, force: true });
      mkdirSync(fresh, { recursive: true, mode: 0o700 });
      const release = await findWanted(installation, listFolder, unfit);
      try {
        await fill(installation, fresh, release);
        break;
      } catch (error) {
        if (!isIncomplete(error) || unfit.length + 1 >= maxReleases) throw error;
        unfit.push(release.version);
      }
    }
    rmSync(installation.folder, { recursive: true, force: true });
    renameSync(fresh, installation.folder);
  } catch (error) {
    throw new Error(describeFailure(error), { cause: error });
  } finally {
    for (const folder of [fresh, listFolder]) rmSync(folder, { recursive: true, force: true });
  }
}

interface Release {
  readonly version: string;
  /** Instrumentations of the libraries that the app has, and of the standard library. */
  readonly instrumentations: readonly string[];
}

/** Asks the newest release but the unfit ones what it has for the app's libraries. */
async function findWanted(
  installation: PythonInstallation,
  folder: string,
  unfit: readonly string[],
): Promise<Release> {
  const { interpreter, launch, progress } = installation;
  progress('asking OpenTelemetry which libraries of the app it knows');
  // Its versions are all called betas, which pip takes only where one is named.
  const exceptions = unfit.length === 0 ? '' : ['>=0.1b0', ...unfit.map((version) => `!=${version}`)].join(',');
  await callPip(installation, [
    '--no-deps',
    '--target',
    folder,
    ...lister.map((one) => (one === base ? `${one}${exceptions}` : one)),
  ]);
  const args = ['-c', 'from opentelemetry.instrumentation.bootstrap import run; run()', '-a', 'requirements'];
  const env = { ...launch.env, PYTHONPATH: folder };
  const listed = await runProgram({ file: interpreter, args, cwd: launch.cwd, env, timeoutMs });
  const found = [...listed.matchAll(/^(opentelemetry-instrumentation-[\w-]+)==(\S+)/gm)];
  const version = found[0]?.[2];
  if (version === undefined) throw new Error(`${base} lists no instrumentation at all`);
  return { version, instrumentations: found.map((match) => match[1] ?? '') };
}

// All of one release: left to choose, pip walks through years of versions to find some that fit.
async function fill(installation: PythonInstallation, folder: string, release: Release): Promise<void> {
  const { version, instrumentations } = release;
  const names = instrumentations.map((name) => name.slice(base.length + 1));
  installation.progress(`fetching ${distribution} ${version} with ${names.join(', ')}`);
  const pinned = [...instrumentations, distribution].map((name) => `${name}==${version}`);
  await callPip(installation, ['--target', folder, ...pinned, exporter]);
}

async function callPip({ interpreter, launch, progress }: PythonInstallation, words: readonly string[]) {
  const { cwd, env } = launch;
  const uv = findProgram('uv', launch);
  const hasPip =
    (await runProgram({ file: interpreter, args: ['-m', 'pip', '--version'], cwd, env }).catch(() => '')) !== '';
  if (!hasPip && uv === undefined) throw new Error(`${interpreter} has no pip, and uv is not on PATH`);
  const flags = [
    '--disable-pip-version-check',
    '--no-input',
    '--retries',
    '2',
    '--no-warn-script-location',
    '--progress-bar',
    'off',
  ];
  // Environments that uv made have no pip; uv installs for their interpreter all the same.
  const command =
    hasPip || uv === undefined
      ? { file: interpreter, args: ['-m', 'pip', 'install', ...flags, ...words] }
      : { file: uv, args: ['pip', 'install', '--python', interpreter, ...words] };
  let toldAtMs = performance.now();
  const onLine = (line: string): void => {
    if (performance.now() - toldAtMs < progressEveryMs || !/^(?:Collecting|Downloading|Installing)/.test(line)) return;
    toldAtMs = performance.now();
    progress(line.slice(0, shownLetters));
  };
  await runProgram({ ...command, cwd, env, timeoutMs, onLine });
}

/** Whether the registry lacks part of the release, in the words of pip or of uv. */
function isIncomplete(error: unknown): boolean {
  return (
    error instanceof ProgramFailed &&
    /No matching distribution|ResolutionImpossible|No solution found when resolving/.test(error.stderr) &&
    !isOffline(error.stderr)
  );
}

const offline =
  /NewConnectionError|Name or service not known|name resolution|ProxyError|ConnectTimeout|ReadTimeout|Connection refused|SSLError/;

function isOffline(text: string): boolean {
  return offline.test(text);
}

// Without a network pip says "no matching distribution", which is the least of it.
function describeFailure(error: unknown): string {
  const message = (error instanceof Error ? error.message : String(error)).replace(/ \(from versions:[^)]*\)/g, '');
  if (!(error instanceof ProgramFailed) || !isOffline(error.stderr)) return message;
  const line = error.stderr.split('\n').find(isOffline) ?? message;
  const reason = /\[Errno [^'"]*/.exec(line)?.[0] ?? line.trim();
  const proxy = /ProxyError/.test(line) ? ' through the proxy that the environment names' : '';
  return `the package index cannot be reached${proxy}: ${reason.replace(/[)\s]+$/, '')}`;
}
