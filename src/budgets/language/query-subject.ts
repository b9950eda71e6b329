// `logs QUERY cmp …`, `metric QUERY cmp …`, `traces QUERY cmp …`: where the query ends. It is the text up to the last
// comparison outside quotes and brackets, so the query languages keep their own comparisons.
import { findStringEnd } from '../../std/go-string.ts';
import { Scanner } from '../../std/scanner.ts';
import type { Signal, Subject } from './ast.ts';
import { comparisonWords } from './comparison-words.ts';
import { type BudgetOrigin, refuse, refuseMissingComparison, refuseUnclosedQuote } from './refuse.ts';

export interface QuerySubject {
  readonly subject: Extract<Subject, { kind: 'query' }>;
  /** Where the comparison begins. */
  readonly tailStart: number;
}

const head = /^\s*(?:(?:ensure|that|the)\s+)*(logs|metric|traces)(?=[\s{(])\s*/;

/** Cuts a budget over a query; undefined if it is about something else. @throws ObsError */
export function findQuerySubject(text: string, origin: BudgetOrigin): QuerySubject | undefined {
  const found = head.exec(text);
  if (found === null) return undefined;
  const start = found[0].length;
  const tailStart = findLastComparison(text, origin, start);
  if (tailStart === undefined) throw refuseMissingComparison(text, origin);
  const query = text.slice(start, tailStart).trimEnd();
  if (query === '')
    throw refuse(text, origin, { detail: 'there is no query', at: { start, end: start + 1 }, expected: ['a query'] });
  const at = { start, end: start + query.length };
  // The pattern's first group holds one of the three words.
  return { subject: { kind: 'query', signal: found[1] as Signal, query: { text: query, at } }, tailStart };
}

// Operators of the three languages that contain a comparison's characters but are none; longest first.
const otherOperators = ['!>>', '!<<', '&>>', '&<<', '!>', '!<', '&>', '&<', '>>', '<<', '|=', '|~', '|>', '!~', '=~'];
const symbols = ['<=', '>=', '==', '!=', '<', '>'];
const phrase = new RegExp(`(?:${comparisonWords.map(([words]) => words.join('\\s+')).join('|')})(?=\\s)`, 'y');
const startOfLimit = /\s*(?:-?\s*\d|baseline\b|[\p{L}\p{N}_]+\s*(?:per|over|$))/uy;
const blank = /\s+/y;
const word = /[\p{L}\p{N}_:.]+/uy;

function findLastComparison(text: string, origin: BudgetOrigin, from: number): number | undefined {
  const scanner = new Scanner(text);
  scanner.pos = from;
  let depth = 0;
  let last: { start: number; end: number } | undefined;
  while (!scanner.done) {
    const start = scanner.pos;
    const char = scanner.peek();
    if (/["'`]/.test(char)) {
      scanner.pos = findStringEnd(text, start);
      if (scanner.pos === -1) throw refuseUnclosedQuote(text, origin, start);
    } else if (depth > 0 || /[([{}\])]/.test(char)) {
      depth = Math.max(0, depth + ('([{'.includes(char) ? 1 : ')]}'.includes(char) ? -1 : 0));
      scanner.pos++;
    } else if (scanner.takeLongest(otherOperators) === undefined) {
      if (scanner.takeLongest(symbols) ?? scanner.takeMatch(phrase)) last = { start, end: scanner.pos };
      else if (scanner.takeMatch(blank) === undefined && scanner.takeMatch(word) === undefined) scanner.pos++;
    }
  }
  if (last === undefined) return undefined;
  startOfLimit.lastIndex = last.end;
  return startOfLimit.test(text) ? last.start : undefined;
}
