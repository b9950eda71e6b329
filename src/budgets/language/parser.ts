// Budget text → AST, by recursive descent over the grammar of docs/budgets.md. Meaning (units, dimensions, the query
// texts inside) is checked in validate.ts.
import { findNearest } from '../../std/nearest.ts';
import {
  type Budget,
  type JourneyScope,
  type Located,
  type Scope,
  type Statistic,
  type Subject,
  type Thing,
  type ThingName,
  thingNames,
} from './ast.ts';
import { TokenCursor } from './cursor.ts';
import { lexBudget } from './lexer.ts';
import { findQuerySubject } from './query-subject.ts';
import type { BudgetOrigin } from './refuse.ts';
import { parseTail } from './tail.ts';

const fillers = ['ensure', 'that', 'the'];

/** Parses one budget. @throws ObsError OBS_BUDGET_REFUSED, _WITHOUT_COMPARISON or _UNCLOSED_QUOTE */
export function parseBudget(text: string, origin: BudgetOrigin): Budget {
  const query = findQuerySubject(text, origin);
  if (query !== undefined) {
    const cursor = new TokenCursor(text, origin, lexBudget(text, origin, query.tailStart));
    return { subject: query.subject, ...parseTail(cursor) };
  }
  const cursor = new TokenCursor(text, origin, lexBudget(text, origin));
  while (fillers.some((word) => cursor.takeWord(word)));
  const subject = parseSubject(cursor);
  return { subject, ...parseTail(cursor) };
}

function parseSubject(cursor: TokenCursor): Subject {
  if (cursor.takeWord('no')) return parseNoSpan(cursor);
  const statistic = parseStatistic(cursor);
  if (statistic === null) {
    const thing = parseThing(cursor);
    return { kind: 'thing', statistic, thing, scope: parseScope(cursor) };
  }
  cursor.expectPunctuation('(', 'a statistic needs its values in parentheses, as in p95(span)');
  const thing = parseThing(cursor);
  const scope = parseScope(cursor);
  cursor.expectPunctuation(')', 'the parenthesis of the statistic is never closed');
  return { kind: 'thing', statistic, thing, scope };
}

function parseNoSpan(cursor: TokenCursor): Subject {
  if (!cursor.takeWord('span')) throw cursor.refuseHere(['span'], undefined, 'no span > 2s');
  const scope = parseScope(cursor);
  return { kind: 'noSpan', scope, where: takeWhere(cursor) };
}

const plainStatistics = ['max', 'min', 'avg', 'count', 'rate'] as const;

function parseStatistic(cursor: TokenCursor): Statistic | null {
  const token = cursor.peek();
  if (token.kind !== 'word') return null;
  const plain = plainStatistics.find((name) => name === token.value);
  if (plain !== undefined) {
    cursor.next();
    return { kind: plain };
  }
  const named = /^p(\d+(?:\.\d+)?)$/.exec(token.value);
  if (named !== null) {
    checkRank(cursor, Number(named[1]));
    cursor.next();
    return { kind: 'percentile', rank: Number(named[1]) };
  }
  const next = cursor.peek(1);
  if (token.value !== 'p' || next.text !== '(') return null;
  cursor.next();
  cursor.next();
  const rank = Number(cursor.peek().value);
  checkRank(cursor, rank);
  cursor.next();
  cursor.expectPunctuation(')', 'p( takes one number, as in p(99.9)(span)');
  return { kind: 'percentile', rank };
}

function checkRank(cursor: TokenCursor, rank: number): void {
  if (!(rank > 0 && rank < 100))
    throw cursor.refuseHere(['a number between 0 and 100'], 'a percentile lies between 0 and 100');
}

function parseThing(cursor: TokenCursor): Thing {
  const token = cursor.peek();
  const kind = token.kind === 'word' ? thingNames.find((name) => name === token.value) : undefined;
  if (kind === undefined) throw refuseThing(cursor);
  cursor.next();
  const name = kind === 'span' && cursor.peek().kind === 'string' ? cursor.next().value : null;
  return { kind, name, where: takesWhere(kind) ? takeWhere(cursor) : null };
}

function takesWhere(kind: ThingName): boolean {
  return kind === 'span' || kind === 'errors';
}

function refuseThing(cursor: TokenCursor): Error {
  const token = cursor.peek();
  const words = [...thingNames, 'no span', 'logs', 'metric', 'traces', ...plainStatistics, 'p95'];
  const nearest = token.kind === 'word' ? findNearest(token.value, words, 1)[0] : undefined;
  const suggestion =
    nearest === undefined ? undefined : cursor.text.slice(0, token.start) + nearest + cursor.text.slice(token.end);
  return cursor.refuseHere(
    [...thingNames, 'no span', 'logs', 'metric', 'traces', 'a statistic such as p95(…)'],
    undefined,
    suggestion,
  );
}

function takeWhere(cursor: TokenCursor): Located | null {
  const token = cursor.peek();
  if (token.kind !== 'where') return null;
  cursor.next();
  return { text: token.text, at: { start: token.start, end: token.end } };
}

function parseScope(cursor: TokenCursor): Scope {
  const app = cursor.takeWord('of') ? cursor.expectName('the name of an app') : null;
  const journeys = cursor.takeWord('in') ? parseJourneys(cursor) : null;
  return { app, journeys };
}

function parseJourneys(cursor: TokenCursor): JourneyScope {
  const singular = cursor.isWord('journey');
  if (singular || (cursor.isWord('journeys') && !cursor.isWord('journeys', 1))) {
    cursor.next();
    const names = [cursor.expectName('the name of a journey')];
    while (!singular && cursor.takePunctuation(',')) names.push(cursor.expectName('the name of a journey'));
    return { kind: 'names', names };
  }
  const tag = cursor.expectName('`journey NAME`, `journeys NAME, NAME`, or `TAG journeys`');
  if (!cursor.takeWord('journeys')) {
    const text = cursor.text;
    const start = cursor.peek(-1).start;
    throw cursor.refuseHere(['journeys'], undefined, `${text.slice(0, start)}journey ${text.slice(start)}`);
  }
  return { kind: 'tag', tag };
}
