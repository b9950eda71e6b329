// The parser's cursor over the tokens of a query: look, take, or refuse with what was expected.
import type { Literal } from './ast.ts';
import { makeInvalid, makeSyntaxError, makeUnknownIdentifier } from './errors.ts';
import { type Token, tokenize } from './lexer.ts';
import type { Kind, Static, Status } from './values.ts';

// Deeper queries would exhaust the stack of the parser or of what walks the tree; nobody writes them by hand.
const maxDepth = 1000;

export class TokenStream {
  readonly text: string;
  private readonly tokens: readonly Token[];
  private index = 0;

  /** @throws QueryError if the query nests deeper than 1000 levels. */
  constructor(text: string) {
    this.text = text;
    this.tokens = tokenize(text);
    this.failIfTooDeep();
  }

  get previous(): Token | undefined {
    return this.tokens[this.index - 1];
  }

  peek(ahead = 0): Token {
    const last = this.tokens.length - 1;
    return this.tokens[Math.min(this.index + ahead, last)]!; // the list is never empty, its last token ends the text
  }

  at(kind: string): boolean {
    return this.peek().kind === kind;
  }

  next(): Token {
    const token = this.peek();
    this.index++;
    return token;
  }

  take(kinds: readonly string[]): Token | undefined {
    return kinds.includes(this.peek().kind) ? this.next() : undefined;
  }

  /** Takes `kind`; `expected` is what the message lists (default: just it). */
  expect(kind: string, expected: readonly string[] = [kind]): Token {
    return this.at(kind) ? this.next() : this.fail(expected);
  }

  /** Takes `kind` after an expression, where so much else could stand that the message lists nothing. */
  expectLast(kind: string): Token {
    return this.expect(kind, []);
  }

  fail(expected: readonly string[] = []): never {
    throw makeSyntaxError(this.text, this.peek(), expected, this.previous);
  }

  /** Takes a literal: string, number, duration, true, a status, a kind. */
  parseLiteral(): Literal {
    const token = this.peek();
    const value = readLiteral(token);
    if (value === undefined) {
      if (token.kind === 'IDENTIFIER') throw makeUnknownIdentifier(this.text, token);
      return this.fail();
    }
    this.next();
    return { type: 'static', value, start: token.start, end: token.end };
  }

  private failIfTooDeep(): void {
    let open = 0;
    let deepest = 0;
    let operators = 0;
    for (const token of this.tokens) {
      if (token.kind === '(') open++;
      else if (token.kind === ')') open--;
      else if (operatorTokens.test(token.kind)) operators++;
      deepest = Math.max(deepest, open);
    }
    if (deepest <= maxDepth && operators <= maxDepth) return;
    const message = `the query nests deeper than ${maxDepth} levels`;
    throw makeInvalid(this.text, { start: 0, end: 1 }, { message, serverText: message });
  }
}

const operatorTokens = /^[-+*/%^=!<>~&|]+$/;
const statuses = new Set(['error', 'ok', 'unset']);
const kinds = new Set(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']);

/** The value of a literal token; undefined for other tokens. */
export function readLiteral(token: Token): Static | undefined {
  const { kind, value } = token;
  // Values of literal tokens have the type that their kind says: the lexer makes them so.
  if (kind === 'STRING') return { type: 'string', value: value as string };
  if (kind === 'INTEGER') return { type: 'int', value: value as number | bigint };
  if (kind === 'FLOAT') return { type: 'float', value: value as number };
  if (kind === 'DURATION') return { type: 'duration', value: value as number };
  if (kind === 'true' || kind === 'false') return { type: 'boolean', value: kind === 'true' };
  if (statuses.has(kind)) return { type: 'status', value: kind as Status };
  if (kinds.has(kind)) return { type: 'kind', value: kind as Kind };
  if (kind === 'IDENTIFIER' && value === 'minInt') return { type: 'int', value: -(1n << 63n) };
  if (kind === 'IDENTIFIER' && value === 'maxInt') return { type: 'int', value: (1n << 63n) - 1n };
  return undefined;
}
