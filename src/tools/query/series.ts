// Series of a range query, shortened for agents: first, last, least, most and mean instead of thousands of points.
import { ObsError } from '../../errors/obs-error.ts';
import { parseDurationMs } from '../../std/quantity.ts';
import { printSeries, type Series } from '../../wire/prometheus/decode-query.ts';
import type { SeriesRow } from '../answers/series.ts';
import { cleanText } from '../render/clean.ts';
import { formatTime, type QueryWindow } from './window.ts';

const marks = '▁▂▃▄▅▆▇█';
const sparklineWidth = 40;

/** One series as a row; native histogram samples count with their mean. */
export function summariseSeries(series: Series, detail: 'points' | 'summary'): SeriesRow {
  const points = series.points.map(({ atMs, value, histogram }) => ({
    atMs,
    value: histogram === undefined ? value : histogram.sum / histogram.count,
  }));
  const values = points.map((point) => point.value);
  const numbers = values.filter((value) => !Number.isNaN(value));
  const lastAtMs = points.at(-1)?.atMs;
  return {
    series: cleanText(printSeries(series.labels)),
    points: detail === 'points' ? points.map(({ atMs, value }): [number, string] => [atMs, writeNumber(value)]) : null,
    summary: {
      count: values.length,
      first: writeNumber(values[0] ?? Number.NaN),
      last: writeNumber(values.at(-1) ?? Number.NaN),
      min: writeNumber(numbers.reduce((least, value) => Math.min(least, value), numbers[0] ?? Number.NaN)),
      max: writeNumber(numbers.reduce((most, value) => Math.max(most, value), numbers[0] ?? Number.NaN)),
      avg: writeNumber(numbers.reduce((sum, value) => sum + value, 0) / numbers.length),
      lastAt: lastAtMs === undefined ? null : formatTime(lastAtMs),
    },
    sparkline: drawSparkline(values),
  };
}

/** A value as Prometheus writes it in JSON. */
export function writeNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  return Number.isFinite(value) ? String(value) : value > 0 ? '+Inf' : '-Inf';
}

/** Values as marks of eight heights, at most 40 of them (the mean of each stretch); blanks for what is no number. */
export function drawSparkline(values: readonly number[]): string {
  const buckets = spread(values);
  const finite = buckets.filter(Number.isFinite);
  if (finite.length < 2) return '';
  const low = Math.min(...finite);
  const high = Math.max(...finite);
  return buckets
    .map((value) => {
      if (!Number.isFinite(value)) return ' ';
      const level = high === low ? 0 : Math.round(((value - low) / (high - low)) * (marks.length - 1));
      return marks.charAt(level);
    })
    .join('');
}

function spread(values: readonly number[]): number[] {
  if (values.length <= sparklineWidth) return [...values];
  return Array.from({ length: sparklineWidth }, (_, at) => {
    const from = Math.floor((at * values.length) / sparklineWidth);
    const to = Math.floor(((at + 1) * values.length) / sparklineWidth);
    const part = values.slice(from, to);
    return part.reduce((sum, value) => sum + value, 0) / part.length;
  });
}

/** Points that a chart of one window needs; Prometheus refuses more than 11,000. */
const wantedPoints = 60;

/** A step that gives about 60 points: 1, 2, 5, 10, 15, 30 s, then whole minutes. */
export function chooseStepSeconds(window: QueryWindow): number {
  const wanted = (window.endMs - window.startMs) / 1000 / wantedPoints;
  return [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600].find((step) => step >= wanted) ?? 86_400;
}

/** `15s`, `1m`, or a number of seconds. @throws ObsError OBS_BAD_TIME */
export function readStepSeconds(text: string): number {
  const ms = /^\d+(?:\.\d+)?$/.test(text) ? Number(text) * 1000 : parseDurationMs(text);
  if (ms === undefined || ms <= 0) throw new ObsError('OBS_BAD_TIME', { field: '--step', given: text });
  return ms / 1000;
}
