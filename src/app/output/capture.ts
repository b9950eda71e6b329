// From the app's output streams to log records, while the person sees every byte at once.
import type { Readable } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { LineSplitter } from './line-splitter.ts';
import { type OutputLine, StackJoiner } from './stack-joiner.ts';

export type OutputStream = 'stdout' | 'stderr';

export interface CapturedLine extends OutputLine {
  readonly stream: OutputStream;
}

export interface CaptureOptions {
  readonly show: (chunk: Buffer, stream: OutputStream) => void;
  /** Each line as it arrives, without colours. */
  readonly onLine: (line: CapturedLine) => void;
  /** Each record: a line, or a whole stack trace. */
  readonly onRecord: (record: CapturedLine) => void;
  readonly nowMs: () => number;
}

/** How long a line waits for the rest of its stack trace. */
const joinWaitMs = 20;
/** Output that was read and is not split into lines yet; beyond this, reading waits for splitting. */
const maxWaitingBytes = 32 * 1024 * 1024;

export interface Capture {
  /** Resolves when the stream has ended and its last record was handed out. */
  readonly done: Promise<void>;
  /** Whether output was read that is not handed out yet. */
  readonly isBehind: () => boolean;
}

interface Arrival {
  readonly chunk: Buffer;
  readonly atMs: number;
}

/**
 * Reads one stream to its end. Reading goes before all else, a chunk is split only when the loop comes round again: an app
 * whose pipe is full stands still.
 */
export function captureOutput(source: Readable, stream: OutputStream, options: CaptureOptions): Capture {
  const joiner = new StackJoiner((line) => options.onRecord({ ...line, stream }));
  const waiting: Arrival[] = [];
  let waitingBytes = 0;
  let atMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let hasEnded = false;
  const splitter = new LineSplitter((raw) => {
    const text = raw.includes('\u001b') ? stripVTControlCharacters(raw) : raw;
    const line = { text, atMs };
    options.onLine({ ...line, stream });
    if (text.trim() !== '') joiner.push(line);
  });
  const splitNext = (): void => {
    const next = waiting.shift();
    if (next === undefined) return;
    waitingBytes -= next.chunk.length;
    atMs = next.atMs;
    splitter.push(next.chunk);
  };
  let finish = (): void => undefined;
  const work = (): void => {
    splitNext();
    if (waiting.length > 0) setImmediate(work);
    else if (hasEnded) finish();
    else timer = setTimeout(() => joiner.flush(), joinWaitMs);
  };
  source.on('data', (chunk: Buffer) => {
    options.show(chunk, stream);
    clearTimeout(timer);
    waiting.push({ chunk, atMs: options.nowMs() });
    waitingBytes += chunk.length;
    if (waiting.length === 1) setImmediate(work);
    while (waitingBytes > maxWaitingBytes) splitNext();
  });
  const done = new Promise<void>((resolve) => {
    finish = (): void => {
      clearTimeout(timer);
      splitter.end();
      joiner.flush();
      resolve();
    };
    const end = (): void => {
      hasEnded = true;
      if (waiting.length === 0) finish();
    };
    source.once('end', end);
    source.once('error', end);
  });
  return { done, isBehind: () => waiting.length > 0 };
}
