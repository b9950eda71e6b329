// PromQL text → syntax tree. Recursive descent with precedence climbing; what it accepts and how it complains follows
// Prometheus's grammar, whose messages name the innermost clause that was being read (`in aggregation`, `in offset`).

import { parseGoFloat, parseGoInt } from '../std/go-strconv.ts';
import { GoStringError, unquoteGoString } from '../std/go-string.ts';
import { findNearest } from '../std/nearest.ts';
import { Re2SyntaxError } from '../std/re2.ts';
import type {
  AggregationName,
  BinaryOperator,
  DurationNode,
  Expr,
  NumberLiteral,
  Span,
  StringLiteral,
  VectorSelector,
} from './ast.ts';
import { maxDurationSeconds, parseDuration } from './duration.ts';
import { expectAfterComplaint } from './expectations.ts';
import { isFunctionName, signatures } from './function-signatures.ts';
import { isValidLabelName, metricNameLabel } from './labels.ts';
import { lexPromql } from './lexer.ts';
import { type Matcher, type MatchType, makeMatcher } from './matcher.ts';
import { parseDurationExpr, parseOffsetDuration } from './parse-duration.ts';
import { type Refusal, refuse } from './parse-error.ts';
import { parseMatching } from './parse-matching.ts';
import { applyAt, applyExtension, applyOffset, applyRange, type RangeParts } from './parse-modifiers.ts';
import {
  canBeLabelName,
  canBeMetricName,
  describeToken,
  isAggregation,
  isBinaryOperator,
  precedence,
  type Token,
  type TokenKind,
} from './token.ts';
import { checkTypes } from './validate.ts';

/** Parses and type-checks a whole query. @throws QueryError with position and the server's own text */
export function parsePromql(query: string): Expr {
  const expr = new Parser(query).parseQuery();
  return checkTypes(query, expr);
}

/** Parses one series selector, as in `match[]`. @throws QueryError */
export function parseSelector(text: string): VectorSelector {
  return new Parser(text).parseLoneSelector();
}

/** A clause whose beginning was read: what a complaint inside it says. */
interface Clause {
  readonly context: string;
  readonly expected: string;
}

const anyExpression = ['a metric, function, aggregation, number, string or "("'];
const afterExpression = ['an operator', 'a modifier', 'the end of the query'];
const aggregationsWithParam = new Set<AggregationName>([
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
]);
/** Walking a deeper tree could overflow the stack. */
const maxDepth = 500;
const matchOperators: readonly TokenKind[] = ['=', '!=', '=~', '!~'];

/** The cursor over the tokens, shared with the parsers of durations. */
export class Parser {
  readonly query: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  readonly #clauses: Clause[] = [];
  #depth = 0;

  constructor(query: string) {
    this.query = query;
    this.#tokens = lexPromql(query);
  }

  parseQuery(): Expr {
    if (this.peek().kind === 'EOF') {
      this.fail({ kind: 'syntax', message: 'no expression found in input', start: 0, expected: anyExpression });
    }
    const expr = this.parseExpr(0);
    if (this.peek().kind !== 'EOF') this.failUnexpected(afterExpression);
    return expr;
  }

  parseLoneSelector(): VectorSelector {
    const selector = this.#parseSelector();
    if (this.peek().kind !== 'EOF') this.failUnexpected(['the end of the selector']);
    return selector;
  }

  /** The next token. @throws QueryError if the lexer stumbled there */
  peek(): Token {
    const token = this.#tokens[this.#at];
    if (token === undefined) throw new Error('read past the end of the query');
    if (token.kind === 'ERROR') {
      const { text, start } = token;
      this.fail({ kind: 'syntax', message: text, start, end: start + 1, expected: expectAfterComplaint(text) });
    }
    return token;
  }

  next(): Token {
    const token = this.peek();
    if (token.kind !== 'EOF') this.#at++;
    return token;
  }

  /** Takes the next token if it is of this kind. */
  take(kind: TokenKind): Token | undefined {
    return this.peek().kind === kind ? this.next() : undefined;
  }

  expect(kind: TokenKind): Token {
    return this.take(kind) ?? this.failUnexpected([`"${kind}"`]);
  }

  /** Where the last token taken ends. */
  get lastEnd(): number {
    return this.#tokens[this.#at - 1]?.end ?? 0;
  }

  /** Reads inside a clause, so that complaints about what stands there name it. */
  within<T>(clause: Clause, read: () => T): T {
    this.#clauses.push(clause);
    const result = read();
    this.#clauses.pop();
    return result;
  }

  fail(refusal: Refusal): never {
    throw refuse(this.query, refusal);
  }

  /** Complains about the next token. `expected` is for people, where Prometheus names nothing. */
  failUnexpected(expected?: readonly string[]): never {
    const token = this.peek();
    const clause = this.#clauses.at(-1);
    const context = clause ? ` in ${clause.context}` : '';
    const hint = clause?.expected ? `, expected ${clause.expected}` : '';
    const wanted = clause?.expected ? [clause.expected] : expected;
    return this.fail({
      kind: 'syntax',
      message: `unexpected ${describeToken(token)}${context}${hint}`,
      start: token.start,
      end: Math.max(token.end, token.start + 1),
      ...(wanted === undefined ? {} : { expected: wanted }),
    });
  }

  parseExpr(minPrecedence: number): Expr {
    const depth = this.#depth;
    this.#deepen();
    let lhs = this.#parsePostfix(this.#parsePrimary());
    for (;;) {
      const op = this.peek().kind;
      if (!isBinaryOperator(op) || precedence[op] < minPrecedence) break;
      this.next();
      lhs = this.#parseBinaryRest(lhs, op);
      this.#deepen();
    }
    this.#depth = depth;
    return lhs;
  }

  // A chain of operators makes the tree as deep as parentheses do.
  #deepen(): void {
    this.#depth++;
    if (this.#depth <= maxDepth) return;
    const { start, end } = this.peek();
    this.fail({ kind: 'unsupported', message: `expression deeper than ${maxDepth} levels`, start, end });
  }

  #parseBinaryRest(lhs: Expr, op: BinaryOperator): Expr {
    const returnBool = this.take('bool') !== undefined;
    const matching = parseMatching(this);
    const rhs = this.parseExpr(op === '^' ? precedence[op] : precedence[op] + 1);
    return { type: 'binary', op, lhs, rhs, returnBool, matching, start: lhs.start, end: rhs.end };
  }

  /** A sign, if there is one. */
  parseSign(): 1 | -1 {
    if (this.take('-')) return -1;
    this.take('+');
    return 1;
  }

  #parsePrimary(): Expr {
    const token = this.peek();
    const { kind } = token;
    if (kind === 'NUMBER' || kind === 'DURATION') return this.parseNumber();
    if (kind === 'STRING') return this.#parseString();
    if (kind === '+' || kind === '-') return this.#parseUnary();
    if (kind === '(') {
      this.next();
      const expr = this.parseExpr(0);
      const close = this.expect(')');
      return { type: 'paren', expr, start: token.start, end: close.end };
    }
    if (kind === '{') return this.#parseSelector();
    if (!canBeMetricName(kind)) this.failUnexpected(anyExpression);
    return this.#parseNamed(token);
  }

  /** What begins with a word: an aggregation, a call or a metric. */
  #parseNamed(token: Token): Expr {
    const following = this.#tokens[this.#at + 1]?.kind;
    const { kind } = token;
    if (isAggregation(kind) && (following === '(' || following === 'by' || following === 'without')) {
      return this.#parseAggregation(kind);
    }
    const canCall = kind === 'IDENTIFIER' || ['start', 'end', 'step', 'range', 'max_of', 'min_of'].includes(kind);
    return canCall && following === '(' ? this.#parseCall() : this.#parseSelector();
  }

  #parseUnary(): Expr {
    const op = this.next();
    const expr = this.parseExpr(precedence['^']);
    if (expr.type === 'number') {
      return { ...expr, value: op.kind === '-' ? -expr.value : expr.value, start: op.start };
    }
    return { type: 'unary', op: op.kind === '-' ? '-' : '+', expr, start: op.start, end: expr.end };
  }

  #parseCall(): Expr {
    const nameToken = this.next();
    const args = this.#parseArguments();
    const name = nameToken.text;
    if (!isFunctionName(name)) {
      const near = findNearest(name, Object.keys(signatures));
      return this.fail({
        kind: 'syntax',
        message: `unknown function with name ${JSON.stringify(name)}`,
        start: nameToken.start,
        end: nameToken.end,
        expected: near,
        ...(near[0] === undefined ? {} : { suggestion: replaceSpan(this.query, nameToken, near[0]) }),
      });
    }
    return { type: 'call', name, args, start: nameToken.start, end: this.lastEnd };
  }

  #parseArguments(): Expr[] {
    this.expect('(');
    const args: Expr[] = [];
    if (this.take(')')) return args;
    for (;;) {
      args.push(this.parseExpr(0));
      const comma = this.take(',');
      if (comma === undefined) break;
      if (!this.#canBeginExpr()) {
        this.fail({ kind: 'syntax', message: 'trailing commas not allowed in function call args', ...spanOf(comma) });
      }
    }
    if (this.take(')') === undefined) this.failUnexpected(['","', '")"']);
    return args;
  }

  #canBeginExpr(): boolean {
    const { kind } = this.peek();
    return ['NUMBER', 'DURATION', 'STRING', '+', '-', '(', '{'].includes(kind) || canBeMetricName(kind);
  }

  #parseAggregation(op: AggregationName): Expr {
    const { start } = this.next();
    const parts = this.within({ context: 'aggregation', expected: '' }, () => {
      const before = this.#parseAggregationModifier();
      const args = this.#parseArguments();
      return { args, ...(before ?? this.#parseAggregationModifier() ?? { grouping: [], without: false }) };
    });
    const { args, grouping, without } = parts;
    const span = { start, end: this.lastEnd };
    const wanted = aggregationsWithParam.has(op) ? 2 : 1;
    const expr = args[wanted - 1];
    if (args.length === 0) {
      this.fail({ kind: 'syntax', message: 'no arguments for aggregate expression provided', ...span });
    }
    if (args.length !== wanted || expr === undefined) {
      const message = `wrong number of arguments for aggregate expression provided, expected ${wanted}, got ${args.length}`;
      return this.fail({ kind: 'syntax', message, ...span });
    }
    return { type: 'aggregation', op, expr, param: wanted === 2 ? args[0] : undefined, grouping, without, ...span };
  }

  #parseAggregationModifier(): { grouping: string[]; without: boolean } | undefined {
    const { kind } = this.peek();
    if (kind !== 'by' && kind !== 'without') return undefined;
    this.next();
    return { grouping: this.parseGrouping(), without: kind === 'without' };
  }

  /** `(a, b, "c d")` */
  parseGrouping(): string[] {
    this.within({ context: 'grouping opts', expected: '"("' }, () => this.expect('('));
    const names: string[] = [];
    for (;;) {
      if (this.take(')')) return names;
      names.push(this.within({ context: 'grouping opts', expected: 'label' }, () => this.#parseGroupingLabel()));
      if (this.take(')')) return names;
      this.within({ context: 'grouping opts', expected: '"," or ")"' }, () => this.expect(','));
    }
  }

  #parseGroupingLabel(): string {
    const token = this.peek();
    if (token.kind !== 'STRING' && !canBeLabelName(token.kind)) this.failUnexpected();
    this.next();
    const name = token.kind === 'STRING' ? this.#unquote(token) : token.text;
    if (!isValidLabelName(name)) {
      const message = `invalid label name for grouping: ${JSON.stringify(name)}`;
      this.fail({ kind: 'syntax', message, ...spanOf(token) });
    }
    return name;
  }

  #parsePostfix(primary: Expr): Expr {
    let expr = primary;
    for (;;) {
      const { kind } = this.peek();
      if (kind === '[') expr = this.#parseRange(expr);
      else if (kind === 'offset') expr = this.#parseOffset(expr);
      else if (kind === '@') expr = this.#parseAt(expr);
      else if (kind === 'anchored' || kind === 'smoothed') {
        this.next();
        expr = applyExtension(this, expr, kind);
      } else return expr;
    }
  }

  #parseOffset(expr: Expr): Expr {
    this.next();
    const clause = { context: 'offset', expected: 'number, duration, step(), or range()' };
    const offset = this.within(clause, () => parseOffsetDuration(this));
    return applyOffset(this, expr, offset);
  }

  #parseAt(expr: Expr): Expr {
    this.next();
    return this.within({ context: '@', expected: 'timestamp' }, () => {
      const word = this.take('start') ?? this.take('end');
      if (word) {
        this.expect('(');
        this.expect(')');
        return applyAt(this, expr, word.kind === 'start' ? 'start' : 'end');
      }
      const sign = this.parseSign();
      return applyAt(this, expr, sign * this.parseNumber().value);
    });
  }

  #parseRange(expr: Expr): Expr {
    const open = this.next();
    const clause = { context: 'subquery or range selector', expected: 'number, duration, step(), or range()' };
    const range = this.within(clause, () => this.#parsePositiveDuration());
    if (this.take(']')) return applyRange(this, expr, { open, range });
    this.within({ context: 'subquery or range', expected: '":" or "]"' }, () => this.expect(':'));
    const parts: RangeParts = { open, range, subquery: { step: undefined } };
    if (this.take(']')) return applyRange(this, expr, parts);
    const stepClause = { context: 'subquery selector', expected: 'number, duration, step(), range(), or "]"' };
    const step = this.within(stepClause, () => this.#parsePositiveDuration());
    this.within({ context: 'subquery selector', expected: '"]"' }, () => this.expect(']'));
    return applyRange(this, expr, { ...parts, subquery: { step } });
  }

  #parsePositiveDuration(): DurationNode {
    const duration = parseDurationExpr(this, 0);
    if (duration.type === 'number' && duration.value <= 0) {
      this.fail({ kind: 'syntax', message: 'duration must be greater than 0', ...spanOf(duration) });
    }
    return duration;
  }

  #parseSelector(): VectorSelector {
    const first = this.peek();
    const name = canBeMetricName(first.kind) ? this.next().text : '';
    if (name === '' && first.kind !== '{') this.failUnexpected(['a metric name', '"{"']);
    const matchers = this.peek().kind === '{' ? this.#parseMatchers() : [];
    if (name !== '') matchers.push(makeMatcher('=', metricNameLabel, name));
    return {
      type: 'vectorSelector',
      name,
      matchers,
      offsetMs: 0,
      offsetExpr: undefined,
      timestampMs: undefined,
      startOrEnd: undefined,
      extension: undefined,
      start: first.start,
      end: this.lastEnd,
    };
  }

  #parseMatchers(): Matcher[] {
    this.next();
    const matchers: Matcher[] = [];
    for (;;) {
      if (this.take('}')) return matchers;
      const clause = { context: 'label matching', expected: 'identifier or "}"' };
      matchers.push(this.within(clause, () => this.#parseMatcher()));
      if (this.take('}')) return matchers;
      this.within({ context: 'label matching', expected: '"," or "}"' }, () => this.expect(','));
    }
  }

  #parseMatcher(): Matcher {
    const label = this.take('IDENTIFIER') ?? this.take('STRING') ?? this.failUnexpected();
    const quoted = label.kind === 'STRING';
    const name = quoted ? this.#unquote(label) : label.text;
    const operator = this.peek();
    if (!matchOperators.includes(operator.kind)) {
      if (quoted) return makeMatcher('=', metricNameLabel, name);
      this.within({ context: 'label matching', expected: 'label matching operator' }, () => this.failUnexpected());
    }
    this.next();
    const value = this.within({ context: 'label matching', expected: 'string' }, () => this.expect('STRING'));
    try {
      // Checked against matchOperators above.
      return makeMatcher(operator.kind as MatchType, name, this.#unquote(value));
    } catch (error) {
      if (!(error instanceof Re2SyntaxError)) throw error;
      return this.fail({ kind: 'syntax', message: error.message, start: label.start, end: value.end });
    }
  }

  #parseString(): StringLiteral {
    const token = this.next();
    return { type: 'string', value: this.#unquote(token), ...spanOf(token) };
  }

  #unquote(token: Token): string {
    try {
      return unquoteGoString(token.text);
    } catch (error) {
      if (!(error instanceof GoStringError)) throw error;
      const message = `error unquoting string ${JSON.stringify(token.text)}: invalid syntax`;
      return this.fail({ kind: 'syntax', message, ...spanOf(token) });
    }
  }

  /** A number, or a duration as its seconds. */
  parseNumber(): NumberLiteral {
    const token = this.take('NUMBER') ?? this.take('DURATION') ?? this.failUnexpected(['a number']);
    const span = spanOf(token);
    if (token.kind === 'NUMBER') return { type: 'number', value: this.#readNumber(token), isDuration: false, ...span };
    const durationMs = parseDuration(token.text);
    if (typeof durationMs === 'string') return this.fail({ kind: 'syntax', message: durationMs, ...span });
    return { type: 'number', value: durationMs / 1000, isDuration: true, ...span };
  }

  #readNumber(token: Token): number {
    const whole = parseGoInt(token.text);
    if (whole !== undefined) return whole;
    const value = parseGoFloat(token.text);
    if (typeof value === 'number') return value;
    const message = `error parsing number: strconv.ParseFloat: parsing ${JSON.stringify(token.text)}: ${value}`;
    return this.fail({ kind: 'syntax', message, ...spanOf(token) });
  }

  /** Durations have to fit Go's time.Duration. */
  checkDurationRange(seconds: number, span: Span): void {
    if (Math.abs(seconds) <= maxDurationSeconds) return;
    this.fail({ kind: 'syntax', message: 'duration out of range', ...spanOf(span) });
  }
}

function spanOf({ start, end }: Span): Span {
  return { start, end };
}

function replaceSpan(query: string, span: Span, replacement: string): string {
  return query.slice(0, span.start) + replacement + query.slice(span.end);
}
