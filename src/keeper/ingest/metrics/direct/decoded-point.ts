// Exponential histograms and summaries are decoded whole: the ones become an object in any case, the others are rare. Only
// their series are looked up by bytes.

import { formatGoFixed } from '../../../../std/go-strconv.ts';
import { exponentialPoint, summaryPoint } from '../../../../wire/otlp/metric-points.ts';
import { translateExemplars } from '../exemplars.ts';
import { schemaRange, translateExponential } from '../exponential.ts';
import { TakeLongWay } from './long-way.ts';
import type { PointReaderParts } from './point-reader.ts';
import { type KnownMetric, nameSeries } from './series-memo.ts';

const noRecordedValue = 1;
/** The fields of attributes in ExponentialHistogramDataPoint and SummaryDataPoint. */
const attributesOf = { exponential: 1, summary: 7 } as const;

export class DecodedPoint {
  readonly #parts: PointReaderParts;

  constructor(parts: PointReaderParts) {
    this.#parts = parts;
  }

  /** Reads the point that ends at `end`; says its time. @throws TakeLongWay */
  readExponential(metric: KnownMetric, end: number): number {
    const { memo, batch } = this.#parts;
    const begin = this.#startKey(end, attributesOf.exponential);
    const slot = memo.whole(metric, this.#parts.key.range());
    this.#parts.reader.pos = begin;
    const point = exponentialPoint.readFields(this.#parts.reader, end, 0);
    if (this.#parts.reader.pos !== end) throw new TakeLongWay();
    if (point.scale < schemaRange.min) throw new TakeLongWay();
    const timeMs = this.#timeOf(point.timeUnixNano);
    if (point.flags & noRecordedValue) batch.addStale(slot, timeMs);
    else batch.addHistogram(slot, timeMs, translateExponential(point));
    for (const one of point.exemplars) memo.checkClean(one.filteredAttributes);
    for (const one of translateExemplars(point.exemplars)) batch.addExemplar(slot, one);
    return timeMs;
  }

  /** Reads the point that ends at `end`; says its time. */
  readSummary(metric: KnownMetric, end: number): number {
    const { memo, batch } = this.#parts;
    const begin = this.#startKey(end, attributesOf.summary);
    const attributeBytes = this.#parts.key.length;
    this.#parts.reader.pos = begin;
    const point = summaryPoint.readFields(this.#parts.reader, end, 0);
    if (this.#parts.reader.pos !== end) throw new TakeLongWay();
    for (const { quantile } of point.quantileValues) this.#parts.key.putDouble(quantile);
    this.#parts.key.putInt(attributeBytes); // so that no attribute passes for a quantile
    const { slots } = memo.point(metric, this.#parts.key.range(), {
      attributeBytes,
      name: ({ pairs }) => [
        nameSeries(pairs, `${metric.family}_sum`),
        nameSeries(pairs, `${metric.family}_count`),
        ...point.quantileValues.map(({ quantile }) =>
          nameSeries(pairs, metric.family, ['quantile', formatGoFixed(quantile)]),
        ),
      ],
    });
    const timeMs = this.#timeOf(point.timeUnixNano);
    const values = [point.sum, point.count, ...point.quantileValues.map(({ value }) => value)];
    slots.forEach((slot, at) => {
      if (point.flags & noRecordedValue) batch.addStale(slot, timeMs);
      else batch.addFloat(slot, timeMs, values[at] ?? 0);
    });
    return timeMs;
  }

  /** Puts the attributes into the key; says where the point begins. */
  #startKey(end: number, attributesField: number): number {
    const reader = this.#parts.reader;
    const begin = reader.pos;
    this.#parts.key.start(reader.bytes);
    for (let tag = begin, field = reader.nextField(end); field !== 0; tag = reader.pos, field = reader.nextField(end)) {
      if (field !== attributesField) {
        reader.skipField();
        continue;
      }
      reader.pos = reader.readEnd();
      this.#parts.key.put(tag, reader.pos);
    }
    return begin;
  }

  #timeOf(timeNs: bigint): number {
    return timeNs === 0n ? this.#parts.receivedMs : Number(timeNs / 1_000_000n);
  }
}
