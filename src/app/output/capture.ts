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

/** Reads one stream to its end; resolves when the last record was handed out. */
export function captureOutput(source: Readable, stream: OutputStream, options: CaptureOptions): Promise<void> {
  const joiner = new StackJoiner((line) => options.onRecord({ ...line, stream }));
  let timer: NodeJS.Timeout | undefined;
  const splitter = new LineSplitter((raw) => {
    const text = raw.includes('\u001b') ? stripVTControlCharacters(raw) : raw;
    const line = { text, atMs: options.nowMs() };
    options.onLine({ ...line, stream });
    if (text.trim() !== '') joiner.push(line);
  });
  source.on('data', (chunk: Buffer) => {
    options.show(chunk, stream);
    splitter.push(chunk);
    clearTimeout(timer);
    timer = setTimeout(() => joiner.flush(), joinWaitMs);
  });
  return new Promise((resolve) => {
    const finish = (): void => {
      clearTimeout(timer);
      splitter.end();
      joiner.flush();
      resolve();
    };
    source.once('end', finish);
    source.once('error', finish);
  });
}
