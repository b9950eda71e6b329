// All spans that a TraceQL filter selects in a population, each in a group of its own. Tempo cuts a trace of more than a
// second into several pieces of storage until it compacts them, and of what the pieces hold of one group it answers the
// largest part alone; and it lists at most 100 spans of a group unless it is configured otherwise.
import type { TempoClient } from '../clients/tempo.ts';
import { statementAttributes } from '../clients/traces/statement.ts';
import { identityAttribute, journeyAttribute } from '../model/attributes.ts';
import { quoteGoString } from '../std/go-string.ts';
import type { FoundTrace } from '../wire/tempo/decode-search.ts';
import type { SpanPopulation, TimeWindow } from './source.ts';

const maxTraces = 20_000;
/** Bounds the length of a query. */
const tracesPerQuery = 40;
/** Tempo's default `query_frontend.search.max_spans_per_span_set`. */
const maxSpansPerTrace = 100;
/** Tempo searches at most a week at once; an app may run for longer. */
const maxWindowMs = 6 * 86_400_000;
// Clocks of apps and servers differ a little, and search takes whole seconds.
const marginMs = 2_000;

const selected = [
  'name',
  'status',
  'resource.service.name',
  'instrumentation:name',
  ...statementAttributes.map((name) => `span.${name}`),
].join(', ');

/** A search for spans: those below the root spans of a journey, or all, that meet the conditions. */
export interface SpanQuery {
  readonly journeyId: string | null;
  readonly conditions: readonly string[];
}

/** The search for the spans of a population that match a filter in braces. */
export function makeSpanQuery(population: SpanPopulation, where: string | null): SpanQuery {
  const inner = where?.trim().slice(1, -1).trim() ?? '';
  const conditions = [...populationConditions(population), ...(inner === '' ? [] : [`(${inner})`])];
  return { journeyId: population.kind === 'journey' ? population.journeyId : null, conditions };
}

/** The TraceQL text of a search. */
export function printSpanQuery({ journeyId, conditions }: SpanQuery): string {
  const filter = conditions.length === 0 ? '{ }' : `{ ${conditions.join(' && ')} }`;
  return journeyId === null ? filter : `${printRoots(journeyId)} >> ${filter}`;
}

function printRoots(journeyId: string): string {
  return `{ span.${journeyAttribute.id} = ${quoteGoString(journeyId)} }`;
}

function populationConditions(population: SpanPopulation): string[] {
  if (population.kind === 'runs') return [`resource.${identityAttribute.runId} ${matchAny(population.runIds)}`];
  return population.service === null ? [] : [`resource.service.name = ${quoteGoString(population.service)}`];
}

// Ids of runs hold no character that means something in a regular expression.
function matchAny(ids: readonly string[]): string {
  return ids.length === 1 ? `= ${quoteGoString(ids[0] ?? '')}` : `=~ ${quoteGoString(ids.join('|'))}`;
}

export interface FoundSpans {
  readonly traces: readonly FoundTrace[];
  /** Why it is not all; null if it is. */
  readonly cutOff: string | null;
}

/** Runs a search to the last span. */
export async function searchAllSpans(tempo: TempoClient, query: SpanQuery, window: TimeWindow): Promise<FoundSpans> {
  if (query.journeyId === null) return searchEverySpan(tempo, query, window);
  // The operator `>>` relates spans only as far as they lie in one piece of Tempo's storage, and it cuts a trace of more
  // than a second into several until it is compacted. A journey's traces begin with obs's own spans, so all in them is below.
  const roots = await searchTraces(tempo, printRoots(query.journeyId), window);
  const traces: FoundTrace[] = [];
  let cutOff = roots.cutOff;
  for (let at = 0; at < roots.traces.length; at += tracesPerQuery) {
    const ids = roots.traces.slice(at, at + tracesPerQuery).map(({ traceId }) => `trace:id = "${traceId}"`);
    const conditions = [`(${ids.join(' || ')})`, ...query.conditions];
    const found = await searchEverySpan(tempo, { journeyId: null, conditions }, window);
    traces.push(...found.traces);
    cutOff ??= found.cutOff;
  }
  return { traces, cutOff };
}

async function searchEverySpan(tempo: TempoClient, query: SpanQuery, window: TimeWindow): Promise<FoundSpans> {
  const { traces, cutOff } = await searchTraces(tempo, `${printSpanQuery(query)} | by(span:id)`, window);
  const cut = traces.find((trace) => trace.matched > trace.spans.length);
  if (cutOff !== null || cut === undefined) return { traces, cutOff };
  return { traces, cutOff: `the search listed ${cut.spans.length} of ${cut.matched} spans of a trace` };
}

/** Runs any TraceQL search; of each trace at most 100 spans are listed. */
export async function searchTraces(tempo: TempoClient, query: string, window: TimeWindow): Promise<FoundSpans> {
  const found = new Map<string, FoundTrace>();
  let cutOff: string | null = null;
  for (const piece of splitWindow(window)) {
    const traces = await tempo.search({
      query: `${query} | select(${selected})`,
      ...piece,
      limit: maxTraces,
      spansPerTrace: maxSpansPerTrace,
    });
    if (traces.length >= maxTraces) cutOff = `the search was cut off at ${maxTraces} traces`;
    for (const trace of traces) found.set(trace.traceId, mergeTraces(found.get(trace.traceId), trace));
  }
  return { traces: [...found.values()], cutOff };
}

function splitWindow(window: TimeWindow): TimeWindow[] {
  const pieces: TimeWindow[] = [];
  const lastMs = window.endMs + marginMs;
  for (let startMs = window.startMs - marginMs; startMs < lastMs; startMs += maxWindowMs)
    pieces.push({ startMs, endMs: Math.min(lastMs, startMs + maxWindowMs) });
  return pieces;
}

// A trace that lies in two pieces of the window is found in both.
function mergeTraces(known: FoundTrace | undefined, found: FoundTrace): FoundTrace {
  if (known === undefined) return found;
  const spans = new Map([...known.spans, ...found.spans].map((span) => [span.spanId, span]));
  return { ...found, spans: [...spans.values()], matched: Math.max(known.matched, found.matched, spans.size) };
}
