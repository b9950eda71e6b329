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

/** Between these two places of a buffer, exclusively, there is no backslash. */
interface Stretch {
  from: number;
  to: number;
}

const largeBytes = 64 * 1024;
/** Calling for a search of the machine's own costs as much as looking at so many bytes. */
const nearBytes = 12;

export class JsonCursor {
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;
  type: JsonType = 'null';
  /** Does the string value hold a backslash? */
  escaped = false;
  /** Was the key the one that `next` was told to expect? */
  guessed = false;
  #bytes: Buffer;
  #at = 0;
  #end = 0;
  #first = true;
  // Stretches without a backslash, of large buffers: queries go to and fro between the blocks of several streams.
  readonly #stretches = new WeakMap<Buffer, Stretch>();
  #stretch: Stretch = { from: 0, to: 0 };

  constructor() {
    this.#bytes = Buffer.alloc(0);
  }

  /** Enters the object that begins at `start`; false: there is none. A buffer entered before must not have changed. */
  enter(bytes: Buffer, start: number, end: number): boolean {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#stretch = this.#stretchOf(bytes);
    }
    this.#end = end;
    this.#first = true;
    const at = skipBlanks(bytes, start, end);
    this.#at = at + 1;
    return bytes[at] === openBrace;
  }

  /**
   * Moves to the next field. Keys with escapes, and anything malformed, are unusual. A good guess of the key saves reading
   * it; `guessed` says whether it was one.
   */
  next(guess: Uint8Array = noGuess): CursorState {
    const bytes = this.#bytes;
    const end = this.#end;
    let at = skipBlanks(bytes, this.#at, end);
    if (bytes[at] === closeBrace && at < end) {
      this.#at = at;
      return 'end';
    }
    if (!this.#first) {
      if (bytes[at] !== comma) return 'unusual';
      at = skipBlanks(bytes, at + 1, end);
    }
    this.#first = false;
    if (bytes[at] !== quote) return 'unusual';
    this.keyStart = ++at;
    this.guessed = startsWith(bytes, at, guess) && bytes[at + guess.length] === quote;
    if (this.guessed) at += guess.length;
    else
      for (let byte = bytes[at]; byte !== quote; byte = bytes[++at])
        if (byte === backslash || at >= end) return 'unusual';
    this.keyEnd = at;
    at = skipBlanks(bytes, at + 1, end);
    if (bytes[at] !== colon) return 'unusual';
    return this.#readValue(skipBlanks(bytes, at + 1, end)) && this.#at <= end ? 'field' : 'unusual';
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

  #readValue(start: number): boolean {
    const bytes = this.#bytes;
    const first = bytes[start] ?? 0;
    if (first === quote) {
      this.type = 'string';
      this.valueStart = start + 1;
      if (!this.#skipString(start)) return false;
      this.valueEnd = this.#at - 1;
      return true;
    }
    this.valueStart = start;
    if (first === openBrace || first === openBracket) {
      this.type = first === openBrace ? 'object' : 'array';
      this.#at = start;
      if (!this.#skipBlock()) return false;
    } else {
      let at = start;
      while (at < this.#end && tokenEnds[bytes[at] ?? 0] === 0) at++;
      this.#at = at;
      const type = classify(bytes, start, at);
      if (type === undefined) return false;
      this.type = type;
    }
    this.valueEnd = this.#at;
    return true;
  }

  // From the opening quote to behind the closing one.
  #skipString(start: number): boolean {
    const bytes = this.#bytes;
    const nearEnd = Math.min(start + nearBytes, this.#end);
    for (let at = start + 1; at < nearEnd; at++) {
      const byte = bytes[at];
      if (byte === backslash) break;
      if (byte !== quote) continue;
      this.escaped = false;
      this.#at = at + 1;
      return true;
    }
    return this.#skipLongString(start);
  }

  // Searching is the machine's own, many bytes at a time.
  #skipLongString(start: number): boolean {
    const bytes = this.#bytes;
    const close = bytes.indexOf(quote, start + 1);
    if (close === -1 || close >= this.#end) return false;
    const stretch = this.#stretch;
    if (start <= stretch.from || start >= stretch.to) {
      stretch.from = bytes.lastIndexOf(backslash, start);
      const next = bytes.indexOf(backslash, start);
      stretch.to = next === -1 ? bytes.length : next;
    }
    this.escaped = close > stretch.to;
    if (this.escaped) return this.#skipEscaped(start);
    this.#at = close + 1;
    return true;
  }

  #stretchOf(bytes: Buffer): Stretch {
    const known = this.#stretches.get(bytes);
    if (known !== undefined) return known;
    const made = { from: 0, to: 0 };
    if (bytes.length >= largeBytes) this.#stretches.set(bytes, made);
    return made;
  }

  #skipEscaped(start: number): boolean {
    const bytes = this.#bytes;
    for (let at = start + 1; at < this.#end; at++) {
      const byte = bytes[at];
      if (byte === quote) {
        this.#at = at + 1;
        return true;
      }
      if (byte === backslash) at++;
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
        if (!this.#skipString(this.#at)) return false;
        continue;
      }
      this.#at++;
      if (byte === open) level++;
      else if (byte === close && --level === 0) return true;
    }
    return false;
  }
}

const noGuess = Uint8Array.of(backslash);

function startsWith(bytes: Uint8Array, at: number, wanted: Uint8Array): boolean {
  for (let i = 0; i < wanted.length; i++) if (bytes[at + i] !== wanted[i]) return false;
  return true;
}

function skipBlanks(bytes: Buffer, start: number, end: number): number {
  let at = start;
  for (let byte = bytes[at] ?? 0; byte <= 0x20 && at < end; byte = bytes[++at] ?? 0)
    if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0a && byte !== 0x0d) return at;
  return at;
}

/** By byte: 1 ends a number or a word. */
const tokenEnds = Uint8Array.from({ length: 256 }, (_, byte) => (endsToken(byte) ? 1 : 0));

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
