// Walks the fields of one JSON object on bytes, without building it. Tolerates and refuses exactly what the Go library
// behind Loki does (github.com/buger/jsonparser), whose error texts end up in __error_details__.

export type JsonType = 'string' | 'number' | 'boolean' | 'null' | 'object' | 'array';

export class JsonError extends Error {}

const quote = 0x22;
const backslash = 0x5c;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

const malformed = {
  json: 'Malformed JSON error',
  object: "Value looks like object, but can't find closing '}' symbol",
  array: "Value is array, but can't find closing ']' symbol",
  string: "Value is string, but can't find closing '\"' symbol",
  escape: 'Encountered an invalid escape sequence in a string',
  unknown: 'Unknown value type',
} as const;

/** A field: its key, and where its value stands (strings without their quotes). */
export interface JsonField {
  readonly key: string;
  readonly type: JsonType;
  readonly start: number;
  readonly end: number;
}

/** Calls `visit` for each field of the object at `start`; a false from it stops the walk. @throws JsonError */
export function eachField(
  range: { readonly buffer: Buffer; readonly start: number; readonly end: number },
  visit: (field: JsonField) => boolean,
): void {
  const { buffer, end } = range;
  let at = skipSpace(buffer, range.start, end);
  if (at === -1 || buffer[at] !== openBrace) throw new JsonError(malformed.object);
  at = skipSpace(buffer, at + 1, end);
  if (at === -1) throw new JsonError(malformed.json);
  while (at < end) {
    if (buffer[at] === closeBrace) return;
    if (buffer[at] !== quote) throw new JsonError(malformed.object);
    const keyEnd = findStringEnd(buffer, at + 1, end);
    if (keyEnd === -1) throw new JsonError(malformed.json);
    const key = readKey(buffer, at + 1, keyEnd - 1);
    at = skipSpace(buffer, keyEnd, end);
    if (at === -1 || buffer[at] !== 0x3a) throw new JsonError(malformed.json);
    at = skipSpace(buffer, at + 1, end);
    if (at === -1) throw new JsonError(malformed.json);
    const value = readValue(buffer, at, end);
    if (!visit({ key, ...value })) return;
    at = skipSpace(buffer, value.next, end);
    if (at === -1) throw new JsonError(malformed.array);
    if (buffer[at] === closeBrace) return;
    if (buffer[at] !== 0x2c) throw new JsonError(malformed.object);
    at = skipSpace(buffer, at + 1, end);
    if (at === -1) throw new JsonError(malformed.array);
  }
  throw new JsonError(malformed.object);
}

/** The value at `start`, which must not be a blank. @throws JsonError */
export function readValue(
  buffer: Buffer,
  start: number,
  end: number,
): { type: JsonType; start: number; end: number; next: number } {
  const first = buffer[start];
  if (first === quote) {
    const next = findStringEnd(buffer, start + 1, end);
    if (next === -1) throw new JsonError(malformed.string);
    return { type: 'string', start: start + 1, end: next - 1, next };
  }
  if (first === openBracket || first === openBrace) {
    const array = first === openBracket;
    const next = findBlockEnd({ buffer, start, end, open: first, close: array ? closeBracket : closeBrace });
    if (next === -1) throw new JsonError(array ? malformed.array : malformed.object);
    return { type: array ? 'array' : 'object', start, end: next, next };
  }
  const next = findTokenEnd(buffer, start, end);
  return { type: classifyToken(buffer, start, next), start, end: next, next };
}

/** Position of the next byte that is no blank; -1 if there is none. */
export function skipSpace(buffer: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    if (byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09) return i;
  }
  return -1;
}

/** The text of a string value, escapes resolved; characters that are no text are left out. '' if an escape is bad. */
export function readString(buffer: Buffer, start: number, end: number): string {
  const raw = buffer.toString('utf8', start, end);
  const text = raw.includes('\\') ? (resolveEscapes(raw) ?? '') : raw;
  return text.includes('\ufffd') ? text.replaceAll('\ufffd', '') : text;
}

function readKey(buffer: Buffer, start: number, end: number): string {
  const raw = buffer.toString('utf8', start, end);
  if (!raw.includes('\\')) return raw;
  const text = resolveEscapes(raw);
  if (text === undefined) throw new JsonError(malformed.escape);
  return text;
}

function resolveEscapes(raw: string): string | undefined {
  try {
    // Control characters are allowed here and not in JSON, so they are escaped before.
    const safe = raw.replace(/[\u0000-\u001f]/g, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    return JSON.parse(`"${safe}"`);
  } catch {
    return undefined;
  }
}

// Exclusive end: behind the closing quote.
function findStringEnd(buffer: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    if (byte === quote) return i + 1;
    if (byte === backslash) i++;
  }
  return -1;
}

function findBlockEnd(of: { buffer: Buffer; start: number; end: number; open: number; close: number }): number {
  const { buffer, start, end, open, close } = of;
  let level = 0;
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    if (byte === quote) {
      const stringEnd = findStringEnd(buffer, i + 1, end);
      if (stringEnd === -1) return -1;
      i = stringEnd - 1;
    } else if (byte === open) level++;
    else if (byte === close) {
      level--;
      if (level === 0) return i + 1;
    }
  }
  return -1;
}

function findTokenEnd(buffer: Buffer, start: number, end: number): number {
  for (let i = start; i < end; i++) {
    const byte = buffer[i];
    const blank = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    if (blank || byte === 0x2c || byte === closeBrace || byte === closeBracket) return i;
  }
  return end;
}

function classifyToken(buffer: Buffer, start: number, end: number): JsonType {
  const first = buffer[start] ?? 0;
  if (first === 0x2d || (first >= 0x30 && first <= 0x39)) return 'number';
  const text = buffer.toString('latin1', start, end);
  if (text === 'true' || text === 'false') return 'boolean';
  if (text === 'null') return 'null';
  throw new JsonError(malformed.unknown);
}
