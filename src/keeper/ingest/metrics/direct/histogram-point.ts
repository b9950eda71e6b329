// Reads an explicit histogram: the series of its sum, its count and each of its buckets are known by attributes and bounds.
import { formatGoFixed } from '../../../../std/go-strconv.ts';
import { exemplar as exemplarMessage } from '../../../../wire/otlp/metric-points.ts';
import { wireType } from '../../../../wire/otlp/proto-reader.ts';
import type { SeriesSlot } from '../../../store/metrics/metrics-store.ts';
import { translateExemplars } from '../exemplars.ts';
import { TakeLongWay } from './long-way.ts';
import type { PointReaderParts } from './point-reader.ts';
import { type KnownMetric, type KnownPoint, nameSeries } from './series-memo.ts';

const noRecordedValue = 1;
/** A point's series: sum, count, the bucket of all, then one bucket for each bound. */
const slotOf = { sum: 0, count: 1, all: 2, firstBucket: 3 } as const;

/** Where the parts of a point stand that are read after its series are known. */
interface Parts {
  timeMs: number;
  count: number;
  sum: number | undefined;
  flags: number;
  countsAt: number;
  countsEnd: number;
  boundsAt: number;
  boundsEnd: number;
  exemplars: { readonly start: number; readonly end: number }[];
}

/** Wire types of the fields of HistogramDataPoint, those that are not read (min, max), too. */
const wireTypes: readonly (number | undefined)[] = [
  undefined,
  undefined,
  wireType.fixed64,
  wireType.fixed64,
  wireType.fixed64,
  wireType.fixed64,
  wireType.bytes,
  wireType.bytes,
  wireType.bytes,
  wireType.bytes,
  wireType.varint,
  wireType.fixed64,
  wireType.fixed64,
];

export class HistogramPoint {
  readonly #parts: PointReaderParts;

  constructor(parts: PointReaderParts) {
    this.#parts = parts;
  }

  /** Reads the point that ends at `end`; says its time. @throws TakeLongWay */
  read(metric: KnownMetric, end: number): number {
    const parts = this.#findParts(end);
    const known = this.#findSeries(metric, parts);
    const { batch } = this.#parts;
    const slots = known.slots;
    const isStale = (parts.flags & noRecordedValue) !== 0;
    const add = (slot: SeriesSlot | undefined, value: number) => {
      if (slot === undefined) return;
      if (isStale) batch.addStale(slot, parts.timeMs);
      else batch.addFloat(slot, parts.timeMs, value);
    };
    if (parts.sum !== undefined) add(slots[slotOf.sum], parts.sum);
    add(slots[slotOf.count], parts.count);
    const buckets = Math.min(parts.boundsEnd - parts.boundsAt, parts.countsEnd - parts.countsAt) >> 3;
    let total = 0;
    this.#parts.reader.pos = parts.countsAt;
    for (let i = 0; i < buckets; i++) {
      total += this.#parts.reader.readCount64();
      add(slots[slotOf.firstBucket + i], total);
    }
    add(slots[slotOf.all], parts.count);
    if (parts.exemplars.length > 0) this.#addExemplars(slots, parts, buckets);
    this.#parts.reader.pos = end;
    return parts.timeMs;
  }

  #findParts(end: number): Parts {
    const reader = this.#parts.reader;
    const key = this.#parts.key;
    const parts = newParts(this.#parts.receivedMs);
    key.start(reader.bytes);
    for (
      let tag = reader.pos, field = reader.nextField(end);
      field !== 0;
      tag = reader.pos, field = reader.nextField(end)
    ) {
      if (reader.type !== wireTypes[field] && wireTypes[field] !== undefined) throw new TakeLongWay();
      if (field === 3) parts.timeMs = reader.readTimeMs(this.#parts.receivedMs);
      else if (field === 4) parts.count = reader.readCount64();
      else if (field === 5) parts.sum = reader.readFloat64();
      else if (field === 10) parts.flags = reader.readVarint();
      else if (field >= 6 && field <= 9) this.#notePart(parts, field, tag);
      else reader.skipField();
    }
    if (reader.pos !== end) throw new TakeLongWay();
    return parts;
  }

  /** The fields with a length: 6 bucket counts, 7 bounds, 8 exemplars, 9 attributes. */
  #notePart(parts: Parts, field: number, tag: number): void {
    const reader = this.#parts.reader;
    const end = reader.readEnd();
    const start = reader.pos;
    reader.pos = end;
    if (field === 9) this.#parts.key.put(tag, end);
    else if (field === 8) parts.exemplars.push({ start, end });
    else if ((field === 6 ? parts.countsEnd : parts.boundsEnd) !== 0 || (end - start) % 8 !== 0)
      throw new TakeLongWay();
    else if (field === 6) Object.assign(parts, { countsAt: start, countsEnd: end });
    else Object.assign(parts, { boundsAt: start, boundsEnd: end });
  }

  #findSeries(metric: KnownMetric, { boundsAt, boundsEnd }: Parts): KnownPoint {
    const key = this.#parts.key;
    const attributeBytes = key.length;
    key.put(boundsAt, boundsEnd);
    key.putInt(attributeBytes); // so that no attribute passes for bounds
    return this.#parts.memo.point(metric, key.range(), {
      attributeBytes,
      name: ({ pairs }) => [
        nameSeries(pairs, `${metric.family}_sum`),
        nameSeries(pairs, `${metric.family}_count`),
        ...[Number.POSITIVE_INFINITY, ...this.#readBounds(boundsAt, boundsEnd)].map((bound) =>
          nameSeries(pairs, `${metric.family}_bucket`, ['le', formatGoFixed(bound)]),
        ),
      ],
    });
  }

  #readBounds(start: number, end: number): number[] {
    const reader = this.#parts.reader;
    const bounds: number[] = [];
    reader.pos = start;
    while (reader.pos < end) bounds.push(reader.readFloat64());
    return bounds;
  }

  /** Each goes to the first bucket that holds it, in the order in which they come. */
  #addExemplars(slots: readonly SeriesSlot[], parts: Parts, buckets: number): void {
    const decoded = parts.exemplars.map(({ start, end }) => {
      this.#parts.reader.pos = start;
      const exemplar = exemplarMessage.readFields(this.#parts.reader, end, 0);
      if (this.#parts.reader.pos !== end) throw new TakeLongWay();
      return exemplar;
    });
    for (const { filteredAttributes } of decoded) this.#parts.memo.checkClean(filteredAttributes);
    const bounds = this.#readBounds(parts.boundsAt, parts.boundsEnd);
    let bucket = 0;
    for (const exemplar of translateExemplars(decoded)) {
      while (bucket < buckets && !(exemplar.value <= (bounds[bucket] ?? 0))) bucket++; // a NaN is in none
      const slot = bucket < buckets ? slots[slotOf.firstBucket + bucket] : slots[slotOf.all];
      if (slot !== undefined) this.#parts.batch.addExemplar(slot, exemplar);
    }
  }
}

function newParts(timeMs: number): Parts {
  return {
    timeMs,
    count: 0,
    sum: undefined,
    flags: 0,
    countsAt: 0,
    countsEnd: 0,
    boundsAt: 0,
    boundsEnd: 0,
    exemplars: [],
  };
}
