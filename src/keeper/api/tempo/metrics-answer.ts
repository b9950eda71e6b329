// The answers of /api/metrics/query_range and /api/metrics/query as JSON. Samples are written as bytes: there are tens of
// thousands of them, and an object for each would take longer than finding them.
import type { Intervals } from '../../../traceql/functions/intervals.ts';
import type { Exemplar, Label, Series } from '../../../traceql/functions/series.ts';
import { doubleToJson } from '../../../wire/tempo/any-value.ts';
import { ByteWriter, makePiece, type Piece } from './byte-writer.ts';
import { staticToJson } from './static-json.ts';

interface Limits {
  readonly maxSeries: number;
}

/** A series with its labels as JSON. */
interface Labelled extends Series {
  readonly labelText: string;
}

const end = makePiece('},');
const mostKnown = 4096;
/** A sample takes about so many bytes; large answers grow from the largest beginning. */
const bytesPerSample = 48;
const largestBeginning = 4 * 1024 * 1024;

/** Samples by time for every series. */
export function rangeAnswer(series: readonly Series[], intervals: Intervals, limits: Limits): Buffer {
  const { shown, partial } = limitSeries(series, limits);
  const out = new ByteWriter(
    Buffer.allocUnsafeSlow(Math.min(largestBeginning, (shown.length + 1) * (intervals.count + 1) * bytesPerSample)),
  );
  const times = Array.from({ length: intervals.count }, (_, i) => {
    const time = `{"timestampMs":"${intervals.timestampMs(i)}"`;
    return { zero: makePiece(`${time}},`), open: makePiece(time), beforeValue: makePiece(`${time},"value":`) };
  });
  const known = new Map<number, Piece>();
  out.text('{"series":[');
  shown.forEach((one, i) => {
    out.text(`${i === 0 ? '' : ','}{"labels":${one.labelText},"samples":[`);
    writeSamples(one.values, { times, known, out });
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

/** A sample up to its value, as far as its time tells. */
interface Time {
  /** The whole sample, if its value is 0. */
  readonly zero: Piece;
  readonly open: Piece;
  readonly beforeValue: Piece;
}

interface Writing {
  readonly times: readonly Time[];
  readonly known: Map<number, Piece>;
  readonly out: ByteWriter;
}

// Each with a comma behind it, of which the last is taken back.
function writeSamples(values: Float64Array, { times, known, out }: Writing): void {
  const start = out.position;
  for (let i = 0; i < values.length; i++) {
    const sample = values[i]!; // below its length, and there is a time for each
    const time = times[i]!;
    if (sample === 0) out.piece(time.zero);
    else if (Number.isFinite(sample)) {
      out.piece(time.beforeValue);
      if (Number.isInteger(sample)) out.number(sample);
      else out.piece(digitsOf(sample, known));
      out.piece(end);
    } else if (!Number.isNaN(sample)) {
      out.piece(time.open);
      out.text(valueText(sample));
      out.piece(end);
    }
  }
  if (out.position > start) out.takeBack();
}

// Rates and quantiles of small counts are few numbers, again and again; printing a fraction takes longer than finding it.
function digitsOf(sample: number, known: Map<number, Piece>): Piece {
  const found = known.get(sample);
  if (found) return found;
  const made = makePiece(String(sample));
  if (known.size < mostKnown) known.set(sample, made);
  return made;
}

function exemplarsOf({ exemplars, values }: Series, intervals: Intervals): string {
  const shown = exemplars.flatMap((exemplar) => {
    const interval = intervals.find(
      Math.floor(exemplar.timestampMs / 1000),
      Math.floor(exemplar.timestampMs % 1000) * 1e6,
    );
    const sample = values[interval] ?? Number.NaN;
    return Number.isNaN(sample) ? [] : [exemplarText(exemplar, sample)];
  });
  return shown.length === 0 ? '' : `,"exemplars":[${shown.join(',')}]`;
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
  return JSON.stringify(labels.map(({ name, value: of }) => ({ key: name, value: staticToJson(of) })));
}

function limitSeries(
  series: readonly Series[],
  { maxSeries }: Limits,
): { shown: readonly Labelled[]; partial: string } {
  const sorted = series
    .map((one) => ({ ...one, labelText: labelsText(one.labels) }))
    .sort((a, b) => a.labels.length - b.labels.length || compareUnits(a.labelText, b.labelText));
  if (series.length <= maxSeries) return { shown: sorted, partial: '' };
  const message = `Response exceeds maximum series limit of ${maxSeries}, a partial response is returned. Warning: the accuracy of each individual value is not guaranteed.`;
  return { shown: sorted.slice(0, maxSeries), partial: `,"status":"PARTIAL","message":${JSON.stringify(message)}` };
}

function compareUnits(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
