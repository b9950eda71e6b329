// The text half of `obs metrics`.
import type { MetricsAnswer } from '../answers/metrics.ts';
import type { RenderStyle } from '../tool.ts';
import { renderChart } from './chart.ts';
import { cleanLine, cleanText } from './clean.ts';
import { renderEmpty } from './empty.ts';
import { renderSeries } from './series.ts';

export function renderMetrics(answer: MetricsAnswer, style: RenderStyle): string {
  const wrote = answer.wroteQuery ? [`PromQL: ${cleanLine(answer.query)}`] : [];
  if (answer.empty !== null) return [...wrote, renderEmpty(answer.empty, style)].join('\n');
  const shown = answer.series.length;
  return [
    ...wrote,
    ...renderResult(answer, style),
    ...answer.warnings.map((warning) => `warning: ${cleanLine(warning)}`),
    ...(shown < answer.total
      ? [`${shown} of ${answer.total} series shown: aggregate with sum by (…), or add matchers.`]
      : []),
  ].join('\n');
}

const maxCharts = 4;

function renderResult(answer: MetricsAnswer, style: RenderStyle): string[] {
  if (answer.text !== null) return [cleanText(answer.text)];
  const drawn = answer.plot ? answer.series.filter((row) => row.points !== null).slice(0, maxCharts) : [];
  return [...drawn.flatMap(renderChart), ...renderSeries(answer.series, style)];
}
