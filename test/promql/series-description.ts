// One line of a script: a metric and its values, `m{a="b"} 1 2+3x4 _ stale {{schema:0 count:3 buckets:[1 2]}}`.
// https://prometheus.io/docs/prometheus/latest/configuration/unit_testing_rules/#series

import { parseDuration } from '../../src/promql/duration.ts';
import { addHistograms, subtractHistograms } from '../../src/promql/histogram/combine.ts';
import {
  emptyHistogram,
  type FloatHistogram,
  noBuckets,
  type ResetHint,
} from '../../src/promql/histogram/float-histogram.ts';
import { Labels, metricNameLabel } from '../../src/promql/labels.ts';
import { parseGoFloat } from '../../src/std/go-strconv.ts';
import { findStringEnd, unquoteGoString } from '../../src/std/go-string.ts';

/** `setsHint`: the script names a counter reset hint, so it is to be compared. */
export type ScriptValue =
  | { readonly kind: 'none' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'histogram'; readonly histogram: FloatHistogram; readonly setsHint: boolean };

export interface SeriesDescription {
  readonly labels: Labels;
  readonly values: readonly ScriptValue[];
}

/** Reads a whole line. @throws Error on what is no series */
export function parseSeriesDescription(line: string): SeriesDescription {
  const end = findMetricEnd(line);
  return { labels: parseMetric(line.slice(0, end)), values: splitItems(line.slice(end)).flatMap(parseItem) };
}

function findMetricEnd(line: string): number {
  let inBraces = false;
  for (let i = 0; i < line.length; i++) {
    const char = line.charAt(i);
    if (char === '"' || char === "'" || char === '`') i = findStringEnd(line, i) - 1;
    else if (char === '{') inBraces = true;
    else if (char === '}') inBraces = false;
    else if (!inBraces && /\s/.test(char)) return i;
    if (i < 0) throw new Error(`unclosed string in ${line}`);
  }
  return line.length;
}

function parseMetric(text: string): Labels {
  const open = text.indexOf('{');
  const name = (open === -1 ? text : text.slice(0, open)).trim();
  const pairs: [string, string][] = name === '' ? [] : [[metricNameLabel, name]];
  let rest = open === -1 ? '' : text.slice(open + 1, text.lastIndexOf('}')).trim();
  while (rest !== '') {
    const [key, afterKey] = takeWord(rest);
    const equals = /^\s*=\s*/.exec(afterKey);
    if (equals === null) {
      pairs.push([metricNameLabel, key]);
      rest = afterKey;
    } else {
      const [value, afterValue] = takeWord(afterKey.slice(equals[0].length));
      pairs.push([key, value]);
      rest = afterValue;
    }
    rest = rest.replace(/^\s*,?\s*/, '');
  }
  return Labels.from(pairs);
}

function takeWord(text: string): [string, string] {
  if (/^["'`]/.test(text)) {
    const end = findStringEnd(text, 0);
    return [unquoteGoString(text.slice(0, end)), text.slice(end)];
  }
  const word = /^[a-zA-Z_:][\w:]*/.exec(text)?.[0];
  if (word === undefined) throw new Error(`no label at: ${text}`);
  return [word, text.slice(word.length)];
}

function splitItems(text: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let item = '';
  for (const char of text) {
    if (char === '{') depth++;
    if (char === '}') depth--;
    if (depth === 0 && /\s/.test(char)) {
      if (item !== '') items.push(item);
      item = '';
    } else item += char;
  }
  return item === '' ? items : [...items, item];
}

const histogramItem = /^(\{\{.*?\}\})(?:([+-])(\{\{.*?\}\}))?(?:x(\d+))?$/;
const unsigned = '(?:inf|nan|[0-9.]+(?:e[+-]?[0-9]+)?(?:ms|[smhdwy])?(?:[0-9]+(?:ms|[smhdwy]))*)';
const floatItem = new RegExp(`^([+-]?${unsigned})(?:([+-]${unsigned})?x(\\d+))?$`, 'i');

function parseItem(item: string): ScriptValue[] {
  const blank = /^_(?:x(\d+))?$/.exec(item);
  if (blank) return Array.from({ length: Number(blank[1] ?? 1) }, () => ({ kind: 'none' }));
  const stale = /^stale(?:x(\d+))?$/.exec(item);
  if (stale)
    return Array.from({ length: stale[1] === undefined ? 1 : Number(stale[1]) + 1 }, () => ({ kind: 'stale' }));
  const histogram = histogramItem.exec(item);
  if (histogram) return parseHistogramItem(histogram);
  const found = floatItem.exec(item);
  if (found === null) throw new Error(`cannot read the value ${item}`);
  const first = readNumber(found[1] ?? '');
  const step = found[2] === undefined ? 0 : readNumber(found[2]);
  const values: ScriptValue[] = [];
  let value = first;
  for (let i = 0; i <= Number(found[3] ?? 0); i++) {
    values.push({ kind: 'float', value });
    value += step;
  }
  return values;
}

function readNumber(text: string): number {
  const value = parseGoFloat(text);
  if (typeof value === 'number') return value;
  const sign = text.startsWith('-') ? -1 : 1;
  const durationMs = parseDuration(text.replace(/^[+-]/, ''));
  if (typeof durationMs === 'string') throw new Error(durationMs);
  return (sign * durationMs) / 1000;
}

function parseHistogramItem([, base = '', sign, step, times]: RegExpExecArray): ScriptValue[] {
  const first = parseHistogram(base);
  const setsHint = (step ?? base).includes('counter_reset_hint');
  const values: ScriptValue[] = [{ kind: 'histogram', histogram: first, setsHint }];
  let current = first;
  const change = step === undefined ? undefined : parseHistogram(step);
  for (let i = 0; i < Number(times ?? 0); i++) {
    if (change) current = (sign === '-' ? subtractHistograms : addHistograms)(current, change).histogram;
    values.push({ kind: 'histogram', histogram: current, setsHint });
  }
  return values;
}

/** `{{schema:1 count:3 sum:5 z_bucket:1 z_bucket_w:0.1 offset:-1 buckets:[1 2] custom_values:[5 10]}}` */
export function parseHistogram(text: string): FloatHistogram {
  const fields = new Map<string, string>();
  for (const [, key = '', value = ''] of text.slice(2, -2).matchAll(/(\w+):(\[[^\]]*\]|\S+)/g)) fields.set(key, value);
  const scalar = (key: string) => readNumber(fields.get(key) ?? '0');
  const list = (key: string) =>
    (fields.get(key)?.slice(1, -1).trim().split(/\s+/) ?? []).filter(Boolean).map(readNumber);
  const buckets = (countsKey: string, offsetKey: string) => {
    const counts = list(countsKey);
    const offset = Number(fields.get(offsetKey) ?? 0);
    return counts.length === 0 ? noBuckets : { indexes: counts.map((_, i) => offset + i), counts };
  };
  return {
    ...emptyHistogram,
    hint: (fields.get('counter_reset_hint') ?? 'unknown') as ResetHint,
    schema: Number(fields.get('schema') ?? 0),
    count: scalar('count'),
    sum: scalar('sum'),
    zeroCount: scalar('z_bucket'),
    zeroThreshold: scalar('z_bucket_w'),
    positive: buckets('buckets', 'offset'),
    negative: buckets('n_buckets', 'n_offset'),
    customValues: list('custom_values'),
  };
}
