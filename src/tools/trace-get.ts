// The tool behind `obs trace`: one trace as a waterfall, with critical path, self times, errors and its logs.
import { z } from 'zod';
import type { LokiClient } from '../clients/loki.ts';
import type { TempoClient } from '../clients/tempo.ts';
import { buildTree, nsToMs, type TraceTree } from '../clients/traces/tree.ts';
import { ObsError } from '../errors/obs-error.ts';
import { obsScopeName } from '../model/attributes.ts';
import { parseTraceId, type TraceId } from '../model/ids.ts';
import { type TraceAnswer, traceAnswerSchema } from './answers/trace.ts';
import { describeTrace } from './query/describe-trace.ts';
import { openQueryStack, stackField } from './query/open.ts';
import { formatTime } from './query/window.ts';
import { cleanText } from './render/clean.ts';
import { renderTrace } from './render/trace.ts';
import { defineTool, type ToolContext } from './tool.ts';

const maxLogs = 200;
/** Lines written just before the first span or just after the last belong to it as well. */
const logMarginMs = 5_000;

const input = z.strictObject({
  traceId: z.string().describe('trace id in hex, as obs traces and the logs show it'),
  full: z.boolean().default(false).describe('list every span, like siblings not folded'),
  span: z
    .string()
    .optional()
    .describe('only this span (its id, or the first digits) and what is below it, with all its attributes and events'),
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
    const logs = await fetchLogs(loki, traceId, buildTree(spans));
    const output = describeTrace({ traceId, spans, logs, full: given.full, spanId: given.span }, context);
    if (output === undefined) throw new ObsError('OBS_SPAN_NOT_FOUND', { traceId, spanId: given.span ?? '' });
    return { output, exit: 0 };
  },
  render: renderTrace,
});

async function explainMissing(tempo: TempoClient, traceId: string, context: ToolContext): Promise<ObsError> {
  const nowMs = context.nowMs();
  const warnings = [...tempo.warnings].map(cleanText);
  const recent = await tempo.search({
    query: `{ instrumentation:name != "${obsScopeName}" } with (most_recent=true)`,
    startMs: nowMs - 3_600_000,
    endMs: nowMs,
    limit: 3,
    spansPerTrace: 1,
  });
  return new ObsError('OBS_TRACE_NOT_FOUND', { traceId, warnings, recent: recent.map((trace) => trace.traceId) });
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
