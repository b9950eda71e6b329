// Cuts a PromQL text into tokens. What a character means depends on where it stands (in braces, in brackets, outside),
// and the complaints are those of Prometheus, which names characters and not tokens.
import { quoteGoString } from '../std/go-string.ts';
import { Scanner } from '../std/scanner.ts';
import { findKeyword, isDurationWord, type Token, type TokenKind } from './token.ts';

/** A complaint ends the text: the last token is then of kind ERROR instead of EOF. */
export function lexPromql(text: string): Token[] {
  return new Lexer(text).run();
}

const space = /[ \t\n\r]+/y;
const comment = /#[^\r\n]*/y;
const word = /[a-zA-Z_][a-zA-Z0-9_]*/y;
const wordOrMetric = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const letters = /[a-zA-Z_]+/y;
const durationTail = /[smhdwy]s?(?:[0-9]+[smhdw]s?)*/y;
const isDigit = (char: string) => char >= '0' && char <= '9' && char.length === 1;
const isAlpha = (char: string) => /^[a-zA-Z_]$/.test(char);
const isAlphaNumeric = (char: string) => /^[a-zA-Z0-9_]$/.test(char);

const plainSymbols = ['==', '!=', '<=', '</', '>=', '>/', '<', '>', '=', '*', '/', '%', '+', '-', '^', ',', '@'];
const braceSymbols = ['=~', '!~', '!=', '=', ','];
const durationSymbols = ['+', '-', '*', '/', '%', '^', ','];

class Complaint extends Error {
  readonly start: number;

  constructor(message: string, start: number) {
    super(message);
    this.start = start;
  }
}

class Lexer {
  readonly #scan: Scanner;
  readonly #tokens: Token[] = [];
  #parenDepth = 0;
  #inBraces = false;
  #inBrackets = false;
  /** Directly inside `[` until a number was read: only duration arithmetic may stand there. */
  #inDuration = false;
  #gotColon = false;
  #gotDuration = false;

  constructor(text: string) {
    this.#scan = new Scanner(text);
  }

  run(): Token[] {
    try {
      while (this.#step());
    } catch (error) {
      if (!(error instanceof Complaint)) throw error;
      const end = this.#scan.text.length;
      this.#tokens.push({ kind: 'ERROR', text: error.message, start: error.start, end });
    }
    return this.#tokens;
  }

  #step(): boolean {
    this.#scan.takeMatch(space);
    if (!this.#inDuration && this.#scan.takeMatch(comment) !== undefined) return true;
    if (this.#inBraces) return this.#lexInBraces();
    if (this.#inDuration) return this.#lexInDuration();
    return this.#lexOutside();
  }

  #lexOutside(): boolean {
    const scan = this.#scan;
    const start = scan.pos;
    if (scan.done) {
      if (this.#parenDepth !== 0) this.#complain('unclosed left parenthesis', start);
      if (this.#inBrackets) this.#complain('unclosed left bracket', start);
      this.#emit('EOF', start);
      return false;
    }
    const char = scan.peek();
    if (char === '=' && scan.peek(1) === '~') this.#complain("unexpected character after '=': '~'", start);
    if (char === '!' && scan.peek(1) !== '=') this.#complainAfterBang(start, '');
    const symbol = scan.takeLongest(plainSymbols);
    if (symbol !== undefined) return this.#emitSymbol(symbol, start);
    if (isDigit(char) || (char === '.' && isDigit(scan.peek(1)))) return this.#lexNumber(start);
    if (char === '"' || char === "'" || char === '`') return this.#lexString(start, char);
    if (isAlpha(char) || char === ':') return this.#inBrackets ? this.#lexInBrackets(start) : this.#lexWord(start);
    const bracket = this.#lexBracket(start, char);
    if (bracket) return true;
    return this.#complain(`unexpected character: ${this.#quoteNext(0)}`, start);
  }

  #lexBracket(start: number, char: string): boolean {
    this.#scan.pos++;
    switch (char) {
      case '(':
        this.#parenDepth++;
        return this.#emit('(', start);
      case ')':
        return this.#closeParen(start);
      case '{':
        this.#inBraces = true;
        return this.#emit('{', start);
      case '[':
        if (this.#inBrackets) this.#complain("unexpected left bracket '['", start);
        this.#inBrackets = true;
        this.#inDuration = true;
        this.#gotColon = false;
        return this.#emit('[', start);
      case ']':
        if (!this.#inBrackets) this.#complain("unexpected right bracket ']'", start);
        this.#inBrackets = false;
        return this.#emit(']', start);
      default:
        this.#scan.pos--;
        return false;
    }
  }

  #closeParen(start: number): boolean {
    this.#emit(')', start);
    this.#parenDepth--;
    if (this.#parenDepth < 0) {
      // The parenthesis itself is complained about instead of returned, and the place is behind it.
      this.#tokens.pop();
      this.#complain("unexpected right parenthesis ')'", this.#scan.pos);
    }
    return true;
  }

  /** After a number inside brackets: a colon, a duration keyword, or a complaint. */
  #lexInBrackets(start: number): boolean {
    const scan = this.#scan;
    if (scan.peek() === ':') {
      if (this.#gotColon) this.#complain("unexpected colon ':'", start);
      scan.pos++;
      this.#gotColon = true;
      return this.#emit(':', start);
    }
    const quoted = this.#quoteNext(0);
    if (this.#takeDurationWord(start)) return true;
    return this.#complain(`unexpected character: ${quoted}, expected ':'`, start);
  }

  #lexInDuration(): boolean {
    const scan = this.#scan;
    const start = scan.pos;
    if (scan.done) this.#complain('unexpected end of input in duration expression', start);
    const char = scan.peek();
    if (isDigit(char) || (char === '.' && isDigit(scan.peek(1)))) {
      this.#gotDuration = true;
      this.#inDuration = false;
      return this.#lexNumber(start);
    }
    const symbol = scan.takeLongest(durationSymbols);
    if (symbol !== undefined) return this.#emitSymbol(symbol, start);
    const quoted = this.#quoteNext(0);
    if (/[srmSRM]/.test(char) && this.#takeDurationWord(start)) return true;
    scan.pos = start + (char === '' ? 0 : 1);
    switch (char) {
      case ']':
        this.#inBrackets = false;
        this.#inDuration = false;
        return this.#emit(']', start);
      case ':':
        return this.#lexDurationColon(start);
      case '(':
        this.#parenDepth++;
        return this.#emit('(', start);
      case ')':
        return this.#closeParen(start);
      default:
        return this.#complain(`unexpected character in duration expression: ${quoted}`, start);
    }
  }

  #lexDurationColon(start: number): boolean {
    const end = start + 1;
    if (!this.#gotDuration) this.#complain('unexpected colon before duration in duration expression', end);
    if (this.#gotColon) this.#complain('unexpected repeated colon in duration expression', end);
    this.#gotColon = true;
    return this.#emit(':', start);
  }

  #takeDurationWord(start: number): boolean {
    const found = this.#scan.takeMatch(letters)?.toLowerCase() ?? '';
    if (!isDurationWord(found)) return false;
    return this.#emit(found, start);
  }

  #lexInBraces(): boolean {
    const scan = this.#scan;
    const start = scan.pos;
    if (scan.done) this.#complain('unexpected end of input inside braces', start);
    const char = scan.peek();
    if (scan.takeMatch(word) !== undefined) return this.#emit('IDENTIFIER', start);
    if (char === '"' || char === "'" || char === '`') return this.#lexString(start, char);
    const symbol = scan.takeLongest(braceSymbols);
    if (symbol !== undefined) return this.#emitSymbol(symbol, start);
    if (char === '!') this.#complainAfterBang(start, ' inside braces');
    if (char === '{') this.#complain("unexpected left brace '{'", start);
    if (char !== '}') this.#complain(`unexpected character inside braces: ${this.#quoteNext(0)}`, start);
    scan.pos++;
    this.#inBraces = false;
    return this.#emit('}', start);
  }

  #lexWord(start: number): boolean {
    const text = this.#scan.takeMatch(wordOrMetric) ?? '';
    const lower = text.toLowerCase();
    if (lower === 'inf' || lower === 'nan') return this.#emit('NUMBER', start);
    const keyword = findKeyword(text);
    // `fill` and its kin are ordinary names unless they are called.
    const isName = keyword?.startsWith('fill') && !/^[ \t\n\r]*\(/.test(this.#scan.text.slice(this.#scan.pos));
    if (keyword !== undefined && !isName) return this.#emit(keyword, start);
    return this.#emit(text.includes(':') ? 'METRIC_IDENTIFIER' : 'IDENTIFIER', start);
  }

  #lexNumber(start: number): boolean {
    if (this.#scanNumber()) return this.#emit('NUMBER', start);
    const isDuration = this.#scan.takeMatch(durationTail) !== undefined && !isAlphaNumeric(this.#scan.peek());
    if (isDuration) return this.#emit('DURATION', start);
    // Prometheus quotes up to the character it stumbled over.
    const read = this.#scan.text.slice(start, this.#endOfBadNumber(start));
    return this.#complain(`bad number or duration syntax: ${quoteGoString(read)}`, start);
  }

  /** Where the quotation of a bad number ends: behind the digits or the letter that spoilt a duration. */
  #endOfBadNumber(start: number): number {
    const { text, pos } = this.#scan;
    if (!/[smhdwy]s?$/.test(text.slice(start, pos))) return pos;
    const digits = /^[0-9]+/.exec(text.slice(pos));
    return pos + (digits?.[0].length ?? 1);
  }

  /** Reads `12`, `1_000`, `.5e-3`, `0x1F`; false if what follows makes it no number. */
  #scanNumber(): boolean {
    const scan = this.#scan;
    let digits = '0123456789';
    if (this.#takeOne('0') && this.#takeOne('xX')) {
      this.#takeOne('_');
      digits = '0123456789abcdefABCDEF';
    }
    this.#takeOne('.');
    this.#takeOne(digits);
    let hasDot = false;
    let hasExponent = false;
    while (!scan.done && `${digits}._eE`.includes(scan.peek())) {
      const repeats = (hasDot && scan.peek() === '.') || (hasExponent && /[eE]/.test(scan.peek()));
      if (repeats) {
        scan.pos++;
        return false;
      }
      if (this.#takeOne('.')) {
        hasDot = true;
        if (this.#takeOne('_.') || digits.length > 10) return false;
      } else if (this.#takeOne('eE')) {
        hasExponent = true;
        this.#takeOne('+-');
        if (this.#takeOne('._eE') || scan.done) return false;
      } else if (this.#takeOne('_')) {
        if (this.#takeOne('._eE') || scan.done) return false;
      } else while (this.#takeOne(digits));
    }
    return !isAlphaNumeric(scan.peek());
  }

  #takeOne(set: string): boolean {
    const char = this.#scan.peek();
    if (char === '' || !set.includes(char)) return false;
    this.#scan.pos++;
    return true;
  }

  #lexString(start: number, quote: string): boolean {
    const { text } = this.#scan;
    const raw = quote === '`';
    for (let i = start + 1; i < text.length; i++) {
      const char = text.charAt(i);
      if (char === quote) {
        this.#scan.pos = i + 1;
        return this.#emit('STRING', start);
      }
      if (char === '\ufffd') this.#complain('invalid UTF-8 rune', start);
      if (raw) continue;
      if (char === '\n') break;
      if (char === '\\') i = this.#checkEscape(i + 1, start, quote);
    }
    return this.#complain(raw ? 'unterminated raw string' : 'unterminated quoted string', start);
  }

  /** Checks the escape whose letter is at `at`; returns the offset of its last character. */
  #checkEscape(at: number, start: number, quote: string): number {
    const { text } = this.#scan;
    const char = text.charAt(at);
    if (char === '') this.#complain('escape sequence not terminated', start);
    if ('abfnrtv\\'.includes(char) || char === quote) return at;
    const octal = /[0-7]/.test(char);
    const shape = { x: 2, u: 4, U: 8 }[char];
    if (!octal && shape === undefined) {
      this.#complain(`unknown escape sequence ${describeRune(text.codePointAt(at) ?? 0xfffd)}`, start);
    }
    const first = octal ? at : at + 1;
    const length = shape ?? 3;
    const isDigitOf = octal ? /[0-7]/ : /[0-9a-fA-F]/;
    for (let i = first; i < first + length; i++) {
      const digit = text.charAt(i);
      if (digit === '') this.#complain('escape sequence not terminated', start);
      if (isDigitOf.test(digit)) continue;
      this.#complain(`illegal character ${describeRune(text.codePointAt(i) ?? 0xfffd)} in escape sequence`, start);
    }
    const code = Number.parseInt(text.slice(first, first + length), octal ? 8 : 16);
    const limit = octal || char === 'x' ? 255 : 0x10ffff;
    if (code > limit || (code >= 0xd800 && code < 0xe000)) {
      this.#complain('escape sequence is an invalid Unicode code point', start);
    }
    return first + length - 1;
  }

  #emitSymbol(symbol: string, start: number): boolean {
    // Taken from one of the symbol lists above, which hold token kinds only.
    return this.#emit(symbol as TokenKind, start);
  }

  #emit(kind: TokenKind, start: number): boolean {
    this.#tokens.push(this.#scan.token(kind, start));
    return true;
  }

  #complainAfterBang(start: number, where: string): never {
    return this.#complain(`unexpected character after '!'${where}: ${this.#quoteNext(1)}`, start);
  }

  #complain(message: string, start: number): never {
    throw new Complaint(message, start);
  }

  #quoteNext(ahead: number): string {
    return quoteRune(this.#scan.text.codePointAt(this.#scan.pos + ahead) ?? 0xfffd);
  }
}

// fmt's %q of a character.
function quoteRune(code: number): string {
  if (code === 0x27) return "'\\''";
  const quoted = quoteGoString(String.fromCodePoint(code)).slice(1, -1);
  return `'${quoted === '\\"' ? '"' : quoted}'`;
}

// fmt's %#U: U+0071 'q'.
function describeRune(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCodePoint(code)}'`;
}
