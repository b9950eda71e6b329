// From a command, as obs.yaml or the command line has it, to the program that it starts.
import { accessSync, closeSync, constants, openSync, readSync, statSync } from 'node:fs';
import { basename, delimiter, isAbsolute, join, resolve } from 'node:path';
import type { Launch } from './language.ts';

export interface LaunchRequest {
  /** A command line for the shell, or a program with its arguments. */
  readonly command: string | readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

const shells = new Set(['sh', 'bash', 'dash', 'zsh', 'ksh']);
/** Words before the program that only change how it is started. */
const prefixes = new Set(['exec', 'env', 'command', 'nohup', 'time', 'nice', 'sudo', 'cd']);
const firstLineBytes = 256;

/** Every program that the command may start, in its order; a command line may hold several. */
export function findLaunches({ command, cwd, env }: LaunchRequest): Launch[] {
  const lines = typeof command === 'string' ? splitLine(command) : unwrapShell(command);
  return lines.flatMap((words) => {
    const at = words.findIndex((word) => !isPrefix(word));
    const program = words[at];
    if (program === undefined) return [];
    const file = findProgram(program, { cwd, env });
    const interpreter = file === undefined ? undefined : readInterpreter(file, { cwd, env });
    return [{ program: basename(program), args: words.slice(at + 1), file, interpreter, cwd, env }];
  });
}

/** `sh -c LINE` is the line. */
function unwrapShell(words: readonly string[]): string[][] {
  const [program = '', flags = '', line] = words;
  const isLine = shells.has(basename(program)) && /^-\w*c\w*$/.test(flags) && line !== undefined;
  return isLine ? splitLine(line) : [[...words]];
}

// Enough of a shell to tell programs from arguments; what it gets wrong is told less about, and runs all the same.
function splitLine(line: string): string[][] {
  return line.split(/&&|\|\||[;|&\n]/).map((part) => {
    const words = part.match(/(?:[^\s"']|"[^"]*"|'[^']*')+/g) ?? [];
    return words.map((word) => word.replace(/["']/g, ''));
  });
}

function isPrefix(word: string): boolean {
  return prefixes.has(word) || /^[A-Za-z_]\w*=/.test(word);
}

type Place = Pick<LaunchRequest, 'cwd' | 'env'>;

/** The file that a program name stands for, as execvp finds it. */
export function findProgram(program: string, { cwd, env }: Place): string | undefined {
  if (program.includes('/')) return isExecutable(resolve(cwd, program)) ? resolve(cwd, program) : undefined;
  const folders = (env.PATH ?? '')
    .split(delimiter)
    .map((folder) => (isAbsolute(folder) ? folder : resolve(cwd, folder)));
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

/** `#!/usr/bin/env python3` and `#!/venv/bin/python`. */
function readInterpreter(file: string, place: Place): string | undefined {
  const words = /^#!\s*(\S+)(?:\s+(\S+))?/.exec(readStart(file));
  const [, program, argument] = words ?? [];
  if (program === undefined) return undefined;
  return basename(program) === 'env' && argument !== undefined ? findProgram(argument, place) : program;
}

/** The first bytes of a file as text, one letter each; empty if it cannot be read. */
export function readStart(file: string): string {
  try {
    const fd = openSync(file, 'r');
    try {
      const buffer = Buffer.alloc(firstLineBytes);
      return buffer.toString('latin1', 0, readSync(fd, buffer, 0, firstLineBytes, 0));
    } finally {
      closeSync(fd);
    }
  } catch {
    return '';
  }
}
