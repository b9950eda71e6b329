// Text to tokens. Follows Go's text/scanner, on which Loki's lexer sits: words, numbers with units, quoted strings, and
// `[5m]` as one token. A word is a function only when a parenthesis follows, so labels may be called `rate` or `count`.
import { QueryError, type QueryErrorFields } from '../errors/query-error.ts';
import { DurationError, parseGoDuration, parsePrometheusDuration } from '../std/go-duration.ts';
import { findStringEnd, GoStringError, unquoteGoString } from '../std/go-string.ts';
import { type Token as KitToken, Scanner } from '../std/scanner.ts';
import { parseBytesSize } from './bytes-size.ts';
import { functionWords, plainWords, signs, type TokenKind } from './tokens.ts';

/** One token. `value` is the unquoted text, `amount` a number, nanoseconds or bytes, by kind. */
export interface Token extends KitToken<TokenKind> {
  readonly value: string;
  readonly amount: number;
  /** Loki names line 0 for tokens it took by hand (signs of two characters, ranges, units). */
  readonly line0: boolean;
}

const space = /[ \t\r\n\v\f\u0085\p{Z}]+/uy;
const word = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const number = /0[xX][0-9a-fA-F_]+|0[bB][01_]+|0[oO][0-7_]+|(?:[0-9][0-9_]*)?\.?[0-9][0-9_]*\.?(?:[eE][+-]?[0-9]+)?/y;
const unit = /[\p{N}nuµmshdwyBikKMGTP.]+/uy;
const flag = /--[^\s)|,{[]+/y;
const parserFlags: ReadonlySet<string> = new Set(['--strict', '--keep-empty']);

/** Reads the tokens of a query one by one; the last one is `$end` for ever. @throws QueryError on a bad token. */
export class Lexer {
  readonly query: string;
  readonly #scanner: Scanner;

  constructor(query: string) {
    this.query = query;
    this.#scanner = new Scanner(query);
  }

  next(): Token {
    const s = this.#scanner;
    this.#skipSpaceAndComments();
    const start = s.pos;
    if (s.done) return this.#make('$end', start);
    const first = s.peek();
    if (first === '"' || first === '`') return this.#readString(start);
    if (first === "'") return this.#readChar(start);
    if (/[0-9]/.test(first) || (first === '.' && /[0-9]/.test(s.peek(1)))) return this.#readNumber(start);
    if (first === '-') {
      const signed = this.#readFlag(start) ?? this.#readUnit(start, '-', 1);
      if (signed) return signed;
    }
    if (first === '[') return this.#readRange(start);
    if (s.takeMatch(word) !== undefined) return this.#makeWord(start);
    const sign = signs.find((text) => s.take(text));
    if (sign !== undefined) return this.#make(sign, start, { line0: sign.length > 1 });
    s.pos += first >= '\ud800' && first <= '\udbff' ? 2 : 1;
    return this.#make('IDENTIFIER', start);
  }

  #skipSpaceAndComments(): void {
    const s = this.#scanner;
    for (;;) {
      s.takeMatch(space);
      if (s.peek() !== '#') return;
      const newline = s.text.indexOf('\n', s.pos);
      s.pos = newline === -1 ? s.text.length : newline;
    }
  }

  #makeWord(start: number): Token {
    const text = this.#scanner.text.slice(start, this.#scanner.pos);
    if (plainWords.has(text) && (text !== 'ip' || this.#isCall())) return this.#make(text, start);
    const functionKind = functionWords.get(text);
    return this.#make(functionKind !== undefined && this.#isCall() ? functionKind : 'IDENTIFIER', start);
  }

  // `sum(`, `sum by (` and `sum without(` are calls; `sum = 1` is a label.
  #isCall(): boolean {
    return /^\s*(?:(?:by|without)\s*)?\(/.test(this.#scanner.text.slice(this.#scanner.pos, this.#scanner.pos + 256));
  }

  #readNumber(start: number): Token {
    const s = this.#scanner;
    const digits = s.takeMatch(number) ?? '';
    return this.#readUnit(start, digits, 0) ?? this.#make('NUMBER', start, { value: digits });
  }

  // A duration or a size begins with `head`, which the cursor has passed unless `skip` says how much of it is ahead.
  #readUnit(start: number, head: string, skip: number): Token | undefined {
    const s = this.#scanner;
    const back = s.pos;
    s.pos += skip;
    const tail = s.takeMatch(unit);
    if (tail !== undefined) {
      const durationTail = /^[\p{N}nuµmshdwy.]+/u.exec(tail)?.[0];
      const durationNs = durationTail === undefined ? undefined : readDuration(head + durationTail);
      if (durationTail !== undefined && durationNs !== undefined) {
        s.pos = back + skip + durationTail.length;
        return this.#make('DURATION', start, { amount: durationNs, line0: true });
      }
      const sizeTail = /^[\p{N}BikKMGTP.]+/u.exec(tail)?.[0];
      const sizeBytes = head === '-' || sizeTail === undefined ? undefined : parseBytesSize(head + sizeTail);
      if (sizeTail !== undefined && sizeBytes !== undefined) {
        s.pos = back + skip + sizeTail.length;
        return this.#make('BYTES', start, { amount: sizeBytes, line0: true });
      }
    }
    s.pos = back;
    return undefined;
  }

  #readFlag(start: number): Token | undefined {
    const s = this.#scanner;
    const text = s.takeMatch(flag);
    if (text === undefined) return undefined;
    if (parserFlags.has(text)) return this.#make('PARSER_FLAG', start, { value: text, line0: true });
    s.pos = start;
    return undefined;
  }

  #readString(start: number): Token {
    const s = this.#scanner;
    const end = findStringEnd(s.text, start);
    if (end === -1) {
      throw this.fail({ message: 'this string is not closed', serverDetail: 'literal not terminated', start });
    }
    s.pos = end;
    try {
      return this.#make('STRING', start, { value: unquoteGoString(s.text.slice(start, end)) });
    } catch (error) {
      if (!(error instanceof GoStringError)) throw error;
      const at = start + error.offset;
      throw this.fail({
        message: `${error.message} in a string`,
        serverDetail: 'invalid char escape',
        start: at,
        serverStart: start,
      });
    }
  }

  #readChar(start: number): Token {
    const s = this.#scanner;
    const end = findStringEnd(s.text, start);
    const inner = end === -1 ? '' : s.text.slice(start + 1, end - 1);
    const detail = end === -1 ? 'literal not terminated' : 'invalid char literal';
    if (end === -1 || [...inner].length !== 1) {
      const suggestion = end === -1 ? undefined : `"${inner}"`;
      const message = 'strings stand in double quotes or backticks';
      throw this.fail({ message, serverDetail: detail, start, end: end === -1 ? start + 1 : end, suggestion });
    }
    s.pos = end;
    return this.#make('IDENTIFIER', start);
  }

  #readRange(start: number): Token {
    const s = this.#scanner;
    const close = s.text.indexOf(']', start);
    if (close === -1) {
      const message = 'this range is not closed';
      throw this.fail({
        message,
        serverDetail: "missing closing ']' in duration",
        start,
        expected: [']'],
        line0: true,
      });
    }
    s.pos = close + 1;
    const text = s.text.slice(start + 1, close);
    try {
      return this.#make('RANGE', start, { amount: parsePrometheusDuration(text), line0: true });
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
      throw this.fail({
        message: `a range is a duration such as [5m]: ${error.message}`,
        serverDetail: error.message,
        start,
        end: close + 1,
        suggestion: /^[0-9]+$/.test(text) ? `[${text}s]` : undefined,
        line0: true,
      });
    }
  }

  #make(kind: TokenKind, start: number, extra: Partial<Pick<Token, 'value' | 'amount' | 'line0'>> = {}): Token {
    const token = this.#scanner.token(kind, start);
    return { ...token, value: extra.value ?? token.text, amount: extra.amount ?? 0, line0: extra.line0 ?? false };
  }

  /** A syntax error at a place, with Loki's words for the API. */
  fail(at: {
    readonly message: string;
    readonly serverDetail: string;
    readonly start: number;
    readonly end?: number;
    readonly expected?: readonly string[] | undefined;
    readonly suggestion?: string | undefined;
    readonly line0?: boolean;
    /** Where Loki places it, if elsewhere. */
    readonly serverStart?: number;
  }): QueryError {
    const fields: QueryErrorFields = {
      language: 'logql',
      kind: 'syntax',
      message: at.message,
      serverText: `parse error${this.#describe(at.serverStart ?? at.start, at.line0 ?? false)}${at.serverDetail}`,
      query: this.query,
      start: at.start,
      ...(at.end === undefined ? {} : { end: at.end }),
      ...(at.expected === undefined ? {} : { expected: at.expected }),
      ...(at.suggestion === undefined ? {} : { suggestion: at.suggestion }),
    };
    return new QueryError(fields);
  }

  // Columns count characters from 1. An empty query has no position at all.
  #describe(start: number, line0: boolean): string {
    if (this.query === '') return ' : ';
    const before = this.query.slice(0, start);
    const lineStart = before.lastIndexOf('\n') + 1;
    const line = line0 ? 0 : before.split('\n').length;
    return ` at line ${line}, col ${[...before.slice(lineStart)].length + 1}: `;
  }
}

function readDuration(text: string): number | undefined {
  for (const read of [parsePrometheusDuration, parseGoDuration]) {
    try {
      return read(text);
    } catch (error) {
      if (!(error instanceof DurationError)) throw error;
    }
  }
  return undefined;
}
