// Reads the key=value pairs of a logfmt line, forgiving what go-logfmt (as Loki uses it) forgives, with its error texts.

export interface LogfmtPair {
  readonly key: string;
  readonly value: string;
}

export class LogfmtScanner {
  /** The first trouble on this line; undefined if there was none so far. */
  error: string | undefined;
  readonly #line: string;
  #pos = 0;

  constructor(line: string) {
    this.#line = line;
  }

  get done(): boolean {
    return this.#pos >= this.#line.length;
  }

  /** The next pair; undefined if what stands here is none (then `error` says why) or the line is over. */
  next(): LogfmtPair | undefined {
    this.#skipBlanks();
    if (this.done) return undefined;
    const line = this.#line;
    const start = this.#pos;
    let at = start;
    while (at < line.length && line.charCodeAt(at) > 0x20 && line[at] !== '=' && line[at] !== '"') at++;
    this.#pos = at;
    const key = line.slice(start, at);
    if (key.includes('\ufffd')) {
      this.#fail('invalid key');
      return undefined;
    }
    if (line[at] === '"' || (line[at] === '=' && key === '')) return this.#unexpected();
    if (line[at] !== '=') return { key, value: '' };
    this.#pos = at + 1;
    if (this.done || line.charCodeAt(this.#pos) <= 0x20) return { key, value: '' };
    return line[this.#pos] === '"' ? this.#readQuoted(key) : this.#readBare(key);
  }

  #readBare(key: string): LogfmtPair | undefined {
    const line = this.#line;
    const start = this.#pos;
    let at = start;
    while (at < line.length && line.charCodeAt(at) > 0x20) {
      if (line[at] === '=' || line[at] === '"') {
        this.#pos = at;
        return this.#unexpected();
      }
      at++;
    }
    this.#pos = at;
    return { key, value: line.slice(start, at) };
  }

  #readQuoted(key: string): LogfmtPair | undefined {
    const line = this.#line;
    const start = this.#pos;
    let escaped = false;
    for (let at = start + 1; at < line.length; at++) {
      if (line[at] === '\\') {
        escaped = true;
        at++;
      } else if (line[at] === '"') {
        this.#pos = at + 1;
        const raw = line.slice(start + 1, at);
        const value = escaped ? unquote(raw) : raw;
        if (value !== undefined) return { key, value };
        this.#fail('invalid quoted value');
        return undefined;
      }
    }
    this.#pos = line.length;
    this.#fail('unterminated quoted value');
    return undefined;
  }

  #unexpected(): undefined {
    this.#fail(`unexpected '${this.#line[this.#pos]}'`);
    while (!this.done && this.#line.charCodeAt(this.#pos) > 0x20) this.#pos++;
    return undefined;
  }

  #skipBlanks(): void {
    while (!this.done && this.#line.charCodeAt(this.#pos) <= 0x20) this.#pos++;
  }

  // Positions count bytes from 1.
  #fail(reason: string): void {
    const position = Buffer.byteLength(this.#line.slice(0, this.#pos)) + 1;
    this.error ??= `logfmt syntax error at pos ${position} : ${reason}`;
  }
}

function unquote(raw: string): string | undefined {
  try {
    const safe = raw.replace(/[\u0000-\u001f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return JSON.parse(`"${safe.replaceAll("\\'", "'")}"`);
  } catch {
    return undefined;
  }
}
