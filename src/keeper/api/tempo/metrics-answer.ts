// The answers of /api/metrics/query_range and /api/metrics/query as JSON. Samples are written as bytes: there are tens of
// thousands of them, and an object for each would take longer than finding them.
import type { Intervals } from '../../../traceql/functions/intervals.ts';
import type { Exemplar, Label, Series } from '../../../traceql/functions/series.ts';
import type { Static } from '../../../traceql/values.ts';
import { doubleToJson } from '../../../wire/tempo/any-value.ts';
import { ByteWriter, makePiece } from './byte-writer.ts';
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

/** Behind the time of every sample. */
const beforeValue = ',"value":';
const end = makePiece('},');
const mostKnown = 4096;
/** A sample takes about so many bytes; large answers grow from the largest beginning. */
const bytesPerSample = 48;
const largestBeginning = 4 * 1024 * 1024;

/** Samples by time for every series, as a body that stands in the spare room. */
export function rangeAnswer(series: readonly Series[], intervals: Intervals, { maxSeries, spare }: Options): Buffer {
  const { shown, partial } = limitSeries(series, { maxSeries });
  const size = (shown.length + 1) * (intervals.count + 1) * bytesPerSample;
  const out = new ByteWriter(spare.take(Math.min(largestBeginning, size)));
  const samples = new SampleWriter(out, intervals);
  out.text('{"series":[');
  shown.forEach((one, i) => {
    out.text(`${i === 0 ? '' : ','}{"labels":${one.labelText},"samples":[`);
    samples.write(one.values);
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

/** Writes samples. Times and fractions come again and again, and are copied from where they stand. */
class SampleWriter {
  private readonly out: ByteWriter;
  private readonly times: TimeTexts;
  /** The same with all that a sample of zero has. */
  private readonly zeros: TimeTexts;
  private readonly fractions = new Map<number, { readonly start: number; readonly end: number }>();

  constructor(out: ByteWriter, intervals: Intervals) {
    this.out = out;
    this.times = new TimeTexts(intervals, beforeValue);
    this.zeros = new TimeTexts(intervals, '},');
  }

  // Each with a comma behind it, of which the last is taken back.
  write(values: Float64Array): void {
    const { out } = this;
    const start = out.position;
    for (let i = 0; i < values.length; ) {
      const sample = values[i]!; // below its length
      if (sample === 0) i = this.writeZeros(values, i);
      else if (!Number.isNaN(sample)) this.writeSample(sample, i++);
      else i++;
    }
    if (out.position > start) out.takeBack(1);
  }

  // Zero values do not appear in protobuf JSON. All that follow one another are copied at once; says where they end.
  private writeZeros(values: Float64Array, from: number): number {
    const { texts, starts } = this.zeros;
    let to = from + 1;
    while (to < values.length && values[to] === 0) to++;
    this.out.copy(texts, starts[from]!, starts[to]!); // as below
    return to;
  }

  private writeSample(sample: number, interval: number): void {
    const { out, times } = this;
    out.copy(times.texts, times.starts[interval]!, times.starts[interval + 1]!); // there is one for every interval
    if (Number.isInteger(sample)) out.number(sample);
    else if (Number.isFinite(sample)) this.writeFraction(sample);
    else out.text(JSON.stringify(doubleToJson(sample)));
    out.piece(end);
  }

  // Rates and quantiles of small counts are few numbers, and printing one takes longer than finding it.
  private writeFraction(sample: number): void {
    const { out, fractions } = this;
    const known = fractions.get(sample);
    if (known) {
      out.again(known.start, known.end);
      return;
    }
    const start = out.position;
    out.ascii(String(sample));
    if (fractions.size < mostKnown) fractions.set(sample, { start, end: out.position });
  }
}

/** The beginnings of samples, one behind the other. */
class TimeTexts {
  readonly texts = new ByteWriter();
  /** By interval; each ends where the next one starts. */
  readonly starts: Uint32Array;

  /** `behind`: what follows the time. */
  constructor(intervals: Intervals, behind: string) {
    this.starts = new Uint32Array(intervals.count + 1);
    for (let i = 0; i < intervals.count; i++) {
      this.texts.ascii(`{"timestampMs":"${intervals.timestampMs(i)}"${behind}`);
      this.starts[i + 1] = this.texts.position;
    }
  }
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

// As above.
function valueText(number: number): string {
  return number === 0 ? '' : `${beforeValue}${JSON.stringify(doubleToJson(number))}`;
}

function labelsText(labels: readonly Label[]): string {
  return `[${labels.map(({ name, value }) => `{"key":${JSON.stringify(name)},"value":${staticText(value)}}`).join(',')}]`;
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
