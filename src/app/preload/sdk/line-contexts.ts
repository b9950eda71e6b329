// In which span a line of output was written. The line itself stays as it is: what it belongs to goes into a file of the
// spool, just before the line, and `obs run` puts the two together. Begins with the first span, so that a start is not
// delayed by opening the output streams.
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { type SpanContext, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Enough of a line to know it again, and lines of one write that are told. */
const keyLength = 160;
const maxLines = 20;
/** A program that writes without end in spans must not fill the disk. */
const maxBytes = 64 * 1024 * 1024;

/** A program that writes many lines at once would otherwise pay for a note more than for a line. */
const burstLines = 64;
const burstMs = 5;
const burstChars = 32 * 1024;

/** Notes down that a line belongs to a span. */
export type NoteLine = (span: SpanContext, line: string) => void;

export interface LineNotes {
  readonly note: NoteLine;
  /** Writes what is held back; to be called before the process ends. */
  readonly flush: () => void;
}

/** Where lines are noted: a file of this process in `folder`. Notes are written at once, those of a burst a little later. */
export function openLineNotes(folder: string): LineNotes {
  let written = 0;
  let fd: number | undefined;
  let held = '';
  let burst = { startMs: Number.NEGATIVE_INFINITY, lines: 0 };
  const write = (text: string): void => {
    try {
      fd ??= openSync(join(folder, `lines-${process.pid}.tsv`), 'a', 0o600);
      written += writeSync(fd, text);
    } catch {
      // `obs run` is gone, and its folder with it.
      written = Number.POSITIVE_INFINITY;
    }
  };
  const flush = (): void => {
    const text = held;
    held = '';
    if (text !== '') write(text);
  };
  const note: NoteLine = (span, line) => {
    if (written > maxBytes) return;
    const nowMs = performance.now();
    if (nowMs - burst.startMs > burstMs) {
      flush();
      burst = { startMs: nowMs, lines: 0 };
    }
    burst.lines += 1;
    if (burst.lines <= burstLines) return write(formatNote(span, line));
    if (held === '') setImmediate(flush);
    held += formatNote(span, line);
    if (held.length > burstChars) flush();
  };
  return { note, flush };
}

function formatNote({ traceId, spanId }: SpanContext, line: string): string {
  const cut = line.slice(0, keyLength * 2);
  const text = cut.includes('\u001b') ? stripVTControlCharacters(cut) : cut;
  return `${traceId}\t${spanId}\t${text.trimEnd().slice(0, keyLength)}\n`;
}

/** A span processor that only begins to watch stdout and stderr when the first span starts. */
export function watchLines(note: NoteLine): SpanProcessor {
  let isWatching = false;
  return {
    onStart: () => {
      if (isWatching) return;
      isWatching = true;
      for (const stream of [process.stdout, process.stderr]) watchStream(stream, note);
    },
    onEnd: () => undefined,
    forceFlush: async () => undefined,
    shutdown: async () => undefined,
  };
}

function watchStream(stream: NodeJS.WriteStream, note: NoteLine): void {
  const plainWrite = stream.write;
  const watchedWrite = function (this: unknown, ...args: Parameters<typeof plainWrite>): boolean {
    const span = trace.getActiveSpan()?.spanContext();
    if (span !== undefined) noteLines(args[0], span, note);
    return plainWrite.apply(stream, args);
  };
  // The overloads of write() differ in what follows the chunk only, which is passed on.
  stream.write = watchedWrite as typeof plainWrite;
}

function noteLines(chunk: unknown, span: SpanContext, note: NoteLine): void {
  const text = typeof chunk === 'string' ? chunk : chunk instanceof Uint8Array ? decode(chunk) : '';
  for (const line of text.split('\n', maxLines)) if (line.trim() !== '') note(span, line);
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.byteLength, keyLength * maxLines)).toString();
}
