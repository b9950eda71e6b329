// The words of PromQL: token kinds, keywords, and how Prometheus names a token in its error messages.
import { quoteGoString } from '../std/go-string.ts';
import type { Token as PlainToken } from '../std/scanner.ts';
import type { AggregationName, BinaryOperator } from './ast.ts';

/** Punctuation and keywords are their own kind, in lower case; the other kinds are in capitals. */
export type TokenKind =
  | 'EOF'
  | 'ERROR'
  | 'IDENTIFIER'
  | 'METRIC_IDENTIFIER'
  | 'NUMBER'
  | 'DURATION'
  | 'STRING'
  | Punctuation
  | Keyword;

type Punctuation = '(' | ')' | '{' | '}' | '[' | ']' | ',' | '=' | ':' | '=~' | '!~' | '@' | SymbolOperator;
type SymbolOperator = Exclude<BinaryOperator, 'and' | 'or' | 'unless' | 'atan2'>;

const operatorWords = ['and', 'or', 'unless', 'atan2'] as const;
const clauseWords = [
  'offset',
  'smoothed',
  'anchored',
  'by',
  'without',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'fill',
  'fill_left',
  'fill_right',
  'bool',
] as const;
const timeWords = ['start', 'end', 'step', 'range', 'max_of', 'min_of'] as const;

export const aggregationNames = [
  'sum',
  'avg',
  'count',
  'min',
  'max',
  'group',
  'stddev',
  'stdvar',
  'topk',
  'bottomk',
  'count_values',
  'quantile',
  'limitk',
  'limit_ratio',
] as const satisfies readonly AggregationName[];

export type Keyword =
  | (typeof operatorWords)[number]
  | (typeof clauseWords)[number]
  | (typeof timeWords)[number]
  | AggregationName;

/** For an ERROR token, `text` is the complaint. */
export type Token = PlainToken<TokenKind>;

const keywords = new Set<string>([...operatorWords, ...clauseWords, ...timeWords, ...aggregationNames]);
const clauses = new Set<string>(clauseWords);
const aggregations = new Set<string>(aggregationNames);
const durationWords = new Set<string>(['step', 'range', 'max_of', 'min_of']);

/** The keyword a word is, whatever its case. */
export function findKeyword(word: string): Keyword | undefined {
  const lower = word.toLowerCase();
  // The set holds exactly the members of the type.
  return keywords.has(lower) ? (lower as Keyword) : undefined;
}

export function isAggregation(kind: TokenKind): kind is AggregationName {
  return aggregations.has(kind);
}

/** Keywords that stand for numbers inside `[…]`. */
export function isDurationWord(word: string): word is 'step' | 'range' | 'max_of' | 'min_of' {
  return durationWords.has(word);
}

/** Binding strength of binary operators; larger binds tighter. Only `^` is right-associative. */
export const precedence: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '>': 3,
  '<=': 3,
  '>=': 3,
  '</': 3,
  '>/': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};

export function isBinaryOperator(kind: TokenKind): kind is BinaryOperator {
  return Object.hasOwn(precedence, kind);
}

/** Keywords that are metric names where an expression may begin. */
export function canBeMetricName(kind: TokenKind): boolean {
  if (kind === 'IDENTIFIER' || kind === 'METRIC_IDENTIFIER') return true;
  return keywords.has(kind) && !['atan2', 'on', 'ignoring', 'group_left', 'group_right', 'bool'].includes(kind);
}

/** Keywords that are label names in `by (…)` and its like. */
export function canBeLabelName(kind: TokenKind): boolean {
  if (kind === 'IDENTIFIER' || kind === 'METRIC_IDENTIFIER') return true;
  return keywords.has(kind) && kind !== 'without';
}

/** A token as Prometheus describes it after "unexpected". */
export function describeToken(token: Token): string {
  const { kind, text } = token;
  switch (kind) {
    case 'EOF':
      return 'end of input';
    case 'IDENTIFIER':
      return `identifier ${quoteGoString(text)}`;
    case 'METRIC_IDENTIFIER':
      return `metric identifier ${quoteGoString(text)}`;
    case 'NUMBER':
      return `number ${quoteShort(text)}`;
    case 'DURATION':
      return `duration ${quoteShort(text)}`;
    case 'STRING':
      return `string ${quoteShort(text)}`;
    default:
  }
  if (clauses.has(kind)) return `<${text}>`;
  if (aggregations.has(kind)) return `<aggr:${text}>`;
  if (isBinaryOperator(kind) || kind === '@' || kind === '=~' || kind === '!~') return `<op:${text}>`;
  return quoteShort(text);
}

function quoteShort(text: string): string {
  return text.length > 10 ? `${quoteGoString([...text].slice(0, 10).join(''))}...` : quoteGoString(text);
}
