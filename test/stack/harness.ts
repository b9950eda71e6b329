// What tests of the stack's life need: temporary git repositories, a state folder of their own, and the built `obs` as a
// user runs it. Nothing of it outlives the test: `dispose` takes down what is left.
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findDistFile } from '../../src/std/package-root.ts';
import { isRunning, type ProcessMark } from '../../src/std/process-identity.ts';

export interface Outcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The parts of a stack document that tests look at. */
export interface StackAnswer {
  readonly id: string;
  readonly worktree: string;
  readonly state: string;
  readonly runtime: string;
  readonly readyMs: number;
  readonly endpoints: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
}

/** One temporary place for repositories and state. */
export class Sandbox {
  readonly root = realpathSync(mkdtempSync(join(tmpdir(), 'obs-stack-')));
  readonly stateDir = join(this.root, 'state');
  /** Variables of every command, beside those of this process that steer no obs. */
  readonly env: Readonly<Record<string, string>>;
  /** Commands that have not ended yet. */
  private readonly running = new Set<ChildProcess>();

  constructor(env: Readonly<Record<string, string>> = {}) {
    this.env = env;
  }

  /** A git repository with one commit on branch `main`. */
  makeRepository(name: string): string {
    const path = join(this.root, name);
    mkdirSync(path);
    git(path, 'init', '-q', '-b', 'main');
    git(path, 'commit', '-q', '--allow-empty', '-m', 'first');
    return path;
  }

  /** Removes a repository, as `rm -rf` does. */
  remove(path: string): void {
    rmSync(path, { recursive: true });
  }

  /** Starts the built obs; for tests that kill it. */
  spawn(words: readonly string[], { cwd, env }: RunOptions): ChildProcess {
    const child = spawn(process.execPath, [findDistFile('obs.js'), ...words], {
      cwd,
      env: { ...cleanEnvironment(), OBS_STATE_DIR: this.stateDir, ...this.env, ...env },
    });
    this.running.add(child);
    return child.once('close', () => this.running.delete(child));
  }

  /** Runs the built obs to its end. */
  run(words: readonly string[], options: RunOptions): Promise<Outcome> {
    return collect(this.spawn(words, options));
  }

  /** `obs up --json`, which has to succeed. */
  async up(cwd: string, ...flags: string[]): Promise<StackAnswer> {
    const outcome = await this.run(['up', '--json', ...flags], { cwd });
    if (outcome.code !== 0) throw new Error(`obs up ended with ${outcome.code}: ${outcome.stdout}${outcome.stderr}`);
    return JSON.parse(outcome.stdout).stack;
  }

  /** `up` in all of them at once; waits for every one of them, also when one fails. */
  async upAll(paths: readonly string[], ...flags: string[]): Promise<StackAnswer[]> {
    const outcomes = await Promise.allSettled(paths.map((path) => this.up(path, ...flags)));
    return outcomes.map((outcome) => {
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  /** The error document of a run that has to fail. */
  async fail(words: readonly string[], options: RunOptions) {
    const { code, stdout } = await this.run([...words, '--json'], options);
    const { error } = JSON.parse(stdout);
    return { exit: code, ...error } as { exit: number; code: string; message: string; why: string; fix: string };
  }

  stackDir(stackId: string): string {
    return join(this.stateDir, 'stacks', stackId);
  }

  readState(stackId: string): Record<string, unknown> & { keeper: ProcessMark | null; basePort: number } {
    return JSON.parse(readFileSync(join(this.stackDir(stackId), 'state.json'), 'utf8'));
  }

  /** Ids of all stacks with a folder. */
  listStacks(): string[] {
    const folder = join(this.stateDir, 'stacks');
    return existsSync(folder) ? readdirSync(folder) : [];
  }

  /** Pids of keepers that serve a stack of this sandbox, known to its state or not. */
  listKeepers(): number[] {
    return listCommandLines().flatMap(({ pid, text }) => (text.includes(`--stack-dir\0${this.stateDir}`) ? [pid] : []));
  }

  async dispose(): Promise<void> {
    // A command that is still at work could start another keeper, or write into the folder while it is removed.
    const ended = [...this.running].map((child) => new Promise((done) => child.once('close', done)));
    for (const child of this.running) child.kill('SIGKILL');
    await Promise.all(ended);
    await until(() => {
      const keepers = this.listKeepers();
      for (const pid of keepers) process.kill(pid, 'SIGKILL');
      return keepers.length === 0;
    });
    rmSync(this.root, { recursive: true, force: true, maxRetries: 3 });
  }
}

/** git with an identity and without the configuration of this machine. */
export function git(cwd: string, ...args: string[]): string {
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org'];
  return execFileSync('git', [...identity, ...args], { cwd, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** Waits for a condition that the system brings about; the test's own time-out is the limit. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((done) => setTimeout(done, 5));
}

export async function untilGone(mark: ProcessMark): Promise<void> {
  await until(() => !isRunning(mark));
}

/** Output and exit of a child. */
export function collect(child: ChildProcess): Promise<Outcome> {
  let stdout = '';
  let stderr = '';
  child.stdout?.on('data', (chunk) => (stdout += chunk));
  child.stderr?.on('data', (chunk) => (stderr += chunk));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
}

// Variables of whoever runs the tests would steer the obs under test.
function cleanEnvironment(): NodeJS.ProcessEnv {
  const dropped = /^(?:OBS_|OTEL_|XDG_STATE_HOME$|NODE_OPTIONS$|VITEST)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name)));
}

function listCommandLines(): { pid: number; text: string }[] {
  return readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      return [{ pid: Number(name), text: readFileSync(`/proc/${name}/cmdline`, 'utf8') }];
    } catch {
      return [];
    }
  });
}

/** One log line, sent as an app would. */
export async function sendLogLine({ endpoints }: StackAnswer, text = 'hello'): Promise<void> {
  const record = { timeUnixNano: `${Date.now()}000000`, body: { stringValue: text } };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] };
  const sent = await fetch(endpoints.otlpLogs, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] }),
  });
  if (sent.status !== 200) throw new Error(`the log line was answered ${sent.status}`);
}
