// Budgets over journeys as wholes: how long one iteration takes.
import type { JourneyRecord } from '../../model/journey.ts';
import { countOf } from '../../std/plural.ts';
import type { Scope, Statistic } from '../language/ast.ts';
import { formatQuantity } from '../language/units.ts';
import { selectJourneys } from '../scope.ts';
import { judgeNumber, judgeValues } from './judge.ts';
import { lacking, type Part, type Question } from './part.ts';
import { describeNoJourney, describeShortIterations, isShortOfIterations, measuredIterations } from './span-groups.ts';

/** `journey in journey checkout < 2s`, `p90(journey in critical journeys) < 2s over 10 iterations`. */
export async function judgeJourney(question: Question, statistic: Statistic | null, scope: Scope): Promise<Part[]> {
  const { history } = question;
  const journeys = selectJourneys(history, scope.journeys);
  const names = scope.journeys?.kind === 'names' ? scope.journeys.names : [];
  const missing = names.find((name) => !journeys.some((one) => one.name === name));
  if (missing !== undefined || journeys.length === 0)
    return [lacking('base', { label: missing ?? '', reason: describeNoJourney(scope, missing) })];
  return Promise.all(journeys.map((journey) => judgeOne(question, statistic, journey)));
}

async function judgeOne(question: Question, statistic: Statistic | null, journey: JourneyRecord): Promise<Part> {
  const { budget } = question;
  const label = `journey ${journey.name}`;
  const query = `{ span.obs.journey.id = "${journey.journeyId}" }`;
  const iterations = measuredIterations(journey, budget.over);
  if (isShortOfIterations(budget.over, iterations.length))
    return lacking('values', { label, query, reason: describeShortIterations(budget.over, iterations.length) });
  if (journey.endedAtMs === null)
    return lacking('base', { label, query, reason: 'its latest invocation has not ended' });
  if (statistic?.kind === 'count') {
    const reason = countOf(iterations.length, 'iteration');
    const value = iterations.length;
    return judgeNumber(budget, { label, value, n: value, query, reason, unit: 'iterations', culprits: [] });
  }
  const values = iterations.map((one) => ({
    value: one.durationMs,
    atMs: one.startedAtMs,
    accuse: () => ({
      traceId: one.traceId,
      spanId: null,
      line: `an iteration of ${journey.name} took ${formatQuantity({ value: one.durationMs, unit: 'ms' })}${one.failure ? `; it failed: ${one.failure}` : ''}`,
    }),
  }));
  return judgeValues(budget, statistic, { label, noun: 'iteration', query, values });
}
