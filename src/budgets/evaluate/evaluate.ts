// One budget → one verdict. Pure but for the questions it asks of its source.
import type { Verdict } from '../../model/verdict.ts';
import type { DeclaredBudget } from '../declared.ts';
import type { Statistic, Subject, Thing, ThingName } from '../language/ast.ts';
import type { History } from '../scope.ts';
import type { BudgetSource } from '../source.ts';
import { combineParts } from './combine.ts';
import { judgeJourney } from './journey-subject.ts';
import { lacking, type Part, type Question } from './part.ts';
import { isProcessMeasure, judgeProcess } from './process-subject.ts';
import { judgeQuery } from './query-subjects.ts';
import { judgeErrors, judgeNoSpan, judgeSpan } from './span-subjects.ts';
import { judgeStartup } from './startup-subject.ts';

export interface Evaluation {
  readonly verdict: Verdict;
  /** No data only because nothing arrived yet: asking again later may help. */
  readonly mayArrive: boolean;
}

/** Judges a budget on what its source answers. */
export async function evaluateBudget(
  declared: DeclaredBudget,
  of: { readonly source: BudgetSource; readonly history: History },
): Promise<Evaluation> {
  const question = { budget: declared.budget, ...of };
  const parts = await judgeSubject(question);
  const verdict = combineParts(declared, parts);
  const mayArrive = verdict.verdict === 'no_data' && parts.some((part) => part.outcome === 'base');
  return { verdict, mayArrive };
}

async function judgeSubject(question: Question): Promise<Part[]> {
  const { subject, limit } = question.budget;
  if (limit.kind === 'baseline')
    return [
      lacking('unsupported', { label: '', reason: 'unsupported: baseline; compare with a number, such as < 800ms' }),
    ];
  return subjectJudges[subject.kind](question, subject as never); // the table pairs each kind with its own judge
}

const subjectJudges: {
  readonly [K in Subject['kind']]: (question: Question, subject: Extract<Subject, { kind: K }>) => Promise<Part[]>;
} = {
  noSpan: judgeNoSpan,
  query: (question, subject) => judgeQuery(question, subject.signal, subject.query.text),
  thing: (question, { statistic, thing, scope }) => thingJudges[thing.kind](question, { statistic, thing, scope }),
};

interface ThingSubject {
  readonly statistic: Statistic | null;
  readonly thing: Thing;
  readonly scope: Extract<Subject, { kind: 'thing' }>['scope'];
}

const thingJudges: Readonly<Record<ThingName, (question: Question, of: ThingSubject) => Promise<Part[]>>> = {
  startup: (question, { statistic, scope }) => judgeStartup(question, statistic, scope),
  journey: (question, { statistic, scope }) => judgeJourney(question, statistic, scope),
  span: (question, { statistic, thing, scope }) =>
    judgeSpan(question, statistic, { scope, name: thing.name, where: thing.where }),
  errors: (question, { statistic, thing, scope }) =>
    judgeErrors(question, statistic, { scope, name: null, where: thing.where }),
  rss: judgeMeasure,
  cpu: judgeMeasure,
  eventloop: judgeMeasure,
};

function judgeMeasure(question: Question, { statistic, thing, scope }: ThingSubject): Promise<Part[]> {
  if (!isProcessMeasure(thing.kind)) throw new Error(`${thing.kind} is not measured on processes`);
  return judgeProcess(question, statistic, { measure: thing.kind, scope });
}
