// Compares the value of a query with what a script expects. Numbers may differ by a millionth.

import type { QueryResult } from '../../src/promql/evaluate.ts';
import { compact, type FloatHistogram } from '../../src/promql/histogram/float-histogram.ts';
import { printHistogram } from '../../src/promql/histogram/print.ts';
import type { Labels } from '../../src/promql/labels.ts';
import { type RangeSeries, type StepSeries, slot } from '../../src/promql/values.ts';
import type { EvalCommand } from './script.ts';
import type { ScriptValue } from './series-description.ts';

const epsilon = 1e-6;

interface Point {
  readonly timeMs: number;
  readonly value: number | FloatHistogram;
}

/** What is wrong with a result; undefined if nothing. */
export function compareResult(command: EvalCommand, { value, grid }: QueryResult): string | undefined {
  if (command.text !== undefined) {
    return value.type === 'string' && value.value === command.text ? undefined : `expected the text ${command.text}`;
  }
  if (value.type === 'string') return `got the text ${value.value}`;
  if (value.type === 'scalar' && !command.isRange) {
    if (command.scalar === undefined) return 'got a scalar';
    const got = value.series.floats[0] ?? Number.NaN;
    return isClose(command.scalar, got) ? undefined : `expected ${command.scalar}, got ${got}`;
  }
  if (command.scalar !== undefined) return `expected a scalar, got a ${value.type}`;
  const series =
    value.type === 'matrix'
      ? value.series.map((one) => ({ labels: one.labels, points: listSamples(one) }))
      : (value.type === 'scalar' ? [value.series] : value.series).map((one) => ({
          labels: one.labels,
          points: listSteps(one, grid.startMs, grid.stepMs),
        }));
  return compareSeries(command, series, { isMatrix: value.type === 'matrix' });
}

function compareSeries(
  command: EvalCommand,
  got: readonly { readonly labels: Labels; readonly points: readonly Point[] }[],
  { isMatrix }: { readonly isMatrix: boolean },
): string | undefined {
  const byKey = new Map(got.map((series) => [series.labels.key, series]));
  const expected = command.series;
  const missing = expected.find(({ labels }) => !byKey.has(labels.key));
  if (missing) return `missing ${missing.labels}; got ${got.map(({ labels }) => labels).join(' ')}`;
  const extra = got.find(({ labels }) => !expected.some((series) => series.labels.key === labels.key));
  if (extra) return `unexpected ${extra.labels} with ${extra.points.map(({ value }) => print(value)).join(' ')}`;
  if (command.expects.some(({ kind }) => kind === 'ordered')) {
    const misplaced = got.findIndex(({ labels }, i) => labels.key !== expected[i]?.labels.key);
    if (misplaced !== -1) return `${got[misplaced]?.labels} is at place ${misplaced + 1}`;
  }
  const startMs = command.isRange || isMatrix ? command.startMs : command.endMs;
  for (const { labels, values } of expected) {
    const problem = comparePoints(values, byKey.get(labels.key)?.points ?? [], { startMs, stepMs: command.stepMs });
    if (problem) return `${labels}: ${problem}`;
  }
  return undefined;
}

function comparePoints(
  expected: readonly ScriptValue[],
  got: readonly Point[],
  { startMs, stepMs }: { readonly startMs: number; readonly stepMs: number },
): string | undefined {
  const present = expected.flatMap((value, i) =>
    value.kind === 'none' ? [] : [{ timeMs: startMs + i * stepMs, value }],
  );
  const shown = got.map(({ timeMs, value }) => `${timeMs}:${print(value)}`).join(' ');
  if (present.length !== got.length) return `expected ${present.length} points, got ${shown}`;
  for (const [i, { timeMs, value }] of present.entries()) {
    const point = got[i];
    if (point === undefined || point.timeMs !== timeMs) return `expected a point at ${timeMs}, got ${shown}`;
    if (!isSame(value, point.value)) return `at ${timeMs} expected ${describe(value)}, got ${print(point.value)}`;
  }
  return undefined;
}

function isSame(expected: ScriptValue, got: number | FloatHistogram): boolean {
  if (expected.kind === 'float') return typeof got === 'number' && isClose(expected.value, got);
  if (expected.kind !== 'histogram' || typeof got === 'number') return false;
  const a = compact(expected.histogram);
  const b = compact(got);
  const isCloseList = (x: readonly number[], y: readonly number[]) =>
    x.length === y.length && x.every((value, i) => isClose(value, y[i] ?? Number.NaN));
  return (
    a.schema === b.schema &&
    a.zeroThreshold === b.zeroThreshold &&
    isCloseList([a.count, a.sum, a.zeroCount], [b.count, b.sum, b.zeroCount]) &&
    isCloseList(a.customValues, b.customValues) &&
    (['positive', 'negative'] as const).every(
      (side) => a[side].indexes.join() === b[side].indexes.join() && isCloseList(a[side].counts, b[side].counts),
    ) &&
    (!expected.setsHint || a.hint === b.hint)
  );
}

const smallestNormal = 2.2250738585072014e-308;

function isClose(a: number, b: number): boolean {
  if (Object.is(a, b) || a === b) return true;
  if (Number.isNaN(a) || Number.isNaN(b)) return false;
  const sum = Math.abs(a) + Math.abs(b);
  const difference = Math.abs(a - b);
  if (a === 0 || b === 0 || sum < smallestNormal) return difference < epsilon * smallestNormal;
  return difference / Math.min(sum, Number.MAX_VALUE) < epsilon;
}

function listSteps(series: StepSeries, startMs: number, stepMs: number): Point[] {
  const points: Point[] = [];
  series.kinds.forEach((kind, step) => {
    if (kind === slot.empty) return;
    points.push({ timeMs: startMs + step * stepMs, value: series.histogramAt(step) ?? series.floats[step] ?? 0 });
  });
  return points;
}

function listSamples({ times, values, histogramTimes, histograms }: RangeSeries): Point[] {
  const floats = Array.from(times, (timeMs, i): Point => ({ timeMs, value: values[i] ?? 0 }));
  const others = histogramTimes.map((timeMs, i): Point => ({ timeMs, value: histograms[i] ?? 0 }));
  return [...floats, ...others].sort((a, b) => a.timeMs - b.timeMs);
}

function describe(value: ScriptValue): string {
  if (value.kind === 'float') return print(value.value);
  return value.kind === 'histogram' ? `${print(value.histogram)} ${value.histogram.hint}` : value.kind;
}

function print(value: number | FloatHistogram): string {
  return typeof value === 'number' ? String(value) : `${printHistogram(value)} schema ${value.schema} ${value.hint}`;
}
