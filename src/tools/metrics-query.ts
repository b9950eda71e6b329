// The tool behind `obs metrics`: a PromQL expression, at one time or over a window.
import { z } from 'zod';
import { parsePromql } from '../promql/parser.ts';
import { metricsAnswerSchema } from './answers/metrics.ts';
import { explainEmptyMetrics } from './query/empty-metrics.ts';
import { fitRows, frameOf } from './query/fit.ts';
import { openQueryStack, stackField } from './query/open.ts';
import { chooseStepSeconds, readStepSeconds, summariseSeries } from './query/series.ts';
import { describeWindow, readWindow, windowFields } from './query/window.ts';
import { renderMetrics } from './render/metrics.ts';
import { defineTool } from './tool.ts';

const input = z.strictObject({
  query: z.string().describe("PromQL: 'sum by (service_name) (rate(http_server_request_duration_seconds_count[1m]))'"),
  ...windowFields,
  step: z
    .string()
    .optional()
    .describe('distance between points, such as 15s; with a window and no step about 60 points'),
  plot: z.boolean().default(false).describe('draw the series over the window'),
  limit: z.number().int().min(1).max(1000).default(100).describe('series at most'),
  ...stackField,
});

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
      "obs metrics 'rate(http_server_request_duration_seconds_count[1m])' --since 15m --plot",
    ],
  },
  async run(given, context) {
    parsePromql(given.query);
    const { prometheus } = await openQueryStack(context, given.stack);
    const nowMs = context.nowMs();
    const window = readWindow(given, nowMs);
    const isRange = given.plot || [given.since, given.from, given.step].some((field) => field !== undefined);
    const stepSeconds = given.step === undefined ? chooseStepSeconds(window) : readStepSeconds(given.step);
    const answer = isRange
      ? await prometheus.queryRange(given.query, { ...window, stepSeconds })
      : await prometheus.query(given.query, window.endMs);
    const detail = context.caller === 'cli' ? 'points' : 'summary';
    const rows = answer.series.slice(0, given.limit).map((one) => summariseSeries(one, detail));
    const isEmpty = rows.length === 0 && answer.text === null;
    const described = describeWindow(window);
    return {
      output: {
        query: given.query,
        window: isRange ? described : null,
        at: isRange ? null : described.to,
        resultType: answer.resultType,
        plot: given.plot,
        series: [...fitRows(context, rows, frameOf(given.query))],
        total: answer.series.length,
        text: answer.text,
        warnings: [...answer.warnings, ...answer.infos],
        empty: isEmpty ? await explainEmptyMetrics(prometheus, given.query, window) : null,
      },
      exit: 0,
    };
  },
  render: renderMetrics,
});
