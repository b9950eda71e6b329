// The tool behind `obs metrics`: a PromQL expression, at one time or over a window.
import { z } from 'zod';
import { ObsError } from '../errors/obs-error.ts';
import { parsePromql } from '../promql/parser.ts';
import { metricsAnswerSchema } from './answers/metrics.ts';
import { explainEmptyMetrics } from './query/empty-metrics.ts';
import { fitRows, frameOf } from './query/fit.ts';
import { type MetricQuestion, questionKinds, writeQuestion } from './query/metric-question.ts';
import { openQueryStack, stackField } from './query/open.ts';
import { chooseStepSeconds, readStepSeconds, summariseSeries } from './query/series.ts';
import { describeWindow, readWindow, windowFields } from './query/window.ts';
import { renderMetrics } from './render/metrics.ts';
import { defineTool } from './tool.ts';

const questionField = (what: string) => z.string().optional().describe(`a metric: ${what}, as PromQL that is shown`);

const input = z.strictObject({
  query: z
    .string()
    .optional()
    .describe("PromQL: 'sum by (service_name) (rate(http_server_request_duration_seconds_count[1m]))'"),
  p50: questionField('the median of a histogram'),
  p95: questionField('the 95th percentile of a histogram, such as http.server.request.duration'),
  p99: questionField('the 99th percentile of a histogram'),
  rate: questionField('how often per second'),
  by: z.array(z.string()).default([]).describe('label to group such a question by, such as route; may be repeated'),
  ...windowFields,
  step: z
    .string()
    .optional()
    .describe('distance between points, such as 15s; with a window and no step about 60 points'),
  plot: z.boolean().default(false).describe('draw the series over the window'),
  limit: z.number().int().min(1).max(1000).default(100).describe('series at most'),
  ...stackField,
});

type Input = z.output<typeof input>;

export const metricsQuery = defineTool({
  name: 'metrics_query',
  purpose:
    'Asks the metrics of this worktree in PromQL: now, or over a window with since or from and to. Names, types and units: telemetry_discover.',
  input,
  output: metricsAnswerSchema,
  marks: { readOnly: true, destructive: false, openWorld: false },
  cli: {
    verb: 'metrics',
    positionals: ['query'],
    examples: [
      'obs metrics obs_app_startup_seconds',
      'obs metrics --p95 http.server.request.duration --by route',
      "obs metrics 'rate(http_server_request_duration_seconds_count[1m])' --since 15m --plot",
    ],
  },
  async run(given, context) {
    const asked = readQuestion(given);
    if (typeof asked === 'string') parsePromql(asked);
    const { prometheus } = await openQueryStack(context, given.stack);
    const nowMs = context.nowMs();
    const window = readWindow(given, nowMs);
    const isRange = given.plot || [given.since, given.from, given.step].some((field) => field !== undefined);
    const stepSeconds = given.step === undefined ? chooseStepSeconds(window) : readStepSeconds(given.step);
    const query = typeof asked === 'string' ? asked : await writeQuestion(prometheus, asked, window);
    const answer = isRange
      ? await prometheus.queryRange(query, { ...window, stepSeconds })
      : await prometheus.query(query, window.endMs);
    const detail = context.caller === 'cli' ? 'points' : 'summary';
    const rows = answer.series.slice(0, given.limit).map((one) => summariseSeries(one, detail));
    const isEmpty = rows.length === 0 && answer.text === null;
    const described = describeWindow(window);
    return {
      output: {
        query,
        wroteQuery: typeof asked !== 'string',
        window: isRange ? described : null,
        at: isRange ? null : described.to,
        resultType: answer.resultType,
        plot: given.plot,
        series: [...fitRows(context, rows, frameOf(query))],
        total: answer.series.length,
        text: answer.text,
        warnings: [...answer.warnings, ...answer.infos],
        empty: isEmpty ? await explainEmptyMetrics(prometheus, query, window) : null,
      },
      exit: 0,
    };
  },
  render: renderMetrics,
});

/** The expression, or the question to make one of. @throws ObsError OBS_NO_QUESTION */
function readQuestion(given: Input): string | MetricQuestion {
  const questions = questionKinds.flatMap((kind): MetricQuestion[] => {
    const metric = given[kind];
    return metric === undefined ? [] : [{ kind, metric, by: given.by }];
  });
  const all = [...(given.query === undefined ? [] : [given.query]), ...questions];
  const [only] = all;
  if (only === undefined || all.length > 1) throw new ObsError('OBS_NO_QUESTION', { given: all.length });
  return only;
}
