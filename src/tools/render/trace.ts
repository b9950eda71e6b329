// The text half of `obs trace`: a waterfall with bars, then what the trace waited for, its errors and its logs.

import type { TraceAnswer, TraceSpanRow } from '../answers/trace.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanLine, cutToWidth } from './clean.ts';
import { keepImportant } from './important-rows.ts';
import { shortenJsonLine } from './log-text.ts';
import { paint } from './paint.ts';
import { formatMs } from './quantity.ts';
import { renderTable } from './table.ts';

const barWidth = 24;
const maxIndent = 24;
const compactWidth = 240;
/** The line that says how to open a part. */
const openerBytes = 160;
/** However much a span carries, the rows around it are shown. */
const leastRowsBytes = 1000;
/** Of a span id; enough for `--span` unless spans of the trace begin alike. */
const fewDigits = 8;
const allDigits = 16;

/** What the collapsed form takes at most, for those who pay for words. */
export const collapsedTokens = 2000;
/** Of the contract: UTF-8 bytes. */
const bytesPerToken = 3.5;
const collapsedErrors = 6;
const collapsedLogs = 6;
const collapsedLineChars = 160;

/** The text half of `obs trace`; for agents and pipes collapsed to what matters most, unless all was asked for. */
export function renderTrace(answer: TraceAnswer, style: RenderStyle): string {
  return printTrace(style.compact && !answer.isWhole ? collapse(answer, style) : answer, style);
}

function collapse(answer: TraceAnswer, style: RenderStyle): TraceAnswer {
  const rest = {
    ...answer,
    errors: answer.errors.slice(0, collapsedErrors),
    logs: answer.logs
      .slice(0, collapsedLogs)
      .map((log) => ({ ...log, line: cutToWidth(log.line, collapsedLineChars) })),
  };
  const look = { answer: rest, style, shownDigits: countDigits(answer) };
  const measure = (row: TraceSpanRow) => Buffer.byteLength(renderRow(row, look).flat().join('  ')) + 1;
  const sizes = new Map(answer.spans.map((row) => [row, measure(row)]));
  const sizeOf = (row: TraceSpanRow) => sizes.get(row) ?? 0;
  const bytesOfRest = Buffer.byteLength(printTrace({ ...rest, spans: [], spansShown: 0 }, style));
  const mostBytes = collapsedTokens * bytesPerToken;
  const choose = (roomBytes: number): TraceAnswer => {
    const spans = keepImportant(answer.spans, { roomBytes, sizeOf });
    return { ...rest, spans, spansShown: spans.reduce((sum, row) => sum + row.folded, 0) };
  };
  // Columns are as wide as their widest cell, so rows may take more than they do alone.
  for (let roomBytes = mostBytes - bytesOfRest - openerBytes; ; ) {
    const chosen = choose(Math.max(leastRowsBytes, roomBytes));
    const over = Buffer.byteLength(printTrace(chosen, style)) - mostBytes;
    if (over <= 0 || roomBytes <= leastRowsBytes) return chosen;
    roomBytes -= over;
  }
}

function printTrace(answer: TraceAnswer, style: RenderStyle): string {
  const errors = answer.errorCount === 0 ? '' : `, ${answer.errorCount} failed`;
  const header = `trace ${answer.traceId}  ${cleanLine(answer.root)}  ${formatMs(answer.durationMs)}, ${answer.spanCount} spans of ${answer.services.map(cleanLine).join(', ')}${errors}, ${answer.start}`;
  return [
    paint(style, 'bold', header),
    ...answer.notes.map((note) => `note: ${note}`),
    ...renderWaterfall(answer, style),
    ...renderCriticalPath(answer, style),
    ...section(
      answer.errors.length < answer.errorCount ? `errors (${answer.errors.length} of ${answer.errorCount})` : 'errors',
      answer.errors.map(
        (one) =>
          `${cleanLine(one.name)} (${cleanLine(one.service)}) ${one.spanId}: ${cleanLine(one.message) || 'no message'}`,
      ),
    ),
    ...section(
      'logs of no span above',
      listOtherLogs(answer).map((log) => `+${formatMs(log.afterMs)} ${cleanLine(log.service)} ${printLog(log)}`),
    ),
    ...renderDetail(answer),
  ].join('\n');
}

function renderWaterfall(answer: TraceAnswer, style: RenderStyle): string[] {
  const look = { answer, style, shownDigits: countDigits(answer) };
  const rows = answer.spans.flatMap((row) => renderRow(row, look));
  const header = ['', 'duration', 'self', 'span  (* critical path, ! failed)'].map((cell) => paint(style, 'dim', cell));
  const hidden = answer.spanCount - answer.spansShown;
  const isFolded = answer.spans.some((row) => row.folded > 1);
  return [
    ...renderTable([header, ...rows], [1, 2]),
    ...(hidden > 0 ? [`${hidden} more spans: obs trace ${answer.traceId} --full`] : []),
    ...(hidden === 0 && isFolded ? [`unfold: obs trace ${answer.traceId} --full`] : []),
    ...(style.compact ? listOpeners(answer) : []),
  ];
}

interface Look {
  readonly answer: TraceAnswer;
  readonly style: RenderStyle;
  readonly shownDigits: number;
}

/** A span, and below it what happened within it. */
function renderRow(row: TraceSpanRow, { answer, style, shownDigits }: Look): string[][] {
  const width = style.compact ? compactWidth : Math.max(40, style.columns - barWidth - 24);
  const id = style.compact ? ` #${row.spanId.slice(0, shownDigits)}` : '';
  const name = colourRow(row, cutToWidth(nameRow(row), width) + id, style);
  const moments = listMoments(answer, row).map((moment) => [
    '',
    '',
    '',
    paint(style, 'dim', cutToWidth(`${indentOf(row)}  +${formatMs(moment.afterMs)} ${moment.text}`, width)),
  ]);
  return [[drawBar(row, answer.durationMs), formatMs(row.durationMs), formatMs(row.selfMs), name], ...moments];
}

// The command for the row that hides most; the digits of any other row open that one.
function listOpeners(answer: TraceAnswer): string[] {
  const { traceId, spans } = answer;
  const [largest] = [...spans].sort((a, b) => b.folded - a.folded);
  if (largest === undefined || spans.length < 2) return [];
  return [
    `open one part by the digits behind its #: obs trace ${traceId} --span ${largest.spanId.slice(0, countDigits(answer))}`,
  ];
}

// Some tracers count their ids up, so that all of a trace begin alike.
function countDigits({ spans }: TraceAnswer): number {
  const starts = new Set(spans.map(({ spanId }) => spanId.slice(0, fewDigits)));
  return starts.size === spans.length ? fewDigits : allDigits;
}

type LogLine = TraceAnswer['logs'][number];

/** What happened within a span: its events and its log lines, by time. */
function listMoments({ logs }: TraceAnswer, row: TraceSpanRow): { readonly afterMs: number; readonly text: string }[] {
  const events = row.events.map(({ afterMs, name }) => ({ afterMs, text: `event ${cleanLine(name)}` }));
  const own = logs.filter((log) => isOf(log, row)).map((log) => ({ afterMs: log.afterMs, text: printLog(log) }));
  return [...events, ...own].sort((a, b) => a.afterMs - b.afterMs);
}

function listOtherLogs({ logs, spans }: TraceAnswer): readonly LogLine[] {
  return logs.filter((log) => !spans.some((row) => isOf(log, row)));
}

// A folded row stands for spans whose ids it does not know.
function isOf(log: LogLine, row: TraceSpanRow): boolean {
  return row.folded === 1 && log.spanId === row.spanId;
}

function printLog({ level, line }: LogLine): string {
  return `${level.toUpperCase()} ${shortenJsonLine(line) ?? cleanLine(line)}`.trimStart();
}

/** Where in the trace the span lies: `··███·····`. */
function drawBar(row: TraceSpanRow, totalMs: number): string {
  const scale = totalMs > 0 ? barWidth / totalMs : 0;
  const from = Math.min(barWidth - 1, Math.max(0, Math.floor(row.startMs * scale)));
  const length = Math.min(barWidth - from, Math.max(1, Math.round(row.durationMs * scale)));
  return '·'.repeat(from) + '█'.repeat(length) + '·'.repeat(barWidth - from - length);
}

function nameRow(row: TraceSpanRow): string {
  const marks = `${row.critical ? '*' : ''}${row.error ? '!' : ''}`;
  const folded = row.folded > 1 ? `×${row.folded} ` : '';
  // Only leaves are folded, so that their own times are their durations.
  const mean =
    row.folded > 1 ? `, ${formatMs(row.selfMs / row.folded)} avg${row.statement === null ? '' : ', N+1?'}` : '';
  const statement = row.statement === null ? '' : `: ${cleanLine(row.statement)}`;
  const failure = row.error && row.statusMessage !== '' ? ` – ${cleanLine(row.statusMessage)}` : '';
  return `${indentOf(row)}${marks === '' ? '' : `${marks} `}${folded}${cleanLine(row.name)} (${cleanLine(row.service)})${mean}${row.orphan ? ' [parent missing]' : ''}${statement}${failure}`;
}

function indentOf(row: TraceSpanRow): string {
  return ' '.repeat(Math.min(maxIndent, row.depth * 2));
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
