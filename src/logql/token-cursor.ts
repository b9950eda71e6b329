// The parser's view of the tokens: one token of lookahead, and the errors that say what was expected. Loki's parser is a
// generated one that lists what it expected only when that is four things or fewer; `expected` follows it, `hint` is ours.
import { QueryError } from '../errors/query-error.ts';
import { findNearest } from '../std/nearest.ts';
import { Lexer, type Token } from './lexer.ts';
import { functionWords, plainWords, type TokenKind } from './tokens.ts';

export interface Expectation {
  /** Token kinds as Loki would list them; none: it lists nothing here. */
  readonly expected?: readonly TokenKind[];
  /** What we say was expected, in words. Default: `expected`. */
  readonly hint?: readonly string[];
}

const inWords: Readonly<Record<string, string>> = {
  IDENTIFIER: 'a label name',
  STRING: 'a quoted string',
  NUMBER: 'a number',
  DURATION: 'a duration such as 5m',
  RANGE: 'a range such as [5m]',
  BYTES_CONV: 'bytes(…)',
  DURATION_CONV: 'duration(…)',
  DURATION_SECONDS_CONV: 'duration_seconds(…)',
};

const maxDepth = 500;

export class TokenCursor {
  readonly query: string;
  readonly #lexer: Lexer;
  #token: Token;
  #lastEnd = 0;
  #depth = 0;
  /** A `|` already taken before `unwrap`, which belongs to the range around the pipeline. */
  pendingPipe: Token | undefined;

  constructor(query: string) {
    this.query = query;
    this.#lexer = new Lexer(query);
    this.#token = this.#lexer.next();
  }

  get token(): Token {
    return this.#token;
  }

  /** Where the last token that was taken ends. */
  get lastEnd(): number {
    return this.#lastEnd;
  }

  is(...kinds: readonly TokenKind[]): boolean {
    return kinds.includes(this.#token.kind);
  }

  take(): Token {
    const taken = this.#token;
    this.#lastEnd = taken.end;
    this.#token = this.#lexer.next();
    return taken;
  }

  takeIf(...kinds: readonly TokenKind[]): Token | undefined {
    return this.is(...kinds) ? this.take() : undefined;
  }

  /** Takes a token of one of these kinds. @throws QueryError that lists them. */
  expect(...kinds: readonly TokenKind[]): Token {
    if (!this.is(...kinds)) throw this.unexpected({ expected: kinds });
    return this.take();
  }

  /** Runs a parser one level deeper. @throws QueryError beyond `maxDepth` levels, so that no query overflows the stack. */
  nested<T>(parse: () => T): T {
    this.#depth++;
    if (this.#depth > maxDepth) throw this.invalid(this.#token, `expression is nested deeper than ${maxDepth} levels`);
    const result = parse();
    this.#depth--;
    return result;
  }

  /** A syntax error at the current token. */
  unexpected(expectation: Expectation = {}): QueryError {
    const { token } = this;
    const listed = expectation.expected ?? [];
    const tail = listed.length > 0 && listed.length <= 4 ? `, expecting ${listed.join(' or ')}` : '';
    const hint = expectation.hint ?? listed.map((kind) => inWords[kind] ?? kind);
    return this.#lexer.fail({
      message: token.kind === '$end' ? 'the query ends too early' : `unexpected ${describeToken(token)}`,
      serverDetail: `syntax error: unexpected ${token.kind}${tail}`,
      start: token.start,
      end: Math.max(token.end, token.start + 1),
      expected: hint,
      suggestion: suggestWord(token, hint),
      line0: token.line0,
    });
  }

  /** Grammar without meaning, at a place. `serverText` is Loki's text without `parse error : `. */
  invalid(at: { start: number; end: number }, serverText: string, message = serverText): QueryError {
    return invalidQuery({ query: this.query, at, serverText, message });
  }
}

/** An error of kind `invalid`; the API answers `parse error : serverText`. */
export function invalidQuery(of: {
  readonly query: string;
  readonly at: { readonly start: number; readonly end: number };
  readonly serverText: string;
  readonly message?: string;
}): QueryError {
  return new QueryError({
    language: 'logql',
    kind: 'invalid',
    message: of.message ?? of.serverText,
    serverText: `parse error : ${of.serverText}`,
    query: of.query,
    start: of.at.start,
    end: of.at.end,
  });
}

function describeToken(token: Token): string {
  return token.kind === 'STRING' ? `string ${token.text}` : `"${token.text}"`;
}

function suggestWord(token: Token, hint: readonly string[]): string | undefined {
  if (token.kind !== 'IDENTIFIER' || hint.includes('a label name')) return undefined;
  const known = [...functionWords.keys(), ...plainWords].filter((word) => word !== token.text);
  const nearest = findNearest(token.text, known, 1)[0];
  return nearest === undefined ? undefined : `did you mean ${nearest}?`;
}
