// The tool behind `obs trace`: one trace as a waterfall, with critical path, self times, errors and its logs.
import { z } from 'zod';
import type { LokiClient } from '../clients/loki.ts';
import type { TempoClient } from '../clients/tempo.ts';
import { findCriticalPath, type PathStep } from '../clients/traces/critical-path.ts';
import { buildTree, nsToMs, type TraceTree } from '../clients/traces/tree.ts';
import { ObsError } from '../errors/obs-error.ts';
import { obsScopeName } from '../model/attributes.ts';
import { parseTraceId, type TraceId } from '../model/ids.ts';
import { countOf } from '../std/plural.ts';
import { printValue } from '../wire/tempo/decode-attributes.ts';
import type { TraceSpan } from '../wire/tempo/decode-trace.ts';
import { type TraceAnswer, traceAnswerSchema } from './answers/trace.ts';
import { fitRows, fitText } from './query/fit.ts';
import { openQueryStack, stackField } from './query/open.ts';
import { listWaterfall } from './query/waterfall.ts';
import { formatTime } from './query/window.ts';
import { cleanText } from './render/clean.ts';
import { renderTrace } from './render/trace.ts';
import { defineTool, type ToolContext } from './tool.ts';

const maxLogs = 200;
/** Lines written just before the first span or just after the last belong to it as well. */
const logMarginMs = 5_000;
const maxStatementChars = 300;
const shownPathSteps = 8;

const input = z.strictObject({
  traceId: z.string().describe('trace id in hex, as obs traces and the logs show it'),
  full: z.boolean().default(false).describe('list every span, like siblings not folded'),
  span: z.string().optional().describe('show this span with all its attributes and events'),
  ...stackField,
});

export const traceGet = defineTool({
  name: 'trace_get',
  purpose:
    'Shows one trace as a waterfall with critical path, self times, errors and the log lines that belong to it. With span: all attributes and events of one span.',
  input,
  output: traceAnswerSchema,
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'trace',
    positionals: ['traceId'],
    examples: ['obs trace 4bf92f3577b34da6a3ce929d0e0e4736'],
  },
  async run(given, context) {
    const traceId = parseTraceId(given.traceId.trim());
    if (traceId === undefined) throw new ObsError('OBS_BAD_TRACE_ID', { given: given.traceId });
    const { tempo, loki } = await openQueryStack(context, given.stack);
    const spans = await tempo.trace(traceId);
    if (spans === null) throw await explainMissing(tempo, traceId, context);
    const tree = buildTree(spans);
    const logs = await fetchLogs(loki, traceId, tree);
    return {
      output: describeTrace({ traceId, tree, spans, logs, context, full: given.full, span: given.span }),
      exit: 0,
    };
  },
  render: renderTrace,
});

async function explainMissing(tempo: TempoClient, traceId: string, context: ToolContext): Promise<ObsError> {
  const nowMs = context.nowMs();
  const recent = await tempo.search({
    query: `{ instrumentation:name != "${obsScopeName}" }`,
    startMs: nowMs - 3_600_000,
    endMs: nowMs,
    limit: 3,
    spansPerTrace: 1,
  });
  return new ObsError('OBS_TRACE_NOT_FOUND', { traceId, recent: recent.map((trace) => trace.traceId) });
}

async function fetchLogs(loki: LokiClient, traceId: TraceId, tree: TraceTree): Promise<TraceAnswer['logs']> {
  const answer = await loki.queryRange({
    query: `{service_name=~".+"} | trace_id="${traceId}"`,
    startMs: nsToMs(tree.startNs) - logMarginMs,
    endMs: nsToMs(tree.endNs) + logMarginMs,
    limit: maxLogs,
    direction: 'forward',
  });
  if (answer.kind === 'series') return [];
  return answer.entries.map(({ timestampNs, line, labels }) => ({
    time: formatTime(nsToMs(timestampNs)),
    afterMs: nsToMs(timestampNs - tree.startNs),
    service: labels.service_name ?? '',
    level: labels.detected_level ?? '',
    spanId: labels.span_id ?? null,
    line: cleanText(line),
  }));
}

interface Described {
  readonly traceId: string;
  readonly tree: TraceTree;
  readonly spans: readonly TraceSpan[];
  readonly logs: TraceAnswer['logs'];
  readonly context: ToolContext;
  readonly full: boolean;
  readonly span: string | undefined;
}

function describeTrace(of: Described): TraceAnswer {
  const { tree, spans, context } = of;
  const text = (value: string, maxChars = 200) => fitText(context, cleanText(value), maxChars);
  const path = tree.roots.flatMap(findCriticalPath);
  const rows = listWaterfall(tree, { criticalPath: path, fold: !of.full }).map((row) => ({
    ...row,
    name: text(row.name),
    service: text(row.service),
    statusMessage: text(row.statusMessage),
    statement: row.statement && text(row.statement, maxStatementChars),
  }));
  const shown = fitRows(context, rows);
  const failed = spans.filter((span) => span.status === 'error');
  return {
    traceId: of.traceId,
    start: formatTime(nsToMs(tree.startNs)),
    durationMs: nsToMs(tree.endNs - tree.startNs),
    root: text(tree.roots[0]?.span.name ?? ''),
    services: [...new Set(spans.map((span) => text(span.service)))].sort(),
    spanCount: spans.length,
    errorCount: failed.length,
    notes: listNotes(tree),
    criticalPath: sumPath(path, text),
    spans: [...shown],
    spansShown: shown.reduce((sum, row) => sum + row.folded, 0),
    errors: failed.slice(0, 20).map((span) => ({
      spanId: span.spanId,
      name: text(span.name),
      service: text(span.service),
      message: text(messageOf(span), 500),
    })),
    logs: of.logs
      .slice(0, context.caller === 'cli' ? maxLogs : 20)
      .map((log) => ({ ...log, line: text(log.line, 300) })),
    detail: describeSpan(
      tree,
      spans.find((span) => span.spanId === of.span),
    ),
  };
}

// Like steps are one line: forty queries of the same kind are waited for together.
function sumPath(path: readonly PathStep[], text: (value: string) => string): TraceAnswer['criticalPath'] {
  const sums = new Map<string, TraceAnswer['criticalPath'][number]>();
  for (const { node, ownNs } of path) {
    const { spanId, name, service } = node.span;
    const key = JSON.stringify([service, name]);
    const sum = sums.get(key) ?? { spanId, name: text(name), service: text(service), ownMs: 0, spans: 0 };
    sums.set(key, { ...sum, ownMs: sum.ownMs + nsToMs(ownNs), spans: sum.spans + 1 });
  }
  return [...sums.values()].sort((a, b) => b.ownMs - a.ownMs).slice(0, shownPathSteps);
}

function listNotes(tree: TraceTree): string[] {
  const orphans = tree.nodes.filter((node) => node.orphan).length;
  const roots = tree.roots.length - orphans;
  return [
    ...(orphans > 0
      ? [`${countOf(orphans, 'span')} with a parent that was not received: it is still open, or was never sent`]
      : []),
    ...(roots > 1 ? [`the trace has ${roots} roots`] : []),
    ...(roots === 0 ? ['the root has not been received'] : []),
  ];
}

function messageOf(span: TraceSpan): string {
  const exception = span.events.find((event) => event.name === 'exception')?.attributes;
  const thrown = [exception?.['exception.type'], exception?.['exception.message']].filter(
    (one) => one !== undefined && one !== null,
  );
  return span.statusMessage || thrown.map((one) => printValue(one ?? '')).join(': ');
}

function describeSpan(tree: TraceTree, span: TraceSpan | undefined): TraceAnswer['detail'] {
  if (span === undefined) return null;
  return {
    spanId: span.spanId,
    attributes: printAttributes(span.attributes),
    resource: printAttributes(span.resource),
    events: span.events.map((event) => ({
      afterMs: nsToMs(event.atNs - tree.startNs),
      name: cleanText(event.name),
      attributes: printAttributes(event.attributes),
    })),
  };
}

function printAttributes(attributes: TraceSpan['attributes']): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).map(([name, value]) => [name, cleanText(printValue(value))]));
}
