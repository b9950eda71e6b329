// Reads data points from bytes to samples. A point that is known costs a look-up of its attributes' bytes and one append for
// each of its series.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
import type { ByteRange } from '../../../../std/bytes-map.ts';
import { exemplar as exemplarMessage } from '../../../../wire/otlp/metric-points.ts';
import { ProtoReader, wireType } from '../../../../wire/otlp/proto-reader.ts';
import type { SeriesSlot } from '../../../store/metrics/metrics-store.ts';
import { translateExemplars } from '../exemplars.ts';
import { DecodedPoint } from './decoded-point.ts';
import { HistogramPoint } from './histogram-point.ts';
import { KeyWriter } from './key-writer.ts';
import { KnownPoints } from './known-points.ts';
import { TakeLongWay } from './long-way.ts';
import type { SampleBatch } from './sample-batch.ts';
import type { KnownMetric, SeriesMemo } from './series-memo.ts';

const noRecordedValue = 1;
const nothing = new ProtoReader(Buffer.alloc(0));

export interface PointReaderParts extends OpenExport {
  readonly memo: SeriesMemo;
  readonly batch: SampleBatch;
  /** For one point after the other, whatever its kind. */
  readonly key: KeyWriter;
}

/** The export that is being read. */
export interface OpenExport {
  readonly reader: ProtoReader;
  /** Stands in for missing times. */
  readonly receivedMs: number;
}

interface Place {
  readonly start: number;
  readonly end: number;
}

export class PointReader {
  /** Points read so far. */
  count = 0;
  /** Oldest and newest point of the resource. */
  readonly times = { firstMs: Number.POSITIVE_INFINITY, lastMs: Number.NEGATIVE_INFINITY };
  readonly #parts: { -readonly [K in keyof PointReaderParts]: PointReaderParts[K] };
  readonly #known = KnownPoints.make();
  readonly #kinds: Readonly<Record<string, (metric: KnownMetric, end: number) => void>>;

  constructor(parts: Pick<PointReaderParts, 'memo' | 'batch'>) {
    this.#parts = { ...parts, key: new KeyWriter(), reader: nothing, receivedMs: 0 };
    const histogram = new HistogramPoint(this.#parts);
    const decoded = new DecodedPoint(this.#parts);
    this.#kinds = {
      gauge: (metric, end) => this.#readNumber(metric, end, 'no exemplars'),
      sum: (metric, end) => this.#readNumber(metric, end, 'exemplars'),
      histogram: (metric, end) => this.#noteTime(histogram.read(metric, end)),
      exponentialHistogram: (metric, end) => this.#noteTime(decoded.readExponential(metric, end)),
      summary: (metric, end) => this.#noteTime(decoded.readSummary(metric, end)),
    };
  }

  /** Begins an export. */
  open({ reader, receivedMs }: OpenExport): void {
    this.#parts.reader = reader;
    this.#parts.receivedMs = receivedMs;
    this.#known?.open(reader.bytes);
    this.count = 0;
  }

  /** Ends it: lets go of its bytes. */
  close(): void {
    this.#parts.reader = nothing;
    this.#parts.key.close();
    this.#known?.close();
  }

  /** Begins a resource; says how many points there were before it. */
  startResource(): number {
    this.times.firstMs = Number.POSITIVE_INFINITY;
    this.times.lastMs = Number.NEGATIVE_INFINITY;
    return this.count;
  }

  /** All that a metric says beside its points, as one key. */
  metricKey(of: {
    readonly field: number;
    readonly temporality: number;
    readonly isMonotonic: boolean;
    readonly texts: readonly (Place | undefined)[];
  }): ByteRange {
    const key = this.#parts.key;
    key.start(this.#parts.reader.bytes);
    key.putByte(of.field);
    key.putByte(of.isMonotonic ? 1 : 0);
    key.putInt(of.temporality);
    for (let at = 1; at <= 3; at++) {
      const { start, end } = of.texts[at] ?? { start: 0, end: 0 };
      key.putInt(end - start);
      key.put(start, end);
    }
    return key.range();
  }

  /** Reads every point (field 1) of a metric's data. @throws TakeLongWay */
  readAll(kind: string, metric: KnownMetric, end: number): void {
    const reader = this.#parts.reader;
    const read = this.#kinds[kind]!; // the table has every kind that ExportReader lets through
    const known = kind === 'gauge' || kind === 'sum' ? this.#known : undefined;
    for (;;) {
      if (known !== undefined) this.#readKnown(known, metric, end);
      const field = reader.nextField(end);
      if (field === 0) return;
      if (field !== 1) continue;
      if (reader.type !== wireType.bytes) throw new TakeLongWay();
      const outerEnd = reader.enter();
      read(metric, reader.end);
      reader.leave(outerEnd);
      this.count++;
    }
  }

  /** Reads the points that come in the order in which they came before, if any. */
  #readKnown(known: KnownPoints, metric: KnownMetric, end: number): void {
    const { reader, memo, batch } = this.#parts;
    const count = known.read(reader.pos, end, memo.wholesAhead(metric));
    if (count === 0) return;
    reader.pos = known.end;
    this.count += count;
    const { timesMs, values } = known;
    memo.takeWholes(count, (slot, at) => {
      const timeMs = timesMs[at]!; // below count
      this.#noteTime(timeMs);
      batch.addFloat(slot, timeMs, values[at]!);
    });
  }

  #readNumber(metric: KnownMetric, end: number, keeps: 'exemplars' | 'no exemplars'): void {
    if (!this.#readPlainNumber(metric, end)) this.#readAnyNumber(metric, end, keeps);
  }

  /** Reads a point that has times, a value and attributes side by side, and nothing else; false for any other. */
  #readPlainNumber(metric: KnownMetric, end: number): boolean {
    const reader = this.#parts.reader;
    const { bytes } = reader;
    const key = this.#parts.key;
    let timeAt = 0;
    let valueAt = 0;
    let keyAt = 0;
    let keyEnd = 0;
    let at = reader.pos;
    while (at < end) {
      const tag = bytes[at];
      if (tag === plainTag.attribute) {
        const length = bytes[at + 1] ?? longLength;
        if (length >= longLength || (keyEnd !== 0 && keyEnd !== at)) return false;
        if (keyEnd === 0) keyAt = at;
        at += 2 + length;
        keyEnd = at;
      } else {
        if (tag === plainTag.time) timeAt = at + 1;
        else if (tag === plainTag.double) valueAt = at + 1;
        else if (tag !== plainTag.startTime) return false;
        at += fixed64Bytes;
      }
    }
    if (at !== end || timeAt === 0 || valueAt === 0) return false;
    reader.pos = timeAt;
    const timeMs = reader.readTimeMs(this.#parts.receivedMs);
    reader.pos = valueAt;
    const value = reader.readFloat64();
    reader.pos = end;
    this.#noteTime(timeMs);
    key.start(reader.bytes);
    key.put(keyAt, keyEnd);
    const slot = this.#parts.memo.whole(metric, key.range());
    this.#parts.batch.addFloat(slot, timeMs, value);
    return true;
  }

  #readAnyNumber(metric: KnownMetric, end: number, keeps: 'exemplars' | 'no exemplars'): void {
    const reader = this.#parts.reader;
    const key = this.#parts.key;
    let timeMs = this.#parts.receivedMs;
    let value = 0;
    let flags = 0;
    let exemplars: Place[] | undefined;
    key.start(reader.bytes);
    for (
      let tag = reader.pos, field = reader.nextField(end);
      field !== 0;
      tag = reader.pos, field = reader.nextField(end)
    ) {
      if (reader.type !== numberFields[field] && numberFields[field] !== undefined) throw new TakeLongWay();
      if (field === 7) {
        reader.pos = reader.readEnd();
        key.put(tag, reader.pos);
      } else if (field === 3) timeMs = reader.readTimeMs(this.#parts.receivedMs);
      else if (field === 4) value = reader.readFloat64();
      else if (field === 6) value = reader.readNumber64();
      else if (field === 8) flags = reader.readVarint();
      else if (field === 5) {
        exemplars ??= [];
        exemplars.push(this.#skipMessage());
      } else reader.skipField();
    }
    if (reader.pos !== end) throw new TakeLongWay();
    this.#noteTime(timeMs);
    const slot = this.#parts.memo.whole(metric, key.range());
    if (flags & noRecordedValue) this.#parts.batch.addStale(slot, timeMs);
    else this.#parts.batch.addFloat(slot, timeMs, value);
    if (exemplars !== undefined) this.#readExemplars(exemplars, keeps === 'exemplars' ? slot : undefined);
  }

  /** Exemplars are checked for secrets even where they are not kept: they stand in the log. */
  #readExemplars(places: readonly Place[], slot: SeriesSlot | undefined): void {
    const reader = this.#parts.reader;
    for (const { start, end } of places) {
      reader.pos = start;
      const decoded = exemplarMessage.readFields(reader, end, 0);
      if (reader.pos !== end) throw new TakeLongWay();
      this.#parts.memo.checkClean(decoded.filteredAttributes);
      if (slot === undefined) continue;
      for (const one of translateExemplars([decoded])) this.#parts.batch.addExemplar(slot, one);
    }
    reader.pos = reader.end;
  }

  #skipMessage(): Place {
    const end = this.#parts.reader.readEnd();
    const start = this.#parts.reader.pos;
    this.#parts.reader.pos = end;
    return { start, end };
  }

  #noteTime(timeMs: number): void {
    if (timeMs < this.times.firstMs) this.times.firstMs = timeMs;
    if (timeMs > this.times.lastMs) this.times.lastMs = timeMs;
  }
}

/** Fields of NumberDataPoint with their wire types, each one byte. */
const plainTag = { startTime: 0x11, time: 0x19, double: 0x21, attribute: 0x3a } as const;
const fixed64Bytes = 9;
/** A length of two bytes or more begins with at least this. */
const longLength = 0x80;

/** Wire types of the fields of NumberDataPoint. */
const numberFields: readonly (number | undefined)[] = [
  undefined,
  undefined,
  wireType.fixed64,
  wireType.fixed64,
  wireType.fixed64,
  wireType.bytes,
  wireType.fixed64,
  wireType.bytes,
  wireType.varint,
];
