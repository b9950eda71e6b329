// Log lines as text: time, service, level, line; oldest first, as people read.
import type { LogLineRow, LogsAnswer } from '../answers/logs.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanBlock, cleanLine, cutToWidth } from './clean.ts';
import { renderEmpty } from './empty.ts';
import { foldLines } from './fold-lines.ts';
import { shortenJsonLine } from './log-text.ts';
import { type Colour, paint } from './paint.ts';
import { renderSeries } from './series.ts';
import { renderTable } from './table.ts';

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
  const rows = style.compact ? foldLines(answer.lines).rows : answer.lines;
  const lines = [...rows].reverse().map((row) => renderLogLine(row, style));
  return [...renderPatterns(answer, style), ...renderHeader(answer, style), ...lines, ...renderNotes(answer)].join(
    '\n',
  );
}

// Agents pay for every word that stands on each line.
function renderHeader({ lines, commonLabels, patterns }: LogsAnswer, style: RenderStyle): string[] {
  const common = Object.entries(commonLabels).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  if (!style.compact || (common.length === 0 && patterns.length === 0)) return [];
  const services = new Set(lines.map((row) => row.service));
  const count = lines.reduce((sum, row) => sum + (row.count ?? 1), 0);
  const summary = `${count} lines of ${services.size === 1 ? [...services][0] : `${services.size} services`}`;
  return [common.length === 0 ? summary : `${summary}; all have ${cleanLine(common.join(' '))}`];
}

/** What the lines have in common, as a table, and the command for the lines of one. */
function renderPatterns({ patterns, patternLines }: LogsAnswer, style: RenderStyle): string[] {
  if (patterns.length === 0) return [];
  const header = ['lines', 'level', 'service', 'last', 'pattern'].map((cell) => paint(style, 'dim', cell));
  const rows = patterns.map((row) => [
    String(row.count),
    (row.level ?? '-').toUpperCase(),
    cleanLine(row.service ?? '-'),
    row.lastTime.slice(11, 19),
    cutToWidth(cleanLine(row.pattern), maxPatternChars),
  ]);
  const command = patternLines === null ? [] : [`The lines of one pattern: ${patternLines}`];
  return [...renderTable([header, ...rows], [0]), ...command];
}

/** One line: `12:00:00.123 web ERROR text`, its fields (for agents) and its trace after it. */
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
  const more = style.compact ? renderFields(row, text) + renderCount(row) : '';
  return `${paint(style, 'dim', head[0] ?? '')} ${paint(style, 'cyan', head[1] ?? '')} ${colour ? paint(style, colour, head[2] ?? '') : head[2]} ${text}${more}${trace}`;
}

const maxPatternChars = 200;
const maxFields = 6;
const maxFieldChars = 60;

// What parsers made of the text stands in the text.
function renderFields({ labels }: LogLineRow, text: string): string {
  const fields = Object.entries(labels).filter(([name, value]) => !text.includes(`${name}=${value}`));
  if (fields.length === 0) return '';
  const shown = fields
    .slice(0, maxFields)
    .map(([name, value]) => `${cleanLine(name)}=${cutToWidth(cleanLine(value), maxFieldChars)}`);
  const more = fields.length > maxFields ? [`+${fields.length - maxFields} fields`] : [];
  return `  {${[...shown, ...more].join(' ')}}`;
}

function renderCount({ count, firstTime }: LogLineRow): string {
  return count === undefined || firstTime === undefined ? '' : `  (${count}× since ${firstTime.slice(11, 19)})`;
}

function renderNotes(answer: LogsAnswer): string[] {
  const isShortened = answer.lines.some((row) => shortenJsonLine(row.line) !== undefined);
  return [
    ...(isShortened ? ['JSON lines are shown by message and fields; --json has them whole.'] : []),
    ...(answer.cut === null ? [] : [`Left out: ${cleanLine(answer.cut)}`]),
    ...answer.warnings.map((warning) => `warning: ${cleanLine(warning)}`),
    ...(answer.trace === null ? [] : [`From a line to its trace: ${answer.trace}`]),
    ...(answer.next === null ? [] : [`There are older lines. Next: ${answer.next}`]),
    ...(answer.more && answer.next === null ? ['There is more than is shown: narrow the query.'] : []),
  ];
}
