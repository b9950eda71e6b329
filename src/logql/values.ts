// What queries read and yield: label sets, compiled matchers, and the results of log and metric queries.

import { quoteGoString } from '../std/go-string.ts';
import { compileRe2 } from '../std/re2.ts';
import type { Matcher } from './ast.ts';

export type Label = readonly [name: string, value: string];

/** A label set: sorted by name, names unique. */
export type Labels = readonly Label[];

export const noLabels: Labels = [];
export const errorLabel = '__error__';
export const errorDetailsLabel = '__error_details__';
export const preserveErrorLabel = '__preserve_error__';

/** Sorts into a label set; of equal names the last wins. */
export function makeLabels(pairs: Iterable<Label>): Labels {
  return [...new Map(pairs)].sort(compareNames);
}

export function compareNames(a: Label, b: Label): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0;
}

/** A text that is equal for equal label sets only. */
export function keyOfLabels(labels: Labels): string {
  let key = '';
  for (const [name, value] of labels) key += `${name}\u0001${value}\u0002`;
  return key;
}

/** Orders label sets by names and values, for answers that look the same each time. */
export function compareLabels(a: Labels, b: Labels): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const [left, right] = [a[i] as Label, b[i] as Label]; // i is below both lengths
    if (left[0] !== right[0]) return left[0] < right[0] ? -1 : 1;
    if (left[1] !== right[1]) return left[1] < right[1] ? -1 : 1;
  }
  return a.length - b.length;
}

/** The value of a label; '' if it is not there. */
export function labelValue(labels: Labels, name: string): string {
  for (const label of labels) if (label[0] === name) return label[1];
  return '';
}

/** The form of Prometheus: `{a="b", c="d"}`. */
export function formatLabels(labels: Labels): string {
  return `{${labels.map(([name, value]) => `${name}=${quoteGoString(value)}`).join(', ')}}`;
}

/** A matcher ready to be asked. */
export interface CompiledMatcher {
  readonly name: string;
  readonly matches: (value: string) => boolean;
}

/** Compiles a matcher; regular expressions are anchored. @throws Re2SyntaxError */
export function compileMatcher(matcher: Matcher): CompiledMatcher {
  const { name, type, value } = matcher;
  if (type === '=') return { name, matches: (text) => text === value };
  if (type === '!=') return { name, matches: (text) => text !== value };
  const re = compileRe2(value, { anchored: true });
  return { name, matches: type === '=~' ? (text) => re.test(text) : (text) => !re.test(text) };
}

/** Where the labels of an entry came from; Grafana asks for them apart. */
export interface CategorizedLabels {
  readonly stream: Labels;
  readonly structuredMetadata: Labels;
  readonly parsed: Labels;
}

export interface LogEntry {
  readonly timestampNs: bigint;
  readonly line: string;
  readonly labels: CategorizedLabels;
}

/** Entries in the order of the direction asked for. */
export interface LogResult {
  readonly kind: 'streams';
  readonly entries: readonly LogEntry[];
}

export interface Sample {
  readonly labels: Labels;
  readonly value: number;
}

/** Points of one series; times in milliseconds. */
export interface Series {
  readonly labels: Labels;
  readonly timesMs: readonly number[];
  readonly values: readonly number[];
}

export type MetricResult =
  | { readonly kind: 'matrix'; readonly series: readonly Series[] }
  | { readonly kind: 'vector'; readonly samples: readonly Sample[]; readonly timeMs: number }
  | { readonly kind: 'scalar'; readonly value: number; readonly timeMs: number };

/** What a query looked at, for the statistics that the API sends along. */
export interface QueryStats {
  lines: number;
  bytes: number;
}
