// The text half of `obs trace`: a waterfall with bars, then what the trace waited for, its errors and its logs.

import type { TraceAnswer, TraceSpanRow } from '../answers/trace.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanLine, cutToWidth } from './clean.ts';
import { shortenJsonLine } from './log-text.ts';
import { paint } from './paint.ts';
import { formatMs } from './quantity.ts';
import { renderTable } from './table.ts';

const barWidth = 24;
const maxIndent = 24;

export function renderTrace(answer: TraceAnswer, style: RenderStyle): string {
  const errors = answer.errorCount === 0 ? '' : `, ${answer.errorCount} failed`;
  const header = `trace ${answer.traceId}  ${cleanLine(answer.root)}  ${formatMs(answer.durationMs)}, ${answer.spanCount} spans of ${answer.services.map(cleanLine).join(', ')}${errors}, ${answer.start}`;
  return [
    paint(style, 'bold', header),
    ...answer.notes.map((note) => `note: ${note}`),
    ...renderWaterfall(answer, style),
    ...renderCriticalPath(answer, style),
    ...section(
      'errors',
      answer.errors.map(
        (one) =>
          `${cleanLine(one.name)} (${cleanLine(one.service)}) ${one.spanId}: ${cleanLine(one.message) || 'no message'}`,
      ),
    ),
    ...section(
      'logs',
      answer.logs.map(
        (log) =>
          `+${formatMs(log.afterMs)} ${cleanLine(log.service)} ${log.level.toUpperCase()} ${shortenJsonLine(log.line) ?? cleanLine(log.line)}`,
      ),
    ),
    ...renderDetail(answer),
  ].join('\n');
}

function renderWaterfall(answer: TraceAnswer, style: RenderStyle): string[] {
  const width = Math.max(40, style.columns - barWidth - 24);
  const rows = answer.spans.map((row) => [
    drawBar(row, answer.durationMs),
    formatMs(row.durationMs),
    formatMs(row.selfMs),
    colourRow(row, cutToWidth(nameRow(row), style.compact ? 240 : width), style),
  ]);
  const header = ['', 'duration', 'self', 'span  (* critical path, ! failed)'].map((cell) => paint(style, 'dim', cell));
  const hidden = answer.spanCount - answer.spansShown;
  const note = hidden > 0 ? [`${hidden} more spans: obs trace ${answer.traceId} --full`] : [];
  return [...renderTable([header, ...rows], [1, 2]), ...note];
}

/** Where in the trace the span lies: `··███·····`. */
function drawBar(row: TraceSpanRow, totalMs: number): string {
  const scale = totalMs > 0 ? barWidth / totalMs : 0;
  const from = Math.min(barWidth - 1, Math.max(0, Math.floor(row.startMs * scale)));
  const length = Math.min(barWidth - from, Math.max(1, Math.round(row.durationMs * scale)));
  return '·'.repeat(from) + '█'.repeat(length) + '·'.repeat(barWidth - from - length);
}

function nameRow(row: TraceSpanRow): string {
  const indent = ' '.repeat(Math.min(maxIndent, row.depth * 2));
  const marks = `${row.critical ? '*' : ''}${row.error ? '!' : ''}`;
  const folded = row.folded > 1 ? `×${row.folded} ` : '';
  const mean = row.folded > 1 ? `, ${formatMs(row.selfMs / row.folded)} each on average` : '';
  const statement = row.statement === null ? '' : `: ${cleanLine(row.statement)}`;
  const failure = row.error && row.statusMessage !== '' ? ` – ${cleanLine(row.statusMessage)}` : '';
  return `${indent}${marks === '' ? '' : `${marks} `}${folded}${cleanLine(row.name)} (${cleanLine(row.service)})${mean}${row.orphan ? ' [parent missing]' : ''}${statement}${failure}`;
}

function colourRow(row: TraceSpanRow, text: string, style: RenderStyle): string {
  if (row.error) return paint(style, 'red', text);
  return row.critical ? paint(style, 'yellow', text) : text;
}

function renderCriticalPath(answer: TraceAnswer, style: RenderStyle): string[] {
  const steps = answer.criticalPath.map((step) => {
    const share = answer.durationMs > 0 ? Math.round((step.ownMs / answer.durationMs) * 100) : 0;
    const times = step.spans > 1 ? ` ×${step.spans}` : '';
    return `${String(share).padStart(3)} %  ${formatMs(step.ownMs)}  ${cleanLine(step.name)} (${cleanLine(step.service)})${times}`;
  });
  return section(paint(style, 'bold', 'critical path: what the end waited for'), steps);
}

function renderDetail({ detail }: TraceAnswer): string[] {
  if (detail === null) return [];
  const list = (of: Readonly<Record<string, string>>) =>
    Object.entries(of).map(([name, value]) => `${cleanLine(name)} = ${cleanLine(value)}`);
  const events = detail.events.map((event) =>
    `+${formatMs(event.afterMs)} ${cleanLine(event.name)} ${list(event.attributes).join(' ')}`.trimEnd(),
  );
  return [
    ...section(`attributes of ${detail.spanId}`, list(detail.attributes)),
    ...section('resource', list(detail.resource)),
    ...section('events', events),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : [title, ...lines.map((line) => `  ${line}`)];
}
