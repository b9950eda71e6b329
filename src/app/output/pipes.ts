// The pipes that an app writes its output to. Node gives its children sockets, which are no pipes to them: `/dev/stdout`
// cannot be opened, and a program that writes many short lines waits for its reader after some three hundred of them. A
// named pipe whose name is gone again is what a shell would have given.
import { execFile } from 'node:child_process';
import { closeSync, constants, mkdirSync, openSync, rmSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';

export interface OutputPipe {
  readonly reader: Readable;
  /** The end that the app gets; to be closed here once the app has it. */
  readonly writerFd: number;
}

export interface OutputPipes {
  readonly stdout: OutputPipe;
  readonly stderr: OutputPipe;
}

/** Makes them in `folder`; undefined where the system or its file system has no named pipes. */
export async function makeOutputPipes(folder: string): Promise<OutputPipes | undefined> {
  const [stdout, stderr] = [join(folder, `stdout-${process.pid}`), join(folder, `stderr-${process.pid}`)];
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    await promisify(execFile)('mkfifo', ['-m', '600', stdout, stderr]);
    return { stdout: openPipe(stdout), stderr: openPipe(stderr) };
  } catch {
    return undefined;
  } finally {
    for (const path of [stdout, stderr]) rmSync(path, { force: true });
  }
}

function openPipe(path: string): OutputPipe {
  // Opened for reading first and without waiting: a writer would be waited for, and opening for writing waits for a reader.
  const readerFd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  const writerFd = openSync(path, constants.O_WRONLY);
  return { reader: new Socket({ fd: readerFd, readable: true, writable: false }), writerFd };
}

/** Closes the ends that the app has by now, or never gets. */
export function closeWriters(pipes: OutputPipes | undefined): void {
  for (const pipe of pipes === undefined ? [] : [pipes.stdout, pipes.stderr]) closeSync(pipe.writerFd);
}
