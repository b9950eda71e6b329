// The tool behind `obs logs`: a LogQL question, answered with lines or series.
import { z } from 'zod';
import { nsToMs } from '../clients/traces/tree.ts';
import { parse, parseLogQuery } from '../logql/parser.ts';
import type { LogEntry } from '../wire/loki/decode-query.ts';
import { type LogLineRow, type LogsAnswer, logsAnswerSchema } from './answers/logs.ts';
import { writeCommand } from './query/command.ts';
import { makeCursor, readCursor } from './query/cursor.ts';
import { explainEmptyLogs } from './query/empty-logs.ts';
import { fitRows, fitText, frameOf, isWhole } from './query/fit.ts';
import { followLines } from './query/follow-logs.ts';
import { openQueryStack, type QueryStack, stackField } from './query/open.ts';
import { chooseStepSeconds, readStepSeconds, summariseSeries } from './query/series.ts';
import { describeWindow, formatTime, type QueryWindow, readWindow, windowFields } from './query/window.ts';
import { cleanText } from './render/clean.ts';
import { renderLogLine, renderLogs } from './render/logs.ts';
import { defineTool, type ToolContext } from './tool.ts';

const maxLimit = 5_000;
const maxLineChars = 600;
/** Labels that have a field of their own. */
const fieldLabels = new Set(['service_name', 'detected_level', 'trace_id', 'span_id']);
/** Labels that say what another one says, or what every line of a stack says: no reader pays for them. */
const noisyLabels = new Set([
  'flags',
  'observed_timestamp',
  'obs_stack',
  'obs_worktree',
  'severity_number',
  'severity_text',
]);

const input = z.strictObject({
  query: z.string().describe('LogQL: \'{service_name="web"} |= "error"\', or a metric query such as rate(…)'),
  ...windowFields,
  limit: z.number().int().min(1).max(maxLimit).default(100).describe('lines at most, newest first'),
  step: z.string().optional().describe('distance between points of a metric query, such as 15s'),
  cursor: z.string().optional().describe('goes on from an answer that was cut: its `cursor`'),
  follow: z.boolean().default(false).describe('print lines as they arrive, from now or --since on, until Ctrl-C'),
  ...stackField,
});
type Input = z.output<typeof input>;

export const logsQuery = defineTool({
  name: 'logs_query',
  purpose:
    'Asks the logs of this worktree in LogQL. Every line that an app wrote is there, with its level, service and trace id. ' +
    'Metric queries (rate, count_over_time …) answer series.',
  input,
  output: logsAnswerSchema,
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'logs',
    positionals: ['query'],
    examples: [
      'obs logs \'{service_name="web"}\'',
      'obs logs \'{service_name=~".+"} | detected_level="error"\' --since 15m',
    ],
  },
  async run(given, context) {
    const kind: LogsAnswer['kind'] = parse(given.query).kind === 'log' ? 'lines' : 'series';
    const queried = await openQueryStack(context, given.stack);
    const window = readWindow(given, context.nowMs());
    const answered = await (kind === 'lines' ? askLines : askSeries)({ given, context, queried, window });
    const isEmpty = answered.lines.length === 0 && answered.series.length === 0;
    const empty =
      isEmpty && given.cursor === undefined ? await explainEmptyLogs(queried.loki, given.query, window) : null;
    return {
      output: { query: given.query, window: describeWindow(window), kind, ...answered, empty },
      exit: 0,
    };
  },
  render: renderLogs,
  follow: {
    when: 'follow',
    async *stream(given, context, style) {
      parseLogQuery(given.query);
      const { loki } = await openQueryStack(context, given.stack);
      const nowMs = context.nowMs();
      const isBack = given.since !== undefined || given.from !== undefined;
      const startMs = isBack ? readWindow(given, nowMs).startMs : nowMs;
      for await (const entry of followLines(loki, { query: given.query, startMs, signal: context.signal })) {
        const document = toRow(entry, context);
        yield { document, text: renderLogLine(document, style) };
      }
    },
  },
});

interface Asked {
  readonly given: Input;
  readonly context: ToolContext;
  readonly queried: QueryStack;
  readonly window: QueryWindow;
}

type Answered = Omit<LogsAnswer, 'query' | 'window' | 'kind' | 'empty'>;

const nothing: Answered = {
  lines: [],
  commonLabels: {},
  series: [],
  more: false,
  cursor: null,
  next: null,
  warnings: [],
};

async function askLines({ given, context, queried, window }: Asked): Promise<Answered> {
  const [resumeNs = 0n, skip = 0n] = given.cursor === undefined ? [] : readCursor(given.query, given.cursor, 2);
  const answer = await queried.loki.queryRange({
    query: given.query,
    ...window,
    // One more than asked for tells whether there is more.
    limit: Math.min(maxLimit, given.limit + Number(skip) + 1),
    direction: 'backward',
    ...(given.cursor !== undefined && { endNs: resumeNs + 1n }),
  });
  if (answer.kind === 'series') return nothing;
  const rest = answer.entries.slice(Number(skip));
  const entries = rest.slice(0, given.limit);
  const rows = fitRows(
    context,
    entries.map((entry) => toRow(entry, context)),
    frameOf(given.query),
  );
  const more = rest.length > rows.length;
  const cursor = more ? makeCursor(given.query, findResume(entries.slice(0, rows.length), { resumeNs, skip })) : null;
  const { common, lines } = shareLabels(rows);
  const flags = { ...describeWindow(window), limit: given.limit, stack: given.stack };
  return {
    ...nothing,
    lines,
    commonLabels: common,
    more,
    cursor,
    next: cursor && writeCommand('logs', [given.query], { ...flags, cursor }),
    warnings: [...answer.warnings],
  };
}

// Where the next page begins: at the time of the last line shown, past those of the same time that were shown.
function findResume(shown: readonly LogEntry[], before: { resumeNs: bigint; skip: bigint }): [bigint, bigint] {
  const last = shown.at(-1)?.timestampNs ?? before.resumeNs;
  const same = BigInt(shown.filter((entry) => entry.timestampNs === last).length);
  return [last, last === before.resumeNs ? before.skip + same : same];
}

async function askSeries({ given, context, queried, window }: Asked): Promise<Answered> {
  const stepSeconds = given.step === undefined ? chooseStepSeconds(window) : readStepSeconds(given.step);
  const answer = await queried.loki.queryRange({
    query: given.query,
    ...window,
    limit: given.limit,
    direction: 'backward',
    stepSeconds,
  });
  if (answer.kind === 'lines') return nothing;
  const rows = answer.answer.series.map((one) => summariseSeries(one, context.caller === 'cli' ? 'points' : 'summary'));
  const series = [...fitRows(context, rows, frameOf(given.query))];
  return { ...nothing, series, more: series.length < rows.length, warnings: [...answer.answer.warnings] };
}

function toRow(entry: LogEntry, context: ToolContext): LogLineRow {
  const { labels } = entry;
  const named = Object.entries(labels).filter(([name]) => !fieldLabels.has(name));
  const shown = isWhole(context) ? named : named.filter(([name]) => !noisyLabels.has(name));
  return {
    time: formatTime(nsToMs(entry.timestampNs)),
    service: labels.service_name ?? null,
    level: labels.detected_level ?? null,
    line: fitText(context, cleanText(entry.line), maxLineChars),
    traceId: labels.trace_id ?? null,
    spanId: labels.span_id ?? null,
    labels: Object.fromEntries(shown.map(([name, value]) => [name, fitText(context, cleanText(value), 200)])),
  };
}

// What every line says alike is said once.
function shareLabels(rows: readonly LogLineRow[]): { common: Record<string, string>; lines: LogLineRow[] } {
  const [first, ...rest] = rows;
  if (first === undefined || rest.length === 0) return { common: {}, lines: [...rows] };
  const shared = Object.entries(first.labels).filter(([name, value]) =>
    rest.every((row) => row.labels[name] === value),
  );
  const names = new Set(shared.map(([name]) => name));
  const strip = (labels: LogLineRow['labels']) => Object.entries(labels).filter(([name]) => !names.has(name));
  return {
    common: Object.fromEntries(shared),
    lines: rows.map((row) => ({ ...row, labels: Object.fromEntries(strip(row.labels)) })),
  };
}
