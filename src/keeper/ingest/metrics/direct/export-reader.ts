// Walks an export's bytes: request → resources → scopes → metrics. Each level first notes where its parts are, since protobuf
// promises no order, and then goes into them. Points are read in point-reader.ts.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/metrics/v1/metrics.proto
import type { ByteRange } from '../../../../std/bytes-map.ts';
import { ProtoReader, wireType } from '../../../../wire/otlp/proto-reader.ts';
import type { Metric, MetricData } from '../../../../wire/otlp/types.ts';
import type { SourceCount } from '../../../signal-store.ts';
import { listTargetInfoTimes } from '../target-info.ts';
import { TakeLongWay } from './long-way.ts';
import { PointReader } from './point-reader.ts';
import type { SampleBatch } from './sample-batch.ts';
import type { KnownResource, SeriesMemo } from './series-memo.ts';

export interface ExportReaderParts {
  readonly memo: SeriesMemo;
  readonly batch: SampleBatch;
}

type Kind = Exclude<MetricData['kind'], 'none'>;

/** Kinds of data, by the number of their field in Metric. */
const kinds: Readonly<Record<number, Kind>> = {
  5: 'gauge',
  7: 'sum',
  9: 'histogram',
  10: 'exponentialHistogram',
  11: 'summary',
};
/** Of these there is nothing to say beside their points. */
const plainKinds: ReadonlySet<Kind> = new Set(['gauge', 'summary']);
const untyped: MetricType = { temporality: 0, isMonotonic: false };
/** Attributes of a metric itself, which hardly anybody sends. */
const metadataField = 12;
const empty = Buffer.alloc(0);
const nothing = new ProtoReader(empty);

interface Place {
  start: number;
  end: number;
}

export class ExportReader {
  readonly #memo: SeriesMemo;
  readonly #batch: SampleBatch;
  readonly #points: PointReader;
  #reader = nothing;

  constructor({ memo, batch }: ExportReaderParts) {
    this.#memo = memo;
    this.#batch = batch;
    this.#points = new PointReader({ memo, batch });
  }

  /** Puts every sample into the batch; `receivedMs` stands in for missing times. @throws TakeLongWay, MalformedOtlp */
  read(body: Buffer, receivedMs: number): SourceCount[] {
    const reader = new ProtoReader(body);
    this.#reader = reader;
    this.#memo.begin(reader);
    this.#points.open({ reader, receivedMs });
    const sources: SourceCount[] = [];
    this.#eachPlace(body.length, (field, place) => {
      if (field === 1) sources.push(this.#readResource(place));
    });
    return sources;
  }

  /** Lets go of the bytes of the export. */
  close(): void {
    this.#reader = nothing;
    this.#memo.end();
    this.#points.close();
  }

  #readResource(place: Place): SourceCount {
    const scopes: Place[] = [];
    let resource: Place | undefined;
    this.#within(place, () =>
      this.#eachPlace(place.end, (field, inner) => {
        if (field === 1) resource = once(resource, inner);
        else if (field === 2) scopes.push(inner);
      }),
    );
    const known = this.#memo.resource(this.#range(resource));
    const records = this.#points.startResource();
    for (const scope of scopes) this.#within(scope, () => this.#readScope(scope, known));
    this.#addTargetInfo(known);
    return { service: known.service, runId: known.runId, records: this.#points.count - records };
  }

  #readScope(place: Place, resource: KnownResource): void {
    const metrics: Place[] = [];
    let scope: Place | undefined;
    this.#eachPlace(place.end, (field, inner) => {
      if (field === 1) scope = once(scope, inner);
      else if (field === 2) metrics.push(inner);
    });
    if (scope !== undefined) this.#memo.scope(this.#range(scope));
    for (const metric of metrics) this.#within(metric, () => this.#readMetric(metric, resource));
  }

  #readMetric(place: Place, resource: KnownResource): void {
    const texts: (Place | undefined)[] = []; // 1 name, 2 description, 3 unit
    let data: (Place & { readonly field: number }) | undefined;
    this.#eachPlace(place.end, (field, inner) => {
      if (field <= 3) texts[field] = once(texts[field], inner);
      else if (field >= 5 && field <= 11) data = once(data, { ...inner, field });
      else if (field === metadataField) throw new TakeLongWay();
    });
    const kind = data && kinds[data.field];
    if (data === undefined || kind === undefined) throw new TakeLongWay();
    const found = data;
    const type = plainKinds.has(kind) ? untyped : this.#within(found, () => this.#readType(found.end));
    const key = this.#points.metricKey({ ...type, field: found.field, texts });
    const metric = this.#memo.metric(resource, key, () => this.#makeMetric(kind, type, texts));
    this.#within(found, () => this.#points.readAll(kind, metric, found.end));
  }

  /** What a Sum or a histogram says beside its points, which are skipped. @throws TakeLongWay */
  #readType(end: number): MetricType {
    const reader = this.#reader;
    const type = { temporality: 0, isMonotonic: false };
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (field === 1) {
        if (reader.type !== wireType.bytes) throw new TakeLongWay();
        reader.pos = reader.readEnd();
      } else if (field <= 3 && reader.type !== wireType.varint) throw new TakeLongWay();
      else if (field === 2) type.temporality = reader.readVarint();
      else if (field === 3) type.isMonotonic = reader.readVarint() !== 0;
    }
    return type;
  }

  #makeMetric(kind: Kind, type: MetricType, texts: (Place | undefined)[]) {
    const [, name = '', description = '', unit = ''] = [0, 1, 2, 3].map((at) => {
      const { start, end } = texts[at] ?? { start: 0, end: 0 };
      return this.#reader.bytes.toString('utf8', start, end);
    });
    const data: MetricData =
      kind === 'gauge' || kind === 'summary' ? { kind, points: [] } : { kind, points: [], ...type };
    return { name, description, unit, data, metadata: [] } satisfies Metric;
  }

  #addTargetInfo({ targetInfo }: KnownResource): void {
    if (targetInfo === undefined) return;
    for (const timeMs of listTargetInfoTimes(this.#points.times)) this.#batch.addFloat(targetInfo, timeMs, 1);
  }

  /** Goes through the length-prefixed fields from here to `end`; fields of other kinds are skipped. */
  #eachPlace(end: number, visit: (field: number, place: Place) => void): void {
    const reader = this.#reader;
    for (let field = reader.nextField(end); field !== 0; field = reader.nextField(end)) {
      if (reader.type !== wireType.bytes) throw new TakeLongWay();
      const inner = { start: 0, end: reader.readEnd() };
      inner.start = reader.pos;
      visit(field, inner);
      reader.pos = inner.end;
    }
    if (reader.pos !== end) throw new TakeLongWay();
  }

  /** Reads at another place, with its end as the one that lengths must respect. */
  #within<T>({ start, end }: Place, read: () => T): T {
    const reader = this.#reader;
    const before = { pos: reader.pos, end: reader.end };
    reader.pos = start;
    reader.end = end;
    const result = read();
    // A last field that reaches beyond its message: the long way says what is wrong with it.
    if (reader.pos !== end) throw new TakeLongWay();
    reader.pos = before.pos;
    reader.end = before.end;
    return result;
  }

  #range(place: Place | undefined): ByteRange {
    return place === undefined ? { bytes: empty, start: 0, end: 0 } : { bytes: this.#reader.bytes, ...place };
  }
}

export interface MetricType {
  readonly temporality: number;
  readonly isMonotonic: boolean;
}

// Protobuf lets a field come again and merges; nobody sends that.
function once<T>(before: T | undefined, found: T): T {
  if (before !== undefined) throw new TakeLongWay();
  return found;
}
