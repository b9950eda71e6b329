// The text half of `obs metrics`.
import type { MetricsAnswer } from '../answers/metrics.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanLine, cleanText } from './clean.ts';
import { renderEmpty } from './empty.ts';
import { renderSeries } from './series.ts';

export function renderMetrics(answer: MetricsAnswer, style: RenderStyle): string {
  if (answer.empty !== null) return renderEmpty(answer.empty, style);
  const shown = answer.series.length;
  return [
    ...(answer.text === null ? renderSeries(answer.series, style) : [cleanText(answer.text)]),
    ...answer.warnings.map((warning) => `warning: ${cleanLine(warning)}`),
    ...(shown < answer.total
      ? [`${shown} of ${answer.total} series shown: aggregate with sum by (…), or add matchers.`]
      : []),
  ].join('\n');
}
