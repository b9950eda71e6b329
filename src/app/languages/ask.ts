// Asks a program of the app's own tool chain something, without what obs adds to environments.
import { execFile } from 'node:child_process';

const defaultTimeoutMs = 10_000;

export interface Question {
  readonly file: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly timeoutMs?: number;
}

/** What the program printed; undefined if it could not be started, failed, or took too long. */
export async function askProgram(question: Question): Promise<string | undefined> {
  return runProgram(question).catch(() => undefined);
}

/** What the program printed. @throws with the end of its error output */
export function runProgram({ file, args, cwd, env, timeoutMs = defaultTimeoutMs }: Question): Promise<string> {
  // The schema of ProcessEnv admits undefined, which execFile leaves out.
  const options = { cwd, env: { ...env }, timeout: timeoutMs, maxBuffer: 4_000_000 };
  return new Promise((resolve, reject) => {
    execFile(file, [...args], options, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else reject(new Error(stderr.trim().split('\n').slice(-3).join('\n') || error.message));
    });
  });
}
