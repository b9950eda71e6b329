// The words and signs of LogQL. The order of `expectOrder` is the one in which Loki lists what it expected.
import { rangeOps, vectorOps } from './ast.ts';

export type TokenKind = string;

/** What a token is called in messages: signs and plain words as written, functions in capitals. */
export const signs: readonly string[] = [
  '{',
  '}',
  '[',
  ']',
  '(',
  ')',
  ',',
  '.',
  '=~',
  '!~',
  '!>',
  '!=',
  '==',
  '=',
  '|~',
  '|=',
  '|>',
  '|',
  '>=',
  '<=',
  '>',
  '<',
  '+',
  '-',
  '*',
  '/',
  '%',
  '^',
]; // prettier-ignore

/** Words that are never labels, wherever they stand. */
export const plainWords: ReadonlySet<string> = new Set([
  'by',
  'without',
  'bool',
  'unwrap',
  'label_replace',
  'offset',
  'on',
  'ignoring',
  'group_left',
  'group_right',
  'or',
  'and',
  'unless',
  'json',
  'regexp',
  'logfmt',
  'unpack',
  'pattern',
  'label_format',
  'line_format',
  'ip',
  'decolorize',
  'drop',
  'keep',
]);

const named: readonly (readonly [word: string, kind: TokenKind])[] = [
  ['bytes', 'BYTES_CONV'],
  ['duration', 'DURATION_CONV'],
  ['duration_seconds', 'DURATION_SECONDS_CONV'],
  ['vector', 'VECTOR'],
  ['variants', 'VARIANTS'],
  ['of', 'OF'],
];

/** Words that are functions only where a `(` follows (`by` and `without` count too); labels elsewhere. */
export const functionWords: ReadonlyMap<string, TokenKind> = new Map([
  ...[...rangeOps, ...vectorOps].map((op): [string, TokenKind] => [op, op.toUpperCase()]),
  ...named,
]);
