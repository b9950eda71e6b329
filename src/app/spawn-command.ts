// What is really started for the command of a plan: the command itself, a shell, or `script`, which gives it a terminal.
import type { AppPlan } from './plan.ts';

export interface Started {
  readonly file: string;
  readonly args: readonly string[];
  readonly shell: boolean;
}

/** `script` of util-linux takes a command line, the one of BSD and macOS program and arguments: script(1). */
export function chooseStarted({ command, terminal }: AppPlan, platform: NodeJS.Platform): Started {
  if (!terminal) {
    if (typeof command === 'string') return { file: command, args: [], shell: true };
    // The schema asks for at least one word.
    return { file: command[0] as string, args: command.slice(1), shell: false };
  }
  if (platform === 'linux') {
    const line = typeof command === 'string' ? command : command.map(quote).join(' ');
    // -e: the exit code of the command; -f: each write at once.
    return { file: 'script', args: ['-qefc', line, '/dev/null'], shell: false };
  }
  const words = typeof command === 'string' ? ['/bin/sh', '-c', command] : command;
  return { file: 'script', args: ['-q', '/dev/null', ...words], shell: false };
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
