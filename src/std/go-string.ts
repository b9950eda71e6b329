// String literals as Go writes them, which all three query languages use: "…" and '…' with escapes, `…` raw.
// https://go.dev/ref/spec#String_literals

/** Why a literal is refused, and where (offset into the literal). */
export class GoStringError extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.name = 'GoStringError';
    this.offset = offset;
  }
}

const simpleEscapes: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/** Where the literal that starts at `start` ends (exclusive); -1 if it is not closed. Escapes are not checked here. */
export function findStringEnd(text: string, start: number): number {
  const quote = text.charAt(start);
  for (let i = start + 1; i < text.length; i++) {
    const char = text.charAt(i);
    if (char === quote) return i + 1;
    if (quote !== '`' && char === '\\') i++;
    if (quote !== '`' && char === '\n') return -1;
  }
  return -1;
}

/** The value of a complete literal, quotes included. @throws GoStringError on a bad escape. */
export function unquoteGoString(literal: string): string {
  const inner = literal.slice(1, -1);
  if (literal.startsWith('`')) return inner.replaceAll('\r', '');
  if (!inner.includes('\\')) return inner;
  const bytes: number[] = [];
  let out = '';
  const flush = () => {
    if (bytes.length > 0) out += Buffer.from(bytes.splice(0)).toString('utf8');
  };
  for (let i = 0; i < inner.length; i++) {
    const char = inner.charAt(i);
    if (char !== '\\') {
      flush();
      out += char;
      continue;
    }
    const found = readEscape(inner, i);
    if (found.byte === undefined) {
      flush();
      out += found.text;
    } else bytes.push(found.byte);
    i += found.length - 1;
  }
  flush();
  return out;
}

// What Go's unicode.IsPrint says of a character; other spaces than the plain one are not printable.
const printable = /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u;

/** Writes a value as a double-quoted literal (Go's strconv.Quote). */
export function quoteGoString(value: string): string {
  let out = '"';
  for (const char of value) {
    const code = char.codePointAt(0)!; // a string iterates over non-empty pieces
    const named = Object.entries(simpleEscapes).find(([name, text]) => text === char && name !== "'");
    if (named) out += `\\${named[0]}`;
    else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else if (printable.test(char)) out += char;
    else out += code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  }
  return `${out}"`;
}

// \x and octal escapes are bytes of UTF-8, not code points; consecutive ones are decoded together.
function readEscape(inner: string, at: number): { text: string; byte?: number; length: number } {
  const kind = inner.charAt(at + 1);
  const simple = simpleEscapes[kind];
  if (simple !== undefined) return { text: simple, length: 2 };
  const digits = { x: 2, u: 4, U: 8 }[kind];
  if (digits !== undefined) {
    const hex = inner.slice(at + 2, at + 2 + digits);
    if (!new RegExp(`^[0-9a-fA-F]{${digits}}$`).test(hex)) throw new GoStringError(`bad escape \\${kind}`, at + 1);
    const code = Number.parseInt(hex, 16);
    if (kind === 'x') return { text: '', byte: code, length: 4 };
    if (code > 0x10ffff) throw new GoStringError(`\\${kind}${hex} is not a Unicode character`, at + 1);
    return { text: String.fromCodePoint(code), length: 2 + digits };
  }
  const octal = /^[0-7]{3}/.exec(inner.slice(at + 1, at + 4));
  if (octal) return { text: '', byte: Number.parseInt(octal[0], 8) & 0xff, length: 4 };
  throw new GoStringError(`unknown escape \\${kind}`, at + 1);
}
