// The text half of `obs traces`: one line per trace, newest first.

import type { TraceRow, TracesAnswer } from '../answers/traces.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanLine, cutToWidth } from './clean.ts';
import { renderEmpty } from './empty.ts';
import { paint } from './paint.ts';
import { formatMs } from './quantity.ts';
import { renderSeries } from './series.ts';
import { renderTable } from './table.ts';

export function renderTraces(answer: TracesAnswer, style: RenderStyle): string {
  return [listLines(answer, style), ...answer.warnings.map((warning) => `warning: ${cleanLine(warning)}`)].join('\n');
}

function listLines(answer: TracesAnswer, style: RenderStyle): string {
  if (answer.empty !== null) return renderEmpty(answer.empty, style);
  if (answer.kind === 'series') return renderSeries(answer.series, style).join('\n');
  const header = ['when', 'trace', 'duration', 'spans', 'errors', 'root', 'matches'].map((cell) =>
    paint(style, 'dim', cell),
  );
  const rows = answer.traces.map((trace) => renderRow(trace, style));
  return [
    ...renderTable([header, ...rows], [2, 3, 4]),
    ...(answer.next === null ? [] : [`There are older traces. Next: ${answer.next}`]),
  ].join('\n');
}

function renderRow(trace: TraceRow, style: RenderStyle): string[] {
  const matches = trace.matches.map((span) => `${cleanLine(span.name)} ${formatMs(span.durationMs)}`);
  const rest = trace.matched - trace.matches.length;
  const errors = trace.errors === 0 ? '0' : paint(style, 'red', String(trace.errors));
  return [
    style.compact ? trace.time : trace.time.slice(11, 23),
    trace.traceId,
    // Searches tell whole milliseconds.
    trace.durationMs === 0 ? '<1 ms' : formatMs(trace.durationMs),
    String(trace.spans),
    errors,
    `${cleanLine(trace.service)} ${cleanLine(trace.root)}`,
    cutToWidth(`${matches.join(', ')}${rest > 0 ? ` +${rest}` : ''}`, 80),
  ];
}
