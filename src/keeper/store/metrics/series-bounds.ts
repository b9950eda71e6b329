// What is wrong with the labels of a new series. A Prometheus on its own has no such limits; these are those of Mimir.
import { type Bounds, describeLimit } from '../../../model/limits.ts';
import type { Labels } from '../../../promql/labels.ts';

const shownBytes = 60;

/** Why a series with these labels is not made; undefined if it can be. */
export function findSeriesProblem(labels: Labels, bounds: Bounds): string | undefined {
  const { names, values } = labels;
  const describeMetric = () => shorten(labels.get('__name__'));
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    const value = values[i]!; // as many values as names
    if (isLonger(name, bounds.labelName))
      return `${describeMetric()} has a label name of ${Buffer.byteLength(name)} bytes (${describeLimit('labelName', bounds)})`;
    if (isLonger(value, bounds.seriesLabelValue)) {
      const what = `label ${shorten(name)} of ${describeMetric()} has ${Buffer.byteLength(value)} bytes`;
      return `${what} (${describeLimit('seriesLabelValue', bounds)})`;
    }
  }
  if (names.length <= bounds.seriesLabels) return undefined;
  return `a series of ${describeMetric()} has ${names.length} labels (${describeLimit('seriesLabels', bounds)})`;
}

function shorten(text: string): string {
  return text.length > shownBytes ? `${text.slice(0, shownBytes)}…` : text;
}

// UTF-8 takes at most three bytes per UTF-16 unit.
function isLonger(text: string, mostBytes: number): boolean {
  return text.length * 3 > mostBytes && Buffer.byteLength(text) > mostBytes;
}
