// The tool behind `obs traces`: a TraceQL question, answered with traces, or with series for `| rate()` and the like.
import { z } from 'zod';
import { nsToMs } from '../clients/traces/tree.ts';
import { parseTraceql } from '../traceql/parser.ts';
import { validateTraceql } from '../traceql/validate.ts';
import type { FoundTrace } from '../wire/tempo/decode-search.ts';
import { type TraceRow, type TracesAnswer, tracesAnswerSchema } from './answers/traces.ts';
import { writeCommand } from './query/command.ts';
import { makeCursor, readCursor } from './query/cursor.ts';
import { explainEmptyTraces } from './query/empty-traces.ts';
import { fitRows, fitText, frameOf } from './query/fit.ts';
import { openQueryStack, type QueryStack, stackField } from './query/open.ts';
import { searchPage, shownSpans } from './query/search-page.ts';
import { chooseStepSeconds, readStepSeconds, summariseSeries } from './query/series.ts';
import { describeWindow, formatTime, type QueryWindow, readWindow, windowFields } from './query/window.ts';
import { cleanText } from './render/clean.ts';
import { renderTraces } from './render/traces.ts';
import { defineTool, type ToolContext } from './tool.ts';

const maxNameChars = 200;

const input = z.strictObject({
  query: z.string().describe("TraceQL: '{ duration > 1s }', '{ status = error }', '{ name = \"GET /\" } | rate()'"),
  ...windowFields,
  limit: z.number().int().min(1).max(1000).default(20).describe('traces at most, newest first'),
  cursor: z.string().optional().describe('goes on from an answer that was cut: its `cursor`'),
  step: z.string().optional().describe('distance between points of a metrics query, such as 15s'),
  ...stackField,
});
type Input = z.output<typeof input>;

export const tracesSearch = defineTool({
  name: 'traces_search',
  purpose:
    'Finds traces of this worktree in TraceQL, newest first, with duration, spans, errors and services. One trace in full: trace_get.',
  input,
  output: tracesAnswerSchema,
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'traces',
    positionals: ['query'],
    examples: ["obs traces '{ duration > 1s }'", "obs traces '{ status = error }' --since 15m"],
  },
  async run(given, context) {
    const query = parseTraceql(given.query);
    validateTraceql(query, given.query);
    const queried = await openQueryStack(context, given.stack);
    const window = readWindow(given, context.nowMs());
    const kind: TracesAnswer['kind'] = query.metrics === undefined ? 'traces' : 'series';
    const answered = await (kind === 'traces' ? searchTraces : askSeries)({ given, context, queried, window });
    const isEmpty = answered.traces.length === 0 && answered.series.length === 0 && given.cursor === undefined;
    const empty = isEmpty ? await explainEmptyTraces(queried.tempo, given.query, window) : null;
    const warnings = [...queried.tempo.warnings].map(cleanText);
    return {
      output: { query: given.query, window: describeWindow(window), kind, ...answered, warnings, empty },
      exit: 0,
    };
  },
  render: renderTraces,
});

interface Asked {
  readonly given: Input;
  readonly context: ToolContext;
  readonly queried: QueryStack;
  readonly window: QueryWindow;
}

type Answered = Pick<TracesAnswer, 'traces' | 'series' | 'more' | 'cursor' | 'next'>;

async function searchTraces({ given, context, queried, window }: Asked): Promise<Answered> {
  const page = await searchPage(queried.tempo, {
    query: given.query,
    ...window,
    wanted: given.limit + 1,
    after: given.cursor === undefined ? undefined : readCursor(given.query, given.cursor, 2),
  });
  const rows = fitRows(
    context,
    page.slice(0, given.limit).map((trace) => toRow(trace, context)),
    frameOf(given.query),
  );
  const last = page[rows.length - 1];
  const more = page.length > rows.length && last !== undefined;
  const cursor = more ? makeCursor(given.query, [last.startNs, BigInt(`0x${last.traceId}`)]) : null;
  const flags = { ...describeWindow(window), limit: given.limit, stack: given.stack };
  const next = cursor && writeCommand('traces', [given.query], { ...flags, cursor });
  return { traces: [...rows], series: [], more, cursor, next };
}

async function askSeries({ given, context, queried, window }: Asked): Promise<Answered> {
  const stepSeconds = given.step === undefined ? chooseStepSeconds(window) : readStepSeconds(given.step);
  const series = await queried.tempo.metricsRange(given.query, { ...window, stepSeconds });
  const rows = series.map((one) => summariseSeries(one, context.caller === 'cli' ? 'points' : 'summary'));
  const shown = fitRows(context, rows, frameOf(given.query));
  return { traces: [], series: [...shown], more: shown.length < rows.length, cursor: null, next: null };
}

function toRow(trace: FoundTrace, context: ToolContext): TraceRow {
  const text = (value: string) => fitText(context, cleanText(value), maxNameChars);
  const services = Object.entries(trace.services);
  return {
    traceId: trace.traceId,
    time: formatTime(nsToMs(trace.startNs)),
    root: text(trace.rootName),
    service: text(trace.rootService),
    durationMs: trace.durationMs,
    spans: services.reduce((sum, [, stats]) => sum + stats.spans, 0),
    errors: services.reduce((sum, [, stats]) => sum + stats.errors, 0),
    services: services.map(([name]) => text(name)).sort(),
    matched: trace.matched,
    matches: trace.spans.slice(0, shownSpans).map((span) => ({
      spanId: span.spanId,
      name: text(span.name),
      service: text(String(span.attributes['service.name'] ?? '')),
      durationMs: nsToMs(span.durationNs),
    })),
  };
}
