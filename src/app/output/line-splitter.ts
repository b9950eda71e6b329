// Chunks of bytes to whole lines. A line without end is cut, so that an app cannot fill this process's memory.
import { StringDecoder } from 'node:string_decoder';

/** Longer lines are recorded in pieces. */
export const maxLineLength = 64 * 1024;

export class LineSplitter {
  readonly #decoder = new StringDecoder('utf8');
  readonly #onLine: (line: string) => void;
  #rest = '';

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  push(chunk: Buffer): void {
    const text = this.#rest + this.#decoder.write(chunk);
    let start = 0;
    for (let end = text.indexOf('\n'); end !== -1; end = text.indexOf('\n', start)) {
      this.#emit(text.slice(start, end > start && text[end - 1] === '\r' ? end - 1 : end));
      start = end + 1;
    }
    this.#rest = text.slice(start);
    if (this.#rest.length > maxLineLength) this.end();
  }

  /** Hands out what is left without a line break. */
  end(): void {
    const rest = this.#rest + this.#decoder.end();
    this.#rest = '';
    if (rest !== '') this.#emit(rest);
  }

  #emit(line: string): void {
    for (let at = 0; at === 0 || at < line.length; at += maxLineLength)
      this.#onLine(line.slice(at, at + maxLineLength));
  }
}
