// Budget text → tokens. Query texts (`logs …`, `metric …`, `traces …`) are not lexed here: see query-budget.ts.
import { findStringEnd, GoStringError, unquoteGoString } from '../../std/go-string.ts';
import { Scanner, type Token } from '../../std/scanner.ts';
import { type BudgetOrigin, refuse, refuseUnclosedQuote } from './refuse.ts';

export type BudgetTokenKind = 'word' | 'number' | 'string' | 'where' | 'compare' | 'punctuation' | 'end';

export interface BudgetToken extends Token<BudgetTokenKind> {
  /** What it stands for: the unquoted string, the word itself. */
  readonly value: string;
}

const blank = /\s+/y;
const word = /[\p{L}_µ][\p{L}\p{N}_.\-/:]*/uy;
const number = /\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const compareSymbols = ['<=', '>=', '==', '!=', '<', '>'];
const punctuation = ['(', ')', ',', '+', '-', '%'];

/** Cuts a budget into tokens, from offset `from` on; the last one is of kind `end`. @throws ObsError with the place of what is no token. */
export function lexBudget(text: string, origin: BudgetOrigin, from = 0): BudgetToken[] {
  const scanner = new Scanner(text);
  scanner.pos = from;
  const tokens: BudgetToken[] = [];
  for (;;) {
    scanner.takeMatch(blank);
    if (scanner.done) break;
    tokens.push(lexToken(scanner, origin));
  }
  tokens.push({ kind: 'end', text: '', value: '', start: text.length, end: text.length });
  return tokens;
}

function lexToken(scanner: Scanner, origin: BudgetOrigin): BudgetToken {
  const start = scanner.pos;
  const make = (kind: BudgetTokenKind, value?: string): BudgetToken => {
    const token = scanner.token(kind, start);
    return { ...token, value: value ?? token.text };
  };
  if (/["'`]/.test(scanner.peek())) return make('string', takeString(scanner, origin));
  if (scanner.peek() === '{') return make('where', takeBraces(scanner, origin));
  if (scanner.takeMatch(number) !== undefined) return make('number');
  if (scanner.takeMatch(word) !== undefined) return make('word');
  if (scanner.takeLongest(compareSymbols) !== undefined) return make('compare');
  if (scanner.takeLongest(punctuation) !== undefined) return make('punctuation');
  const char = String.fromCodePoint(scanner.text.codePointAt(start) ?? 0);
  throw refuse(scanner.text, origin, {
    detail: `${JSON.stringify(char)} has no meaning here`,
    at: { start, end: start + char.length },
    suggestion: char === '=' ? `${scanner.text.slice(0, start)}==${scanner.text.slice(start + 1)}` : undefined,
  });
}

function takeString(scanner: Scanner, origin: BudgetOrigin): string {
  const start = scanner.pos;
  const end = findStringEnd(scanner.text, start);
  if (end === -1) throw refuseUnclosedQuote(scanner.text, origin, start);
  scanner.pos = end;
  try {
    return unquoteGoString(scanner.text.slice(start, end));
  } catch (error) {
    if (!(error instanceof GoStringError)) throw error;
    const at = { start: start + error.offset, end };
    throw refuse(scanner.text, origin, { detail: error.message, at });
  }
}

function takeBraces(scanner: Scanner, origin: BudgetOrigin): string {
  const start = scanner.pos;
  let depth = 0;
  while (!scanner.done) {
    const char = scanner.peek();
    if (/["'`]/.test(char)) {
      const end = findStringEnd(scanner.text, scanner.pos);
      if (end === -1) throw refuseUnclosedQuote(scanner.text, origin, scanner.pos);
      scanner.pos = end;
      continue;
    }
    scanner.pos++;
    if (char === '{') depth++;
    if (char === '}' && --depth === 0) return scanner.text.slice(start, scanner.pos);
  }
  const at = { start, end: start + 1 };
  throw refuse(scanner.text, origin, { detail: 'the brace is never closed', at, expected: ['}'] });
}
