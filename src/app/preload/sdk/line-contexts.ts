// In which span a line of output was written. The line itself stays as it is: what it belongs to goes into a file of the
// spool, just before the line, and `obs run` puts the two together. Begins with the first span, so that a start is not
// delayed by opening the output streams.
import { openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type SpanContext, trace } from '@opentelemetry/api';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-base';

/** Enough of a line to know it again, and lines of one write that are told. */
const keyLength = 160;
const maxLines = 20;
/** A write up to this length is noted as it is: to look at it costs more than to copy it. */
const plainLength = 1024;
/** A program that writes without end in spans must not fill the disk. */
const maxBytes = 64 * 1024 * 1024;

/** A program that writes many lines at once would otherwise pay for a note more than for a line. */
const burstNotes = 64;
const burstMs = 5;
const burstChars = 32 * 1024;

/** Notes down that text, of one or more lines, was written in a span. */
export type NoteText = (span: SpanContext, text: string) => void;

export interface LineNotes {
  readonly note: NoteText;
  /** Writes what is held back; to be called before the process ends. */
  readonly flush: () => void;
}

/** Where lines are noted: a file of this thread in `folder`. Notes are written at once, those of a burst a little later. */
export function openLineNotes(folder: string): LineNotes {
  const file = new NoteFile(folder);
  let held = '';
  let lastSpan: SpanContext | undefined;
  let burst = { startMs: Number.NEGATIVE_INFINITY, notes: 0 };
  const flush = (): void => {
    const text = held;
    held = '';
    if (text !== '') file.write(text);
  };
  const note: NoteText = (span, text) => {
    if (text === '' || file.isFull) return;
    const nowMs = performance.now();
    if (nowMs - burst.startMs > burstMs) {
      flush();
      burst = { startMs: nowMs, notes: 0 };
    }
    burst.notes += 1;
    const isHeld = burst.notes > burstNotes;
    if (isHeld && held === '') setImmediate(flush);
    if (span !== lastSpan) held += formatSpan(span);
    lastSpan = span;
    held += text.length <= plainLength ? text : cutLines(text);
    if (!text.endsWith('\n')) held += '\n';
    if (!isHeld || held.length > burstChars) flush();
  };
  return { note, flush };
}

class NoteFile {
  readonly #path: string;
  #fd: number | undefined;
  #written = 0;

  constructor(folder: string) {
    // Threads have the same pid, and what is noted of one follows from what was noted before.
    this.#path = join(folder, `lines-${process.pid}-${process.hrtime.bigint()}.txt`);
  }

  get isFull(): boolean {
    return this.#written > maxBytes;
  }

  write(text: string): void {
    try {
      this.#fd ??= openSync(this.#path, 'a', 0o600);
      this.#written += writeSync(this.#fd, text);
    } catch {
      // `obs run` is gone, and its folder with it.
      this.#written = Number.POSITIVE_INFINITY;
    }
  }
}

/** A line that no program writes; the lines after it belong to the span. */
function formatSpan({ traceId, spanId }: SpanContext): string {
  return `\u0001${traceId}\t${spanId}\n`;
}

function cutLines(text: string): string {
  const lines = text.slice(0, keyLength * maxLines * 2).split('\n', maxLines);
  return lines.map((line) => line.slice(0, keyLength * 2)).join('\n');
}

/** A span processor that only begins to watch stdout and stderr when the first span starts. */
export function watchLines(note: NoteText): SpanProcessor {
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

function watchStream(stream: NodeJS.WriteStream, note: NoteText): void {
  const plainWrite = stream.write;
  const watchedWrite = function (this: unknown, ...args: Parameters<typeof plainWrite>): boolean {
    const span = trace.getActiveSpan()?.spanContext();
    if (span !== undefined) note(span, readText(args[0]));
    return plainWrite.apply(stream, args);
  };
  // The overloads of write() differ in what follows the chunk only, which is passed on.
  stream.write = watchedWrite as typeof plainWrite;
}

function readText(chunk: unknown): string {
  if (typeof chunk === 'string') return chunk;
  if (!(chunk instanceof Uint8Array)) return '';
  const { buffer, byteOffset, byteLength } = chunk;
  return Buffer.from(buffer, byteOffset, Math.min(byteLength, keyLength * maxLines)).toString();
}
