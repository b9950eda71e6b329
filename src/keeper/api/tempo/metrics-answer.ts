// The answers of /api/metrics/query_range and /api/metrics/query as JSON.
import type { Intervals } from '../../../traceql/functions/intervals.ts';
import type { Label, Series } from '../../../traceql/functions/series.ts';
import { doubleToJson } from '../../../wire/tempo/any-value.ts';
import { staticToJson } from './static-json.ts';

interface Limits {
  readonly maxSeries: number;
}

/** Samples by time for every series. */
export function rangeAnswer(series: readonly Series[], intervals: Intervals, limits: Limits): unknown {
  const { shown, partial } = limitSeries(series, limits);
  return { series: shown.map((s) => seriesToJson(s, intervals)), metrics: {}, ...partial };
}

/** The one value of every series. */
export function instantAnswer(series: readonly Series[], limits: Limits): unknown {
  const { shown, partial } = limitSeries(series, limits);
  const values = shown.map((s) => ({ labels: s.labels.map(labelToJson), ...valueToJson(s.values[0] ?? 0) }));
  return { series: values, metrics: {}, ...partial };
}

function seriesToJson({ labels, values, exemplars }: Series, intervals: Intervals): unknown {
  const samples: unknown[] = [];
  const valueAt = new Map<number, number>();
  values.forEach((value, i) => {
    if (Number.isNaN(value)) return;
    samples.push({ timestampMs: String(intervals.timestampMs(i)), ...valueToJson(value) });
    valueAt.set(i, value);
  });
  const shown = exemplars.flatMap((e) => {
    const interval = intervals.find(Math.floor(e.timestampMs / 1000), (e.timestampMs % 1000) * 1e6);
    const sample = valueAt.get(interval);
    if (sample === undefined) return [];
    const value = Number.isNaN(e.value) ? sample : e.value;
    return [{ labels: e.labels.map(labelToJson), ...valueToJson(value), timestampMs: String(e.timestampMs) }];
  });
  return { labels: labels.map(labelToJson), samples, ...(shown.length > 0 ? { exemplars: shown } : {}) };
}

function valueToJson(value: number): { value?: number | string } {
  return value === 0 ? {} : { value: doubleToJson(value) };
}

function labelToJson({ name, value }: Label): unknown {
  return { key: name, value: staticToJson(value) };
}

function limitSeries(series: readonly Series[], { maxSeries }: Limits): { shown: readonly Series[]; partial: object } {
  const sorted = series
    .map((s) => ({ s, key: JSON.stringify(s.labels.map(labelToJson)) }))
    .sort((a, b) => a.s.labels.length - b.s.labels.length || (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ s }) => s);
  if (series.length <= maxSeries) return { shown: sorted, partial: {} };
  const message = `Response exceeds maximum series limit of ${maxSeries}, a partial response is returned. Warning: the accuracy of each individual value is not guaranteed.`;
  return { shown: sorted.slice(0, maxSeries), partial: { status: 'PARTIAL', message } };
}
