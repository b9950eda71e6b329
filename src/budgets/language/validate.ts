// What the grammar allows and the meaning does not: units that do not fit, `per` and `over` without their population,
// query texts that their own language refuses.
import { QueryError } from '../../errors/query-error.ts';
import { parse as parseLogql } from '../../logql/parser.ts';
import { parsePromql } from '../../promql/parser.ts';
import { parseTraceql } from '../../traceql/parser.ts';
import type { Budget, Located, Place, Signal, Statistic, Subject, ThingName } from './ast.ts';
import { type BudgetOrigin, refuse } from './refuse.ts';
import { type Dimension, dimensionOf } from './units.ts';

/** Checks the meaning of a parsed budget. @throws ObsError OBS_BUDGET_REFUSED */
export function validateBudget(budget: Budget, text: string, origin: BudgetOrigin): void {
  const fail = (detail: string, at: Place, suggestion?: string) => refuse(text, origin, { detail, at, suggestion });
  checkStatistic(budget.subject, (detail) => fail(detail, { start: 0, end: budget.limitAt.start }));
  checkUnit(budget, (detail, unit) => {
    const suggestion = unit && text.slice(0, budget.limitAt.end) + unit + text.slice(budget.limitAt.end);
    return fail(detail, budget.limitAt, suggestion);
  });
  checkPer(budget, (detail) => fail(detail, { start: budget.limitAt.end, end: text.length }));
  checkQuery(budget.subject, (detail, at) => fail(detail, at));
}

type Fail = (detail: string, at?: Place | string) => Error;

function checkStatistic(subject: Subject, fail: Fail): void {
  if (subject.kind !== 'thing') return;
  const { thing, statistic, scope } = subject;
  if (thing.kind === 'errors' && statistic !== null && !isCounting(statistic))
    throw fail('errors are counted: drop the statistic, or write count(errors) or rate(errors)');
  if (statistic?.kind === 'rate' && thing.kind !== 'span' && thing.kind !== 'errors')
    throw fail(`rate(…) is for span and errors, not for ${thing.kind}`);
  if (thing.kind === 'startup' && scope.journeys !== null)
    throw fail('a startup does not happen in a journey: drop the "in …"');
  if (thing.kind === 'journey' && scope.app !== null)
    throw fail('a journey as a whole belongs to no app: drop the "of …"');
}

function isCounting(statistic: Statistic | null): boolean {
  return statistic?.kind === 'count' || statistic?.kind === 'rate';
}

const dimensions: Readonly<Record<ThingName, readonly Dimension[]>> = {
  startup: ['time'],
  span: ['time'],
  journey: ['time'],
  eventloop: ['time'],
  errors: ['plain', 'share'],
  rss: ['size'],
  cpu: ['share', 'plain'],
};

// What a bare number most likely meant: nobody budgets 2 ms for a journey, or 800 s for a start.
const guesses: Readonly<Record<Dimension, (value: number) => string>> = {
  time: (value) => (value < 30 ? 's' : 'ms'),
  size: () => 'MB',
  share: () => '%',
  plain: () => '',
};

function checkUnit(budget: Budget, fail: (detail: string, unit?: string) => Error): void {
  if (budget.limit.kind !== 'quantity') return;
  const { unit, value } = budget.limit.quantity;
  const allowed = allowedDimensions(budget.subject);
  const given = dimensionOf(unit);
  if (allowed.includes(given) || (value === 0 && unit === '')) return;
  const guess = guesses[allowed[0] ?? 'plain'](value);
  if (unit === '') throw fail(`the limit needs a unit, such as ${value}${guess}`, guess);
  throw fail(`${unit} does not measure that; it takes ${allowed.map(describeDimension).join(' or ')}`);
}

function allowedDimensions(subject: Subject): readonly Dimension[] {
  if (subject.kind === 'noSpan') return ['time'];
  if (subject.kind === 'query') return subject.signal === 'traces' ? ['plain'] : ['plain', 'time', 'size', 'share'];
  return isCounting(subject.statistic) ? ['plain'] : dimensions[subject.thing.kind];
}

function describeDimension(dimension: Dimension): string {
  return { time: 'a time (ms, s)', size: 'a size (MB, GiB)', share: 'a share (%)', plain: 'a plain number' }[dimension];
}

function checkPer({ per, over, subject }: Budget, fail: Fail): void {
  const inJourneys = subject.kind !== 'query' && ('scope' in subject ? subject.scope.journeys !== null : false);
  const isJourney = subject.kind === 'thing' && subject.thing.kind === 'journey';
  if (over?.of === 'iterations' && !inJourneys && !isJourney)
    throw fail('only journeys have iterations: add "in journey NAME"');
  if (per === null) return;
  const counted = subject.kind === 'query' ? subject.signal !== 'metric' : isCountedThing(subject);
  if (!counted) throw fail(`"per ${per}" needs something that is counted, such as count(span)`);
  if (subject.kind === 'query' && per !== 's')
    throw fail(`"per ${per}" needs spans; ${subject.signal} can be counted per s`);
  if (per === 'iteration' && !inJourneys) throw fail('only journeys have iterations: add "in journey NAME"');
}

function isCountedThing(subject: Subject): boolean {
  if (subject.kind !== 'thing') return false;
  return subject.thing.kind === 'errors' || (subject.thing.kind === 'span' && isCounting(subject.statistic));
}

const parsers: Readonly<Record<Signal, (query: string) => unknown>> = {
  logs: parseLogql,
  metric: parsePromql,
  traces: parseTraceql,
};

function checkQuery(subject: Subject, fail: (detail: string, at: Place) => Error): void {
  if (subject.kind === 'query') {
    checkText(subject.query, parsers[subject.signal], fail);
    return;
  }
  const where = subject.kind === 'noSpan' ? subject.where : subject.thing.where;
  if (where !== null) checkText(where, parseTraceql, fail);
}

function checkText(text: Located, parse: (query: string) => unknown, fail: (detail: string, at: Place) => Error): void {
  try {
    parse(text.text);
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    const { start = 0, end = start + 1, message, expected } = error.fields;
    const detail = expected?.length ? `${message}; expected ${expected.slice(0, 5).join(' or ')}` : message;
    throw fail(detail, { start: text.at.start + start, end: text.at.start + end });
  }
}
