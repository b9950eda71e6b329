// Asks a program of the app's own tool chain something, or has it do something, without what obs adds to environments.
import { spawn } from 'node:child_process';

const defaultTimeoutMs = 10_000;
/** More than any answer that is looked at; a program that floods is ended. */
const maxOutputBytes = 4_000_000;

export interface Question {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
  /** Told of every line of output as it comes. */
  readonly onLine?: (line: string) => void;
}

/** A program that did not end well, with all that it wrote to stderr. */
export class ProgramFailed extends Error {
  readonly stderr: string;

  constructor(message: string, stderr: string) {
    super(message);
    this.name = 'ProgramFailed';
    this.stderr = stderr;
  }
}

/** What the program printed; undefined if it could not be started, failed, or took too long. */
export async function askProgram(question: Question): Promise<string | undefined> {
  return runProgram(question).catch(() => undefined);
}

/** What the program printed. @throws ProgramFailed with the end of its error output as message */
export function runProgram({ file, args, cwd, env, timeoutMs = defaultTimeoutMs, onLine }: Question): Promise<string> {
  return new Promise((resolve, reject) => {
    // The schema of ProcessEnv admits undefined, which spawn leaves out.
    const child = spawn(file, [...args], { cwd, env: { ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    let [stdout, stderr] = ['', ''];
    let trouble: string | undefined;
    const end = (why: string): void => {
      trouble ??= why;
      child.kill('SIGKILL');
    };
    const timer = setTimeout(() => end(`it took longer than ${Math.round(timeoutMs / 1000)} s`), timeoutMs);
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (stdout.length > maxOutputBytes) end('it wrote too much');
      for (const line of text.split('\n')) if (line.trim() !== '') onLine?.(line.trim());
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr = (stderr + text).slice(-maxOutputBytes);
    });
    child.once('error', (error) => {
      clearTimeout(timer);
      reject(new ProgramFailed(error.message, stderr));
    });
    child.once('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0 && trouble === undefined) return resolve(stdout);
      const lastWords = stderr.trim().split('\n').slice(-3).join('\n');
      reject(new ProgramFailed(trouble ?? (lastWords || `it ended with ${signal ?? code}`), stderr));
    });
  });
}
