// The tool behind `obs logs`: a LogQL question, answered with lines or series.
import { z } from 'zod';
import { parse, parseLogQuery } from '../logql/parser.ts';
import type { LogEntry } from '../wire/loki/decode-query.ts';
import { type LogLineRow, type LogPatternRow, type LogsAnswer, logsAnswerSchema } from './answers/logs.ts';
import { writeCommand } from './query/command.ts';
import { makeCursor, readCursor } from './query/cursor.ts';
import { explainEmptyLogs } from './query/empty-logs.ts';
import { fitRows, frameOf, isWhole, roomFor, sizeOf } from './query/fit.ts';
import { followLines } from './query/follow-logs.ts';
import { describeLineErrors, explainLineErrors } from './query/line-errors.ts';
import { findLogPatterns, writePatternQuery } from './query/log-patterns.ts';
import { describeCuts, shareLabels, toLogRow } from './query/log-rows.ts';
import { openQueryStack, type QueryStack, stackField } from './query/open.ts';
import { chooseStepSeconds, readStepSeconds, summariseSeries } from './query/series.ts';
import { describeWindow, type QueryWindow, readWindow, windowFields } from './query/window.ts';
import { type Folded, foldLines } from './render/fold-lines.ts';
import { renderLogLine, renderLogs } from './render/logs.ts';
import { defineTool, type ToolContext } from './tool.ts';

/** Loki's own limit for one answer. */
const maxLimit = 5_000;
const defaultLimit = 100;
/** Lines beside patterns: examples. */
const defaultLimitWithPatterns = 10;

const input = z.strictObject({
  query: z.string().describe('LogQL: \'{service_name="web"} |= "error"\', or a metric query such as rate(…)'),
  ...windowFields,
  limit: z
    .number()
    .int()
    .min(1)
    .max(maxLimit)
    .optional()
    .describe(`lines at most, newest first; default ${defaultLimit}, with patterns ${defaultLimitWithPatterns}`),
  patterns: z
    .boolean()
    .default(false)
    .describe('first what lines have in common, with counts (of the newest 5,000 lines)'),
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
    const asked = { given, context, queried, window };
    const answered = await (kind === 'lines' ? askLines(asked) : askSeries(asked));
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
      const { query, limit = maxLimit } = given;
      const { signal, progress } = context;
      for await (const entry of followLines(loki, { query, startMs, limit, signal, progress })) {
        const document = toLogRow(entry, context);
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
  patterns: [],
  patternLines: null,
  lines: [],
  commonLabels: {},
  series: [],
  more: false,
  cursor: null,
  next: null,
  trace: null,
  cut: null,
  warnings: [],
};

async function askLines({ given, context, queried, window }: Asked): Promise<Answered> {
  const limit = given.limit ?? (given.patterns ? defaultLimitWithPatterns : defaultLimit);
  const [resumeNs = 0n, skip = 0n] = given.cursor === undefined ? [] : readCursor(given.query, given.cursor, 2);
  const answer = await queried.loki.queryRange({
    query: given.query,
    ...window,
    // One more than asked for tells whether there is more.
    limit: given.patterns ? maxLimit : Math.min(maxLimit, limit + Number(skip) + 1),
    direction: 'backward',
    ...(given.cursor !== undefined && { endNs: resumeNs + 1n }),
  });
  if (answer.kind === 'series') return nothing;
  const rest = answer.entries.slice(Number(skip));
  const patterns = given.patterns ? fitRows(context, findLogPatterns(rest), frameOf(given.query)) : [];
  const { rows, taken } = chooseRows(rest.slice(0, limit), context, [frameOf(given.query), patterns]);
  const shown = rest.slice(0, taken);
  const more = rest.length > taken;
  const cursor = more ? makeCursor(given.query, findResume(shown, { resumeNs, skip })) : null;
  const { common, lines } = shareLabels(rows);
  const flags = { ...describeWindow(window), limit: given.limit, stack: given.stack };
  const cuts = describeCuts(shown, context);
  return {
    ...nothing,
    patterns: [...patterns],
    patternLines: writePatternCommand(patterns, given),
    lines,
    commonLabels: common,
    more,
    cursor,
    next: cursor && writeCommand('logs', [given.query], { ...flags, cursor }),
    trace: findTraceCommand(rows, given.stack),
    cut: cuts === undefined ? null : `${cuts}; whole: ${writeCommand('logs', [given.query], flags)} --json`,
    warnings: [...answer.warnings, ...describeLineErrors(shown, given.query)],
  };
}

/** Whole, each line is a row; for an agent, equal ones are one, and as many as fit. */
function chooseRows(entries: readonly LogEntry[], context: ToolContext, frame: unknown): Folded {
  const rows = entries.map((entry) => toLogRow(entry, context));
  if (isWhole(context)) return { rows, taken: rows.length };
  let room = roomFor(context, frame);
  return foldLines(rows, (row) => {
    room -= sizeOf(row);
    return room >= 0;
  });
}

// Where the next page begins: at the time of the last line shown, past those of the same time that were shown.
function findResume(shown: readonly LogEntry[], before: { resumeNs: bigint; skip: bigint }): [bigint, bigint] {
  const last = shown.at(-1)?.timestampNs ?? before.resumeNs;
  const same = BigInt(shown.filter((entry) => entry.timestampNs === last).length);
  return [last, last === before.resumeNs ? before.skip + same : same];
}

function writePatternCommand([first]: readonly LogPatternRow[], { query, stack }: Input): string | null {
  return first === undefined ? null : writeCommand('logs', [writePatternQuery(query, first)], { stack });
}

const badLevels = new Set(['error', 'critical', 'fatal']);

function findTraceCommand(rows: readonly LogLineRow[], stack: string | undefined): string | null {
  const traced = rows.filter((row) => row.traceId !== null && row.traceId !== '');
  const chosen = traced.find((row) => badLevels.has(row.level ?? '')) ?? traced[0];
  return chosen?.traceId ? writeCommand('trace', [chosen.traceId], { stack }) : null;
}

async function askSeries({ given, context, queried, window }: Asked): Promise<Answered> {
  const stepSeconds = given.step === undefined ? chooseStepSeconds(window) : readStepSeconds(given.step);
  const question = { query: given.query, ...window, limit: given.limit ?? defaultLimit, stepSeconds };
  const answer = await explainLineErrors(given.query, () =>
    queried.loki.queryRange({ ...question, direction: 'backward' }),
  );
  if (answer.kind === 'lines') return nothing;
  const rows = answer.answer.series.map((one) => summariseSeries(one, context.caller === 'cli' ? 'points' : 'summary'));
  const series = [...fitRows(context, rows, frameOf(given.query))];
  return { ...nothing, series, more: series.length < rows.length, warnings: [...answer.answer.warnings] };
}
