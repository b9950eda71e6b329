// The answers of /api/metrics/query_range and /api/metrics/query as JSON.
import type { Intervals } from '../../../traceql/functions/intervals.ts';
import type { Exemplar, Label, Series } from '../../../traceql/functions/series.ts';
import type { Static } from '../../../traceql/values.ts';
import { doubleToJson } from '../../../wire/tempo/any-value.ts';
import { ByteWriter } from './byte-writer.ts';
import { makeSamplePrinter } from './sample-printer.ts';
import type { SpareRoom } from './spare-room.ts';
import { staticToJson } from './static-json.ts';

interface Limits {
  readonly maxSeries: number;
}

interface Options extends Limits {
  readonly spare: SpareRoom;
}

/** A series with its labels as JSON. */
interface Labelled extends Series {
  readonly labelText: string;
}

/** A sample takes about so many bytes; large answers grow from the largest beginning. */
const bytesPerSample = 48;
const largestBeginning = 4 * 1024 * 1024;

/** Samples by time for every series, as a body that stands in the spare room. */
export function rangeAnswer(series: readonly Series[], intervals: Intervals, { maxSeries, spare }: Options): Buffer {
  const { shown, partial } = limitSeries(series, { maxSeries });
  const size = (shown.length + 1) * (intervals.count + 1) * bytesPerSample;
  const out = new ByteWriter(spare.take(Math.min(largestBeginning, size)));
  const printSamples = makeSamplePrinter(intervals);
  out.text('{"series":[');
  shown.forEach((one, i) => {
    out.text(`${i === 0 ? '' : ','}{"labels":${one.labelText},"samples":[`);
    out.raw(printSamples(one.values));
    out.text(`]${exemplarsOf(one, intervals)}}`);
  });
  out.text(`],"metrics":{}${partial}}`);
  return out.finish();
}

/** The one value of every series. */
export function instantAnswer(series: readonly Series[], limits: Limits): string {
  const { shown, partial } = limitSeries(series, limits);
  const values = shown.map((one) => `{"labels":${one.labelText}${valueText(one.values[0] ?? 0)}}`);
  return `{"series":[${values.join(',')}],"metrics":{}${partial}}`;
}

// A text that grows, here and below: there may be a hundred of them, each with several labels.
function exemplarsOf({ exemplars, values }: Series, intervals: Intervals): string {
  let text = '';
  for (const exemplar of exemplars) {
    const { timestampMs } = exemplar;
    const interval = intervals.find(Math.floor(timestampMs / 1000), Math.floor(timestampMs % 1000) * 1e6);
    const sample = values[interval] ?? Number.NaN;
    if (!Number.isNaN(sample)) text += `${text === '' ? '' : ','}${exemplarText(exemplar, sample)}`;
  }
  return text === '' ? '' : `,"exemplars":[${text}]`;
}

function exemplarText({ labels, value: own, timestampMs }: Exemplar, sample: number): string {
  const shown = valueText(Number.isNaN(own) ? sample : own);
  return `{"labels":${labelsText(labels)}${shown},"timestampMs":"${timestampMs}"}`;
}

// Zero values do not appear in protobuf JSON.
function valueText(number: number): string {
  return number === 0 ? '' : `,"value":${JSON.stringify(doubleToJson(number))}`;
}

function labelsText(labels: readonly Label[]): string {
  let text = '';
  for (const { name, value } of labels)
    text += `${text === '' ? '' : ','}{"key":${JSON.stringify(name)},"value":${staticText(value)}}`;
  return `[${text}]`;
}

// Most are texts, and an object for each would take longer than writing it.
function staticText(value: Static): string {
  return value.type === 'string'
    ? `{"stringValue":${JSON.stringify(value.value)}}`
    : JSON.stringify(staticToJson(value));
}

function limitSeries(
  series: readonly Series[],
  { maxSeries }: Limits,
): { shown: readonly Labelled[]; partial: string } {
  const sorted = series
    .map(({ labels, values, exemplars }) => ({ labels, values, exemplars, labelText: labelsText(labels) }))
    .sort((a, b) => a.labels.length - b.labels.length || compareUnits(a.labelText, b.labelText));
  if (series.length <= maxSeries) return { shown: sorted, partial: '' };
  const message = `Response exceeds maximum series limit of ${maxSeries}, a partial response is returned. Warning: the accuracy of each individual value is not guaranteed.`;
  return { shown: sorted.slice(0, maxSeries), partial: `,"status":"PARTIAL","message":${JSON.stringify(message)}` };
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
