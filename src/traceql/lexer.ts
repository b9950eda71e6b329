// Cuts a TraceQL text into tokens. Spellings are those of Tempo's lexer, which is Go's text/scanner with attributes on top:
// keywords join up greedily ("span" + "."), and after a scope everything up to a delimiter is one attribute name.
import { findStringEnd, unquoteGoString } from '../std/go-string.ts';
import { Scanner, type Token as SpanOfText } from '../std/scanner.ts';
import { parseTraceqlDuration } from './duration.ts';

/** Operators and keywords are their own kind; the rest are classes, named as Tempo's messages name them. */
export type TokenKind = string;

export interface Token extends SpanOfText<TokenKind> {
  /** Value of a literal: text, number, or nanoseconds; undefined for the rest. */
  readonly value?: string | number | bigint;
  /** Where Tempo says this token is; it gives no line to what was read past its scanner. */
  readonly serverStart: number;
  readonly hidesLine: boolean;
  /** Set if the text could not be read; Tempo's words. */
  readonly error?: string;
}

const symbol = /!>>|!<<|&>>|&<<|!=|=~|!~|>=|<=|&&|\|\||>>|<<|!>|!<|&~|&>|&<|[,.{}()=><+\-/%*^!|~]/y;

/** Words that stand for values. */
export const literalWords = [
  'true',
  'false',
  'nil',
  'ok',
  'error',
  'unset',
  'unspecified',
  'internal',
  'server',
  'client',
  'producer',
  'consumer',
] as const;

/** Words that are never names. */
export const keywords: ReadonlySet<string> = new Set([
  ...literalWords,
  'duration',
  'childCount',
  'name',
  'status',
  'statusMessage',
  'kind',
  'rootName',
  'rootServiceName',
  'rootService',
  'traceDuration',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
  'id',
  'traceID',
  'spanID',
  'parentID',
  'timeSinceStart',
  'version',
  'parent',
  'count',
  'avg',
  'max',
  'min',
  'sum',
  'by',
  'coalesce',
  'select',
  'rate',
  'count_over_time',
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'quantile_over_time',
  'histogram_over_time',
  'compare',
  'topk',
  'bottomk',
  'with',
]);

const scopesWithDot = new Set(['.', 'parent.', 'resource.', 'span.', 'event.', 'link.', 'instrumentation.']);
const scopeToken = /(?:parent|resource|span|event|link|instrumentation)\.|(?:trace|span|event|link|instrumentation):/y;
const parentScope = /(?:resource|span)\./y;
const word = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const blank = /(?:[ \t\r\n]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;
const number =
  /0[xX][0-9a-fA-F_]*|0[bB][0-9_]*|0[oO][0-9_]*|(?:[0-9][0-9_]*(?:\.[0-9_]*)?|\.[0-9][0-9_]*)(?:[eE][+-]?[0-9_]*)?/y;
const durationTail = /[\p{N}nsumhµdwy.]+/uy;
const delimiter = /[\s{}()=~!<>&|^,]/;
const plainName = /[^\s{}()=~!<>&|^,"]+/y;

/** All tokens of a query, the last one `$end`. Never throws: what cannot be read is a token with an `error`. */
export function tokenize(text: string): Token[] {
  return new Lexer(text).run();
}

class Lexer {
  private readonly scanner: Scanner;
  private readonly tokens: Token[] = [];
  private scopeStart = 0;
  private sawParent = false;

  constructor(text: string) {
    this.scanner = new Scanner(text);
  }

  run(): Token[] {
    const { scanner } = this;
    for (;;) {
      scanner.takeMatch(blank);
      if (scanner.done) break;
      const start = scanner.pos;
      if (!this.readToken(start)) return this.tokens;
    }
    this.push('$end', scanner.pos);
    return this.tokens;
  }

  // False if the text ends for the parser here (Tempo's scanner stops at what it cannot read).
  private readToken(start: number): boolean {
    const { scanner } = this;
    const char = scanner.peek();
    if (char === '"' || char === '`') return this.readString(start);
    if (char === "'") return this.readChar(start);
    const literal =
      /[0-9]/.test(char) || (char === '.' && /[0-9]/.test(scanner.peek(1))) ? scanner.takeMatch(number) : undefined;
    if (literal !== undefined) return this.readNumber(start, literal);
    const scope = scanner.takeMatch(scopeToken) ?? (scanner.peek() === '.' ? this.takeDot() : undefined);
    if (scope !== undefined) return this.readScope(start, scope);
    const name = scanner.takeMatch(word);
    if (name !== undefined) this.push(keywords.has(name) ? name : 'IDENTIFIER', start, { value: name });
    else this.readSymbol(start);
    return true;
  }

  private takeDot(): string {
    this.scanner.pos++;
    return '.';
  }

  private readSymbol(start: number): void {
    const found = this.scanner.takeMatch(symbol);
    if (found !== undefined) {
      this.push(found, start, { past: found.length > 1 });
      return;
    }
    const odd = String.fromCodePoint(this.scanner.text.codePointAt(start) ?? 0);
    this.scanner.pos += odd.length;
    this.push('IDENTIFIER', start, { value: odd });
  }

  private readString(start: number): boolean {
    const end = findStringEnd(this.scanner.text, start);
    if (end === -1) return this.fail(start, 'literal not terminated');
    this.scanner.pos = end;
    try {
      this.push('STRING', start, { value: unquoteGoString(this.scanner.text.slice(start, end)) });
      return true;
    } catch {
      return this.fail(start, 'invalid char escape');
    }
  }

  // Go's scanner knows character literals; the grammar has no place for them, so they are unknown identifiers.
  private readChar(start: number): boolean {
    const end = findStringEnd(this.scanner.text, start);
    if (end === -1) return this.fail(start, 'literal not terminated');
    this.scanner.pos = end;
    const literal = this.scanner.text.slice(start, end);
    if ([...literal].length !== 3 && !literal.includes('\\')) return this.fail(start, 'invalid char literal');
    this.push('IDENTIFIER', start, { value: literal });
    return true;
  }

  private readNumber(start: number, literal: string): boolean {
    const { scanner } = this;
    const isFloat = /^[^xX]*[.eE]/.test(literal) && !/^0[xX]/.test(literal);
    const afterNumber = scanner.pos;
    const tail = scanner.takeMatch(durationTail);
    const nanos = tail === undefined ? undefined : parseTraceqlDuration(literal + tail);
    if (nanos !== undefined) {
      this.push('DURATION', start, { value: nanos, past: true });
      return true;
    }
    scanner.pos = afterNumber;
    if (/[eE][+-]?$/.test(literal) && isFloat) return this.fail(start, 'exponent has no digits');
    if (!isFloat) return this.readInteger(start, literal);
    const value = Number(literal);
    const problem = literal.includes('_')
      ? 'invalid syntax'
      : Number.isFinite(value)
        ? undefined
        : 'value out of range';
    if (problem) return this.fail(start, `strconv.ParseFloat: parsing ${JSON.stringify(literal)}: ${problem}`);
    this.push('FLOAT', start, { value });
    return true;
  }

  private readInteger(start: number, literal: string): boolean {
    const bad = /^0[0-7]*([89])/.exec(literal);
    if (bad) return this.fail(start, `invalid digit '${bad[1]}' in octal literal`);
    if (!/^[0-9]+$/.test(literal))
      return this.fail(start, `strconv.Atoi: parsing ${JSON.stringify(literal)}: invalid syntax`);
    const exact = BigInt(literal);
    if (exact >= 1n << 63n)
      return this.fail(start, `strconv.Atoi: parsing ${JSON.stringify(literal)}: value out of range`);
    const value = Number(literal);
    this.push('INTEGER', start, { value: Number.isSafeInteger(value) ? value : exact });
    return true;
  }

  private readScope(start: number, scope: string): boolean {
    this.scopeStart = start;
    this.push(scope, start, { past: scope.length > 1 });
    this.sawParent = scope === 'parent.' || (scope === '.' && this.sawParent);
    if (!scopesWithDot.has(scope)) return true;
    return this.readAttribute(scope);
  }

  private readAttribute(scope: string): boolean {
    const { scanner } = this;
    if (scope === 'parent.') {
      const start = scanner.pos;
      const inner = scanner.takeMatch(parentScope);
      if (inner !== undefined) this.push(inner, start, { past: true });
    }
    const start = scanner.pos;
    let past = this.tokens.at(-1)?.hidesLine ?? false;
    if (!this.atDelimiter()) {
      const name = this.takeAttributeName();
      if (name === undefined) return false;
      past = true;
      this.push('IDENTIFIER', start, { value: name, past });
    }
    this.push('END_ATTRIBUTE', scanner.pos, { past });
    return true;
  }

  private atDelimiter(): boolean {
    return this.scanner.done || delimiter.test(this.scanner.peek());
  }

  // Undefined after pushing an error.
  private takeAttributeName(): string | undefined {
    const { scanner } = this;
    const start = scanner.pos;
    let name = '';
    while (!this.atDelimiter()) {
      const plain = scanner.takeMatch(plainName);
      if (plain !== undefined) {
        name += plain;
        continue;
      }
      const end = /"((?:[^"\\]|\\["\\])*)("|\\|$)/y;
      end.lastIndex = scanner.pos;
      const quoted = end.exec(scanner.text);
      if (quoted?.[2] !== '"') {
        this.fail(start, quoted?.[2] === '\\' ? 'invalid escape sequence' : 'unexpected EOF, expecting "', {
          past: true,
        });
        return undefined;
      }
      name += quoted[1]!.replace(/\\(["\\])/g, '$1'); // group 1 takes part in every match
      scanner.pos = end.lastIndex;
    }
    return name;
  }

  private fail(start: number, error: string, options: { readonly past?: boolean } = {}): false {
    this.push('$error', start, { error, ...options });
    return false;
  }

  private push(
    kind: TokenKind,
    start: number,
    more: { readonly value?: string | number | bigint; readonly past?: boolean; readonly error?: string } = {},
  ): void {
    const { past = false, ...rest } = more;
    // Attribute names and their end are placed where their scope began: only there did Tempo's scanner note a place.
    const placed = kind === 'END_ATTRIBUTE' || past ? Math.min(this.startOfScan(kind, start), start) : start;
    this.tokens.push({
      ...this.scanner.token(kind, start),
      ...rest,
      hidesLine: past,
      serverStart: placed,
    });
  }

  private startOfScan(kind: TokenKind, start: number): number {
    const inAttribute =
      kind === 'END_ATTRIBUTE' ||
      kind === 'IDENTIFIER' ||
      kind === 'resource.' ||
      kind === 'span.' ||
      kind === '$error';
    return inAttribute ? Math.min(this.scopeStart, start) : start;
  }
}
