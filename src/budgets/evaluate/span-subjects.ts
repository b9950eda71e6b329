// Budgets over spans: `no span`, `span`, and `errors`.
import type { Culprit } from '../../model/verdict.ts';
import { countOf, isOrAre } from '../../std/plural.ts';
import type { Located, Scope, Statistic } from '../language/ast.ts';
import { formatQuantity, fromBase } from '../language/units.ts';
import type { Explanation, SpanSample } from '../source.ts';
import { computeSpread, holds } from '../statistics.ts';
import { accuseWorst, judgeNumber, judgeValues, limitOf, type Measured, unitOf } from './judge.ts';
import { lacking, type Part, type Question } from './part.ts';
import { fetchGroup, findGroups, type SpanGroup } from './span-groups.ts';

interface SpanSubject {
  readonly scope: Scope;
  readonly name: string | null;
  readonly where: Located | null;
}

/** What a group holds: all its spans, and those the budget is about. */
interface Matched {
  readonly group: SpanGroup;
  readonly base: readonly SpanSample[];
  readonly spans: readonly SpanSample[];
  readonly query: string;
}

/** `no span in journey checkout > 2s`: holds when no span in scope satisfies the comparison. */
export function judgeNoSpan(question: Question, subject: Omit<SpanSubject, 'name'>): Promise<Part[]> {
  return judgeGroups(question, { ...subject, name: null }, async ({ group, spans, query }) => {
    const { budget } = question;
    const guilty = spans.filter((span) => holds(span.durationMs, budget.comparison, limitOf(budget)));
    const durations = spans.map((span) => span.durationMs);
    const spread = computeSpread(durations);
    const say = (value: number) => fromBase(value, unitOf(budget));
    const worst = budget.comparison.startsWith('<') ? spread?.min : spread?.max;
    return {
      label: group.label,
      outcome: guilty.length === 0 ? 'pass' : 'fail',
      observed: worst === undefined ? null : say(worst),
      n: spans.length,
      spread: spread && { min: say(spread.min).value, median: say(spread.median).value, max: say(spread.max).value },
      culprits: await accuseGuilty(question, guilty),
      query,
      reason:
        guilty.length === 0
          ? `none of ${countOf(spans.length, 'span')}`
          : `${guilty.length} of ${countOf(spans.length, 'span')}, the worst ${formatQuantity(say(worst ?? 0))}`,
    };
  });
}

/** `p95(span "GET /") < 300ms`, `span "GET /" < 300ms`, `count(span …) < 5 per trace`. */
export function judgeSpan(question: Question, statistic: Statistic | null, subject: SpanSubject): Promise<Part[]> {
  return judgeGroups(question, subject, async (matched) => {
    if (statistic?.kind === 'count' || statistic?.kind === 'rate') {
      return judgeSpanCount(question, statistic.kind, { ...matched, noun: 'span' });
    }
    const values = matched.spans.map((span) => measure(question, span));
    return judgeValues(question.budget, statistic, {
      label: matched.group.label,
      noun: 'span',
      query: matched.query,
      values,
    });
  });
}

/** `errors < 1%`, `errors == 0`, `count(errors) < 2 per iteration`. */
export function judgeErrors(question: Question, statistic: Statistic | null, subject: SpanSubject): Promise<Part[]> {
  return judgeGroups(question, subject, async (matched) => {
    const failed = matched.spans.filter((span) => span.failed);
    if (unitOf(question.budget) !== '%')
      return judgeSpanCount(question, statistic?.kind === 'rate' ? 'rate' : 'count', {
        ...matched,
        spans: failed,
        noun: 'error',
      });
    const { group, spans, query } = matched;
    const share = spans.length === 0 ? 0 : failed.length / spans.length;
    return judgeNumber(question.budget, {
      label: group.label,
      value: share,
      n: spans.length,
      query,
      reason: `${failed.length} of ${countOf(spans.length, 'span')} failed`,
      unit: '%',
      culprits: nameSpans(failed),
    });
  });
}

async function judgeGroups(
  question: Question,
  subject: SpanSubject,
  judge: (matched: Matched) => Promise<Part>,
): Promise<Part[]> {
  const found = await findGroups(question, subject.scope);
  if ('lack' in found) return [found.lack];
  const parts: Part[] = [];
  for (const group of found.groups) {
    const matched = await matchGroup(question, subject, group);
    parts.push('outcome' in matched ? matched : await judge(matched));
  }
  return parts;
}

async function matchGroup(question: Question, subject: SpanSubject, group: SpanGroup): Promise<Matched | Part> {
  const base = await fetchGroup(question, group, null);
  const { label } = group;
  if (base.items.length === 0) {
    const reason = base.cutOff ?? `no span has arrived from ${describeGroup(group)}`;
    return lacking(base.cutOff === null ? 'base' : 'cut', { label, reason, query: base.query });
  }
  const filtered = subject.where === null ? base : await fetchGroup(question, group, subject.where.text);
  const cutOff = filtered.cutOff ?? base.cutOff;
  if (cutOff !== null) return lacking('cut', { label, reason: cutOff, query: filtered.query });
  const spans = subject.name === null ? filtered.items : filtered.items.filter((span) => span.name === subject.name);
  return { group, base: base.items, spans: takeLatestSpans(question, spans), query: filtered.query };
}

// Counts and shares are taken of the latest N as well; values are cut in judgeValues, where a shortage is no data.
function takeLatestSpans({ budget }: Question, spans: readonly SpanSample[]): readonly SpanSample[] {
  if (budget.over?.of !== 'samples' || spans.length < budget.over.count) return spans;
  return [...spans].sort((a, b) => a.startMs - b.startMs).slice(-budget.over.count);
}

function describeGroup({ population }: SpanGroup): string {
  switch (population.kind) {
    case 'runs':
      return `run ${population.runIds.join(', ')}`;
    case 'journey':
      return `invocation ${population.journeyId}`;
    case 'window':
      return `${population.service ?? 'any app'} in the window`;
  }
}

async function judgeSpanCount(
  question: Question,
  kind: 'count' | 'rate',
  matched: Matched & { noun: string },
): Promise<Part> {
  const { budget } = question;
  const { group, spans, query, noun } = matched;
  const { label } = group;
  const wanted = budget.over?.of === 'samples' ? budget.over.count : 0;
  if (spans.length < wanted)
    return lacking('values', {
      label,
      query,
      n: spans.length,
      reason: `it asks for ${countOf(wanted, 'sample')}, there ${isOrAre(spans.length)} ${countOf(spans.length, noun)}`,
    });
  const common = { label, n: spans.length, query, unit: '', culprits: nameSpans(spans) };
  if (kind === 'rate' || budget.per === 's') {
    const seconds = group.windows.reduce((sum, window) => sum + (window.endMs - window.startMs), 0) / 1000;
    if (seconds <= 0) return lacking('values', { label, query, reason: 'the scope has no length in time' });
    const value = spans.length / seconds;
    return judgeNumber(budget, {
      ...common,
      value,
      unit: 'per s',
      reason: `${countOf(spans.length, noun)} in ${formatQuantity({ value: seconds, unit: 's' })}`,
    });
  }
  if (budget.per === null)
    return judgeNumber(budget, {
      ...common,
      value: spans.length,
      unit: `${noun}s`,
      reason: countOf(spans.length, noun),
    });
  return judgePerTrace(question, matched);
}

// Traces without a match count as 0, so that `>= 1 per trace` means every trace.
async function judgePerTrace({ budget }: Question, matched: Matched & { noun: string }): Promise<Part> {
  const { group, base, spans, query, noun } = matched;
  const traces = new Map<string, SpanSample[]>();
  for (const traceId of budget.per === 'iteration' && group.iterations
    ? group.iterations
    : base.map((span) => span.traceId))
    traces.set(traceId, []);
  for (const span of spans) traces.get(span.traceId)?.push(span);
  const values = [...traces].map(([traceId, found]) => ({
    value: found.length,
    atMs: 0,
    accuse: (): Culprit => ({
      traceId,
      spanId: null,
      line: `${countOf(found.length, noun)} in trace ${traceId}${describeNames(found)}`,
    }),
  }));
  const per = budget.per === 'iteration' ? 'iteration' : 'trace';
  const part = await judgeValues({ ...budget, over: null }, null, {
    label: group.label,
    noun: per,
    query,
    values,
    say: (value) => ({ value, unit: `${noun}s` }),
  });
  return part;
}

function describeNames(spans: readonly SpanSample[]): string {
  const first = spans[0];
  return first === undefined ? '' : `, such as ${nameSpan(first)}`;
}

function measure(question: Question, span: SpanSample): Measured {
  return {
    value: span.durationMs,
    atMs: span.startMs,
    accuse: async () => describeGuilt(span, await question.source.explain(span)),
  };
}

// A slow child makes each of its ancestors slow: what is named is where the time went, once.
function accuseGuilty(question: Question, guilty: readonly SpanSample[]): Promise<Culprit[]> {
  // `no span > 2s` asks of each span what `span <= 2s` asks, so the worst lie at the other end.
  const comparison = question.budget.comparison.startsWith('<') ? '>' : '<';
  const accusable = guilty.map((span) => measure(question, span));
  return accuseWorst({ ...question.budget, comparison }, accusable);
}

/** A span and where its time went: the descendant that took most of it, if one did. */
export function describeGuilt(span: SpanSample, explanation: Explanation | null): Culprit {
  if (explanation === null) return { traceId: span.traceId, spanId: span.spanId, line: nameSpan(span) };
  const { span: inner, selfMs } = explanation;
  if (inner.spanId === span.spanId) {
    const line = `${nameSpan(span)}, ${formatMs(selfMs)} of it its own`;
    return { traceId: span.traceId, spanId: span.spanId, line };
  }
  const line = `${nameSpan(inner)}, inside ${span.name} (${span.service}) ${formatMs(span.durationMs)}`;
  return { traceId: inner.traceId, spanId: inner.spanId, line };
}

const maxStatementLength = 200;

/** `SELECT shop (inventory) 2.05 s: SELECT * FROM items`. */
export function nameSpan(span: SpanSample): string {
  const statement = span.statement?.replace(/\s+/g, ' ').trim();
  const shown =
    statement && statement.length > maxStatementLength ? `${statement.slice(0, maxStatementLength)}…` : statement;
  return `${span.name} (${span.service}) ${formatMs(span.durationMs)}${shown ? `: ${shown}` : ''}`;
}

function nameSpans(spans: readonly SpanSample[]): Culprit[] {
  const longest = [...spans].sort((a, b) => b.durationMs - a.durationMs).slice(0, 5);
  return longest.map((span) => ({ traceId: span.traceId, spanId: span.spanId, line: nameSpan(span) }));
}

function formatMs(ms: number): string {
  return formatQuantity(ms >= 1000 ? { value: ms / 1000, unit: 's' } : { value: ms, unit: 'ms' });
}
