// Puts lines of output together with the spans in which they were written, which the preload notes down in the spool just
// before each line (preload/sdk/line-contexts.ts).
import { closeSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { StringDecoder } from 'node:string_decoder';
import { setImmediate as giveWay } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { noTraceIds, type TraceIds } from './trace-ids.ts';

const notePrefix = 'lines-';
const ownLogsPrefix = 'own-logs-';
/** As the preload cuts them. */
const keyLength = 160;
/** Notes whose line never comes (a stream that was closed) must not pile up; as many as there may be lines in the queue. */
const maxWaiting = 250_000;
const spanMark = /^\u0001([0-9a-f]{32})\t([0-9a-f]{16})$/;
const readBytes = 64 * 1024;

interface NoteFile {
  readonly fd: number;
  readonly decoder: StringDecoder;
  offset: number;
  rest: string;
  /** What the next lines belong to. */
  ids: TraceIds;
}

export class LineContexts {
  readonly #folder: string;
  readonly #files = new Map<string, NoteFile>();
  readonly #waiting = new Map<string, TraceIds[]>();
  readonly #buffer = Buffer.allocUnsafe(readBytes);
  #waitingCount = 0;
  #hasOwnLogs = false;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether a process of the app has loaded what could send its lines over OTLP. */
  get hasOwnLogs(): boolean {
    return this.#hasOwnLogs;
  }

  /**
   * Reads what was noted since the last call, to be called before lines that have arrived are looked up. Gives way in
   * between: an app whose output is not read stands still.
   */
  async read(): Promise<void> {
    for (const name of this.#list()) {
      if (name.startsWith(ownLogsPrefix)) this.#hasOwnLogs = true;
      if (name.startsWith(notePrefix)) while (this.#readSome(name)) await giveWay();
    }
  }

  /** The ids of the oldest line like this one that was not asked for yet; empty ones if none was noted. */
  take(line: string): TraceIds {
    if (this.#waitingCount === 0) return noTraceIds;
    const key = makeKey(line);
    const found = this.#waiting.get(key);
    const ids = found?.shift();
    if (found === undefined || ids === undefined) return noTraceIds;
    if (found.length === 0) this.#waiting.delete(key);
    this.#waitingCount -= 1;
    return ids;
  }

  close(): void {
    for (const { fd } of this.#files.values()) closeSync(fd);
    this.#files.clear();
  }

  #list(): string[] {
    try {
      return readdirSync(this.#folder);
    } catch {
      return []; // removed with the stack
    }
  }

  /** Whether there may be more. */
  #readSome(name: string): boolean {
    const file = this.#files.get(name) ?? this.#open(name);
    if (file === undefined) return false;
    const count = readSync(file.fd, this.#buffer, 0, readBytes, file.offset);
    file.offset += count;
    const lines = (file.rest + file.decoder.write(this.#buffer.subarray(0, count))).split('\n');
    file.rest = lines.pop() ?? '';
    for (const line of lines) this.#note(file, line);
    return count === readBytes;
  }

  #open(name: string): NoteFile | undefined {
    try {
      const fd = openSync(join(this.#folder, name), 'r');
      const file: NoteFile = { fd, decoder: new StringDecoder('utf8'), offset: 0, rest: '', ids: noTraceIds };
      this.#files.set(name, file);
      return file;
    } catch {
      return undefined;
    }
  }

  #note(file: NoteFile, line: string): void {
    const [, traceId, spanId] = (line.startsWith('\u0001') && spanMark.exec(line)) || [];
    if (traceId !== undefined && spanId !== undefined) {
      file.ids = { traceId, spanId };
      return;
    }
    const key = makeKey(line.includes('\u001b') ? stripVTControlCharacters(line) : line);
    if (key === '' || file.ids === noTraceIds) return;
    if (this.#waitingCount >= maxWaiting) this.#forget();
    const known = this.#waiting.get(key);
    if (known === undefined) this.#waiting.set(key, [file.ids]);
    else known.push(file.ids);
    this.#waitingCount += 1;
  }

  // Keys are in the order in which they were first noted.
  #forget(): void {
    for (const [key, ids] of this.#waiting) {
      this.#waiting.delete(key);
      this.#waitingCount -= ids.length;
      if (this.#waitingCount < maxWaiting / 2) return;
    }
  }
}

/** A stack trace is one record of many lines; it was noted by its first. */
function makeKey(record: string): string {
  const end = record.indexOf('\n');
  return (end === -1 ? record : record.slice(0, end)).trimEnd().slice(0, keyLength);
}
