// The text half of `obs journey`.
import { countOf } from '../../std/plural.ts';
import type { JourneyAnswer } from '../answers/journey.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanLine } from './clean.ts';
import { paint } from './paint.ts';
import { formatMs } from './quantity.ts';
import { renderTable } from './table.ts';

const shownIterations = 20;

export function renderJourney(answer: JourneyAnswer, style: RenderStyle): string {
  const failed = answer.iterations.filter((one) => !one.ok).length;
  const verdict = failed === 0 ? paint(style, 'green', 'ok') : paint(style, 'red', `${failed} failed`);
  const header = `journey ${answer.journey}: ${countOf(answer.iterations.length, 'iteration')}, ${verdict}, ${countOf(answer.spans, 'span')}, ${answer.appSpans} of them of apps`;
  const iterations = answer.iterations
    .slice(0, shownIterations)
    .map((one) => [
      one.ok ? 'ok' : paint(style, 'red', 'FAIL'),
      formatMs(one.durationMs),
      one.warmup ? 'warm-up' : '',
      `obs trace ${one.traceId}${one.failure === null ? '' : `  ${cleanLine(one.failure)}`}`,
    ]);
  const hidden = answer.iterations.length - iterations.length;
  const steps = answer.steps.map((one) => [
    cleanLine(one.step),
    formatMs(one.avgMs),
    formatMs(one.maxMs),
    one.failures > 0 ? paint(style, 'red', `${one.failures} failed`) : '',
  ]);
  return [
    header,
    ...renderTable(iterations, [1]),
    ...(hidden > 0 ? [`${hidden} more iterations`] : []),
    ...renderTable([['step', 'avg', 'max', ''].map((cell) => paint(style, 'dim', cell)), ...steps], [1, 2]),
    ...(answer.settled ? [] : [`not all spans have arrived: ${answer.pending.map(cleanLine).join('; ')}`]),
    ...(answer.appSpans === 0 ? ['no app sent a span for it: obs doctor says why'] : []),
    paint(style, 'dim', `obs check 'no span in journey ${answer.journey} > 2s'`),
  ].join('\n');
}
