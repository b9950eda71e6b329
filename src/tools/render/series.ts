// Series as a table: name, last value, least, most, mean, shape.
import type { SeriesRow } from '../answers/series.ts';
import type { RenderStyle } from '../tool.ts';
import { cleanLine } from './clean.ts';
import { paint } from './paint.ts';
import { formatValue } from './quantity.ts';
import { renderTable } from './table.ts';

/** One row per series; an instant result (one point each) as two columns. */
export function renderSeries(rows: readonly SeriesRow[], style: RenderStyle): string[] {
  if (rows.every((row) => row.summary.count <= 1)) {
    return renderTable(
      rows.map((row) => [cleanLine(row.series), showValue(row.summary.last)]),
      [1],
    );
  }
  const header = ['last', 'min', 'max', 'avg', 'points', 'shape', 'series'].map((cell) => paint(style, 'dim', cell));
  const body = rows.map(({ summary, sparkline, series }) => [
    ...[summary.last, summary.min, summary.max, summary.avg].map(showValue),
    String(summary.count),
    sparkline,
    cleanLine(series),
  ]);
  return renderTable([header, ...body], [0, 1, 2, 3, 4]);
}

function showValue(text: string): string {
  const value = Number(text);
  return Number.isNaN(value) ? text : formatValue(value);
}
