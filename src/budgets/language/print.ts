// AST → canonical budget text; parse(print(budget)) is the same budget.
import { quoteGoString } from '../../std/go-string.ts';
import type { Budget, JourneyScope, Limit, Quantity, Scope, Statistic, Subject, Thing } from './ast.ts';

/** Writes a budget in its shortest form, with symbols for comparisons. */
export function printBudget(budget: Budget): string {
  return [
    printSubject(budget.subject),
    budget.comparison,
    printLimit(budget.limit),
    budget.per && `per ${budget.per}`,
    budget.over && `over ${budget.over.count} ${budget.over.of}`,
  ]
    .filter(Boolean)
    .join(' ');
}

function printSubject(subject: Subject): string {
  if (subject.kind === 'query') return `${subject.signal} ${subject.query.text}`;
  if (subject.kind === 'noSpan') return joinWords('no span', printScope(subject.scope), subject.where?.text);
  const inner = joinWords(printThing(subject.thing), printScope(subject.scope));
  return subject.statistic === null ? inner : `${printStatistic(subject.statistic)}(${inner})`;
}

/** `p95`, `p(99.9)`, `max`. */
export function printStatistic(statistic: Statistic): string {
  if (statistic.kind !== 'percentile') return statistic.kind;
  return Number.isInteger(statistic.rank) ? `p${statistic.rank}` : `p(${statistic.rank})`;
}

function printThing(thing: Thing): string {
  return joinWords(thing.kind, thing.name === null ? undefined : quoteGoString(thing.name), thing.where?.text);
}

function printScope(scope: Scope): string {
  return joinWords(
    scope.app === null ? undefined : `of ${printName(scope.app)}`,
    scope.journeys === null ? undefined : `in ${printJourneys(scope.journeys)}`,
  );
}

function printJourneys(journeys: JourneyScope): string {
  if (journeys.kind === 'tag') return `${printName(journeys.tag)} journeys`;
  return `${journeys.names.length === 1 ? 'journey' : 'journeys'} ${journeys.names.map(printName).join(', ')}`;
}

function printLimit(limit: Limit): string {
  if (limit.kind === 'quantity') return printQuantity(limit.quantity);
  return joinWords(
    'baseline',
    limit.percent === null ? undefined : `+ ${limit.percent}%`,
    limit.plus === null ? undefined : `+ ${printQuantity(limit.plus)}`,
  );
}

function printQuantity(quantity: Quantity): string {
  return `${quantity.value}${quantity.unit}`;
}

// Words of the grammar are quoted as well: a journey may be called `journeys`.
const reserved = new Set(['of', 'in', 'journey', 'journeys', 'is', 'at', 'under', 'above', 'exceeds', 'per', 'over']);

function printName(name: string): string {
  return /^[\p{L}_][\p{L}\p{N}_.\-/:]*$/u.test(name) && !reserved.has(name) ? name : quoteGoString(name);
}

function joinWords(...words: (string | undefined)[]): string {
  return words.filter((word) => word !== undefined && word !== '').join(' ');
}
