// Moves over the fields of one JSON object without allocating: the fast twin of json-scanner's `eachField`, for the passes
// that touch every line. Where anything is unusual it says so and leaves the line to the slow path.
import type { JsonType } from './json-scanner.ts';

const quote = 0x22;
const backslash = 0x5c;
const comma = 0x2c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;

/** Where the object stands: before a field, at its end, or beyond what this cursor understands. */
export type CursorState = 'field' | 'end' | 'unusual';

export class JsonCursor {
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  type: JsonType = 'null';
  /** Does the string value hold a backslash? */
  escaped = false;
  #bytes: Buffer;
  #at = 0;
  #end = 0;
  #first = true;

  constructor() {
    this.#bytes = Buffer.alloc(0);
  }

  /** Enters the object that begins at `start`; false: there is none. */
  enter(bytes: Buffer, start: number, end: number): boolean {
    this.#bytes = bytes;
    this.#at = start;
    this.#end = end;
    this.#first = true;
    this.#skipBlanks();
    if (bytes[this.#at] !== openBrace) return false;
    this.#at++;
    return true;
  }

  /** Moves to the next field. Keys with escapes, and anything malformed, are unusual. */
  next(): CursorState {
    const bytes = this.#bytes;
    this.#skipBlanks();
    if (bytes[this.#at] === closeBrace && this.#at < this.#end) return 'end';
    if (!this.#first) {
      if (bytes[this.#at] !== comma) return 'unusual';
      this.#at++;
      this.#skipBlanks();
    }
    this.#first = false;
    if (bytes[this.#at] !== quote) return 'unusual';
    this.keyStart = this.#at + 1;
    if (!this.#skipString() || this.escaped) return 'unusual';
    this.keyEnd = this.#at - 1;
    this.#skipBlanks();
    if (bytes[this.#at] !== colon) return 'unusual';
    this.#at++;
    this.#skipBlanks();
    return this.#readValue() && this.#at <= this.#end ? 'field' : 'unusual';
  }

  /** Is the key made of exactly these bytes? */
  keyIs(key: Uint8Array): boolean {
    const length = this.keyEnd - this.keyStart;
    if (length !== key.length) return false;
    const [bytes, start] = [this.#bytes, this.keyStart];
    for (let i = 0; i < length; i++) if (bytes[start + i] !== key[i]) return false;
    return true;
  }

  /** Is the key a label name as it stands: ASCII letters, digits and underscores? */
  keyIsPlain(): boolean {
    const bytes = this.#bytes;
    for (let i = this.keyStart; i < this.keyEnd; i++) {
      const byte = bytes[i] ?? 0;
      const letter = (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;
      if (!letter && byte !== 0x5f && (byte < 0x30 || byte > 0x39)) return false;
    }
    return true;
  }

  /** The value as text; only for strings without escapes, numbers and booleans. */
  valueText(): string {
    return this.#bytes.toString(this.type === 'string' ? 'utf8' : 'latin1', this.valueStart, this.valueEnd);
  }

  #readValue(): boolean {
    const bytes = this.#bytes;
    const first = bytes[this.#at] ?? 0;
    this.valueStart = this.#at;
    if (first === quote) {
      this.type = 'string';
      this.valueStart++;
      if (!this.#skipString()) return false;
      this.valueEnd = this.#at - 1;
      return true;
    }
    if (first === openBrace || first === openBracket) {
      this.type = first === openBrace ? 'object' : 'array';
      if (!this.#skipBlock()) return false;
    } else {
      while (this.#at < this.#end && !endsToken(bytes[this.#at] ?? 0)) this.#at++;
      const type = classify(bytes, this.valueStart, this.#at);
      if (type === undefined) return false;
      this.type = type;
    }
    this.valueEnd = this.#at;
    return true;
  }

  // From the opening quote to behind the closing one.
  #skipString(): boolean {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = this.#at + 1;
    this.escaped = false;
    while (at < end) {
      const byte = bytes[at];
      if (byte === quote) {
        this.#at = at + 1;
        return true;
      }
      if (byte === backslash) {
        this.escaped = true;
        at++;
      }
      at++;
    }
    return false;
  }

  // Brackets of the other kind do not count, as in the library behind Loki.
  #skipBlock(): boolean {
    const bytes = this.#bytes;
    const open = bytes[this.#at] ?? 0;
    const close = open + 2;
    let level = 0;
    while (this.#at < this.#end) {
      const byte = bytes[this.#at];
      if (byte === quote) {
        if (!this.#skipString()) return false;
        continue;
      }
      this.#at++;
      if (byte === open) level++;
      else if (byte === close && --level === 0) return true;
    }
    return false;
  }

  #skipBlanks(): void {
    const bytes = this.#bytes;
    for (;;) {
      const byte = bytes[this.#at];
      if ((byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) || this.#at >= this.#end) return;
      this.#at++;
    }
  }
}

function endsToken(byte: number): boolean {
  return byte === comma || byte === closeBrace || byte === 0x5d || byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
}

function classify(bytes: Buffer, start: number, end: number): JsonType | undefined {
  const first = bytes[start] ?? 0;
  if ((first >= 0x30 && first <= 0x39) || first === 0x2d) return 'number';
  const length = end - start;
  if (first === 0x74 && length === 4) return bytes.toString('latin1', start, end) === 'true' ? 'boolean' : undefined;
  if (first === 0x66 && length === 5) return bytes.toString('latin1', start, end) === 'false' ? 'boolean' : undefined;
  if (first === 0x6e && length === 4) return bytes.toString('latin1', start, end) === 'null' ? 'null' : undefined;
  return undefined;
}
