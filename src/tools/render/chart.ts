// A series as a chart of blocks, eight steps to a row: coarse, but the shape of an hour on one screen.
import type { SeriesRow } from '../answers/series.ts';
import { cleanLine } from './clean.ts';
import { formatValue } from './quantity.ts';

const marks = ' ▁▂▃▄▅▆▇█';
const stepsPerRow = marks.length - 1;
const rowCount = 8;
const maxColumns = 72;

/** Title, chart with the largest and smallest value beside it, and the times of both ends. */
export function renderChart({ series, points }: SeriesRow): string[] {
  const values = (points ?? []).map(([, text]) => Number(text));
  const columns = averageInto(values, maxColumns);
  const finite = columns.filter(Number.isFinite);
  if (finite.length === 0) return [cleanLine(series), '  no number to draw'];
  const high = Math.max(...finite);
  // From zero where that does not flatten the shape: a bar's length should say how much it is.
  const low = Math.min(...finite) >= 0 ? 0 : Math.min(...finite);
  const labels = [formatValue(high), formatValue(low)];
  const width = Math.max(...labels.map((label) => label.length));
  const rows = Array.from({ length: rowCount }, (_, row) => {
    const label = row === 0 ? labels[0] : row === rowCount - 1 ? labels[1] : '';
    return `  ${(label ?? '').padStart(width)} ┤${drawRow(columns, { row, low, high })}`.trimEnd();
  });
  const ends = [points?.[0]?.[0], points?.at(-1)?.[0]].map((ms) => new Date(ms ?? 0).toISOString().slice(11, 19));
  return [cleanLine(series), ...rows, `  ${' '.repeat(width)}  ${ends.join(' … ')} UTC`];
}

function drawRow(columns: readonly number[], of: { row: number; low: number; high: number }): string {
  const steps = rowCount * stepsPerRow;
  const floor = (rowCount - 1 - of.row) * stepsPerRow;
  return columns
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const level = of.high === of.low ? 1 : Math.round(((value - of.low) / (of.high - of.low)) * steps);
      return marks.charAt(Math.min(stepsPerRow, Math.max(0, level - floor)));
    })
    .join('');
}

function averageInto(values: readonly number[], count: number): number[] {
  if (values.length <= count) return [...values];
  return Array.from({ length: count }, (_, at) => {
    const part = values.slice(Math.floor((at * values.length) / count), Math.floor(((at + 1) * values.length) / count));
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}
