// Log lines as text: time, service, level, line; oldest first, as people read.
import type { LogLineRow, LogsAnswer } from '../answers/logs.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanBlock, cleanLine } from './clean.ts';
import { renderEmpty } from './empty.ts';
import { shortenJsonLine } from './log-text.ts';
import { type Colour, paint } from './paint.ts';
import { renderSeries } from './series.ts';

const levelColours: Readonly<Record<string, Colour>> = {
  fatal: 'red',
  critical: 'red',
  error: 'red',
  warn: 'yellow',
  warning: 'yellow',
  debug: 'dim',
  trace: 'dim',
};

/** The text half of `obs logs`. */
export function renderLogs(answer: LogsAnswer, style: RenderStyle): string {
  if (answer.empty !== null) return renderEmpty(answer.empty, style);
  if (answer.kind === 'series') return [...renderSeries(answer.series, style), ...renderNotes(answer)].join('\n');
  const services = new Set(answer.lines.map((row) => row.service));
  const rows = [...answer.lines].reverse().map((row) => renderLogLine(row, style));
  const common = Object.entries(answer.commonLabels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const summary = `${answer.lines.length} lines of ${services.size === 1 ? [...services][0] : `${services.size} services`}`;
  const header = style.compact && common.length > 0 ? [`${summary}; all have ${cleanLine(common.join(' '))}`] : [];
  return [...header, ...rows, ...renderNotes(answer)].join('\n');
}

/** One line: `12:00:00.123 web ERROR text`, its trace after it. */
export function renderLogLine(row: LogLineRow, style: RenderStyle): string {
  const level = (row.level ?? 'unknown').toLowerCase();
  const colour = levelColours[level];
  const text = shortenJsonLine(row.line) ?? cleanBlock(row.line, '    ');
  const head = [
    style.compact ? row.time : row.time.slice(11, 23),
    cleanLine(row.service ?? '-'),
    level.toUpperCase().padEnd(5),
  ];
  const trace = row.traceId === null ? '' : paint(style, 'dim', `  trace=${cleanLine(row.traceId)}`);
  return `${paint(style, 'dim', head[0] ?? '')} ${paint(style, 'cyan', head[1] ?? '')} ${colour ? paint(style, colour, head[2] ?? '') : head[2]} ${text}${trace}`;
}

function renderNotes(answer: LogsAnswer): string[] {
  const isShortened = answer.lines.some((row) => shortenJsonLine(row.line) !== undefined);
  return [
    ...(isShortened ? ['JSON lines are shown by message and fields; --json has them whole.'] : []),
    ...answer.warnings.map((warning) => `warning: ${cleanLine(warning)}`),
    ...(answer.next === null ? [] : [`There are older lines. Next: ${answer.next}`]),
    ...(answer.more && answer.next === null ? ['There is more than is shown: narrow the query.'] : []),
  ];
}
