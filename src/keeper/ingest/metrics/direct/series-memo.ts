// Knows the series of an app by the bytes in which it sends them: resource, then metric, then attributes. What is known is
// translated, free of secrets and named, so the repeated export of a series costs three look-ups at most.
import { identityAttribute } from '../../../../model/attributes.ts';
import { type Bounds, fillBounds } from '../../../../model/limits.ts';
import { Labels, metricNameLabel } from '../../../../promql/labels.ts';
import type { KeysAhead } from '../../../../std/byte-table.ts';
import { type ByteRange, BytesMap } from '../../../../std/bytes-map.ts';
import { keyValue } from '../../../../wire/otlp/any-value.ts';
import { resourceCodec, scopeCodec } from '../../../../wire/otlp/common.ts';
import { ProtoReader } from '../../../../wire/otlp/proto-reader.ts';
import type { KeyValue, Metric, MetricsRequest, Resource } from '../../../../wire/otlp/types.ts';
import type { Masker } from '../../../mask/mask-request.ts';
import type { MetricsStore, SeriesSlot } from '../../../store/metrics/metrics-store.ts';
import { findSeriesProblem } from '../../../store/metrics/series-bounds.ts';
import { translateMetricName } from '../metric-name.ts';
import { joinLabels } from '../point-labels.ts';
import { type ResourceLabels, readResource } from '../resource-labels.ts';
import { findProblem } from '../translate.ts';
import { TakeLongWay } from './long-way.ts';
import { SeriesShape } from './series-shape.ts';
import { readTextAttributes } from './text-attributes.ts';

/** Beyond either, everything is forgotten and learned anew. */
const maxKnown = 200_000;
const maxKeyBytes = 32 * 1024 * 1024;
/** So many series may be known that the store has pruned, or half as many as it holds, whatever is more. */
const maxGone = 4_096;

export interface KnownResource {
  readonly id: number;
  readonly service: string | null;
  readonly runId: string | null;
  readonly labels: ResourceLabels;
  readonly attributes: readonly KeyValue[];
  readonly targetInfo: SeriesSlot | undefined;
}

export interface KnownMetric {
  readonly id: number;
  readonly family: string;
  readonly resource: KnownResource;
  /** Of the series that was named last. */
  shape: SeriesShape | undefined;
}

/** The series of one set of attributes: one for a number, several for the parts of a histogram. */
export interface KnownPoint {
  readonly slots: readonly SeriesSlot[];
}

export interface SeriesMemoOptions {
  readonly masker: Masker;
  /** Default: those of limits.ts. */
  readonly bounds?: Bounds;
  /** Told of each metric that is met for the first time. */
  readonly learnMetrics: (request: MetricsRequest) => void;
}

export class SeriesMemo {
  readonly #options: SeriesMemoOptions;
  readonly #resources = new BytesMap<KnownResource>();
  readonly #scopes = new BytesMap<true>();
  readonly #metrics = new BytesMap<KnownMetric>();
  readonly #wholes = new BytesMap<SeriesSlot>();
  readonly #points = new BytesMap<KnownPoint>();
  readonly #bounds: Bounds;
  #nextId = 1;
  /** How many series the store had pruned when everything was forgotten last. */
  #goneBefore = 0;
  /** Of the export that is being read. */
  #reader: ProtoReader | undefined;

  constructor(options: SeriesMemoOptions) {
    this.#options = options;
    this.#bounds = options.bounds ?? fillBounds();
  }

  /** Forgets everything if there is too much of it, or too much that the store has pruned. Not while an export is being read. */
  bound({ seriesCount, goneCount }: Pick<MetricsStore, 'seriesCount' | 'goneCount'>): void {
    const all = [this.#resources, this.#scopes, this.#metrics, this.#wholes, this.#points];
    const isOld = goneCount - this.#goneBefore > Math.max(maxGone, seriesCount / 2);
    const isFull = all.some(({ size, keyBytes }) => size > maxKnown || keyBytes > maxKeyBytes);
    if (!isOld && !isFull) return;
    this.#goneBefore = goneCount;
    for (const map of all) map.clear();
  }

  /** Begins an export. */
  begin(reader: ProtoReader): void {
    this.#reader = reader;
  }

  /** Ends an export: lets go of its bytes. */
  end(): void {
    this.#reader = undefined;
  }

  /** The resource that these bytes of a `Resource` say. @throws TakeLongWay */
  resource(key: ByteRange): KnownResource {
    const known = this.#resources.get(0, key.bytes, key.start, key.end);
    if (known !== undefined) return known;
    const made = this.#makeResource(decodeWhole(resourceCodec, key));
    this.#resources.set(0, key, made);
    return made;
  }

  /** Checks a scope, which gives nothing to the series but is kept in the log. @throws TakeLongWay */
  scope(key: ByteRange): void {
    if (this.#scopes.get(0, key.bytes, key.start, key.end) !== undefined) return;
    this.checkClean(decodeWhole(scopeCodec, key).attributes);
    this.#scopes.set(0, key, true);
  }

  /** The metric of a resource; `key` is all that is known of it but its points, which `read` makes of it. @throws TakeLongWay */
  metric(resource: KnownResource, key: ByteRange, read: () => Metric): KnownMetric {
    const known = this.#metrics.get(resource.id, key.bytes, key.start, key.end);
    if (known !== undefined) return known;
    const metric = read();
    const family = findProblem(metric) === undefined ? translateMetricName(metric) : undefined;
    if (family === undefined) throw new TakeLongWay();
    this.#options.learnMetrics(requestOf(resource.attributes, [metric]));
    const made = { id: this.#nextId++, family, resource, shape: undefined };
    this.#metrics.set(resource.id, key, made);
    return made;
  }

  /** The series of a point that is one series with the name of its metric; `key` is its attributes. @throws TakeLongWay */
  whole(metric: KnownMetric, key: ByteRange): SeriesSlot {
    return this.#wholes.get(metric.id, key.bytes, key.start, key.end) ?? this.#makeWhole(metric, key);
  }

  /** The keys of `whole` that are likely asked for next, if the metric's points come as they did before. */
  wholesAhead(metric: KnownMetric): KeysAhead {
    return this.#wholes.ahead(metric.id);
  }

  /** The series of so many of these keys, which were found in the export. */
  takeWholes(count: number, visit: (slot: SeriesSlot, at: number) => void): void {
    this.#wholes.takeAhead(count, visit);
  }

  /** The series of a point; `key` begins with its attributes, `attributeBytes` long. @throws TakeLongWay */
  point(metric: KnownMetric, key: ByteRange, { attributeBytes, name }: PointNaming): KnownPoint {
    const known = this.#points.get(metric.id, key.bytes, key.start, key.end);
    if (known !== undefined) return known;
    const attributes = this.#readAttributes(key.bytes, key.start, key.start + attributeBytes);
    const pairs = [...joinLabels(metric.resource.labels, attributes)];
    const made = { slots: name({ metric, pairs }).map((labels) => this.#makeSlot(labels)) };
    this.#points.set(metric.id, key, made);
    return made;
  }

  #makeWhole(metric: KnownMetric, key: ByteRange): SeriesSlot {
    const attributes = this.#readAttributes(key.bytes, key.start, key.end);
    const made = this.#makeSlot(nameWhole(metric, attributes));
    this.#wholes.set(metric.id, key, made);
    return made;
  }

  #makeSlot(labels: Labels): SeriesSlot {
    if (findSeriesProblem(labels, this.#bounds) !== undefined) throw new TakeLongWay();
    return { labels, series: undefined };
  }

  /** @throws TakeLongWay if masking would change anything. */
  checkClean(attributes: readonly KeyValue[]): void {
    if (this.#options.masker.maskAttributes(attributes) !== attributes) throw new TakeLongWay();
  }

  /** @throws TakeLongWay if there is a secret */
  #readAttributes(bytes: Uint8Array, start: number, end: number): KeyValue[] {
    // By the reader of the export, if it is its bytes: it knows the names that came before.
    const reader = bytes === this.#reader?.bytes ? this.#reader : readerOf({ bytes, start: 0, end });
    const attributes = readTextAttributes(reader.bytes, start, end) ?? readAnyAttributes(reader, start, end);
    this.checkClean(attributes);
    return attributes;
  }

  #makeResource({ attributes }: Resource): KnownResource {
    this.checkClean(attributes);
    const labels = readResource({ attributes, droppedAttributesCount: 0 });
    const { targetInfo } = labels;
    return {
      id: this.#nextId++,
      service: readText(attributes, 'service.name'),
      runId: readText(attributes, identityAttribute.runId),
      labels,
      attributes,
      targetInfo: targetInfo && this.#makeSlot(targetInfo),
    };
  }
}

export interface PointNaming {
  readonly attributeBytes: number;
  /** The label sets of the point's series. */
  readonly name: (of: {
    readonly metric: KnownMetric;
    readonly pairs: readonly (readonly [string, string])[];
  }) => readonly Labels[];
}

/** The labels of a part of a metric. */
export function nameSeries(
  pairs: readonly (readonly [string, string])[],
  name: string,
  extra: readonly [string, string] = ['', ''],
): Labels {
  return Labels.from([...pairs, extra, [metricNameLabel, name]]);
}

function nameWhole(metric: KnownMetric, attributes: readonly KeyValue[]): Labels {
  const named = metric.shape?.name(attributes);
  if (named !== undefined) return named;
  metric.shape = SeriesShape.of(metric.family, metric.resource.labels, attributes);
  return (
    metric.shape?.name(attributes) ?? nameSeries([...joinLabels(metric.resource.labels, attributes)], metric.family)
  );
}

function readAnyAttributes(reader: ProtoReader, start: number, end: number): KeyValue[] {
  const outer = { pos: reader.pos, end: reader.end };
  reader.pos = start;
  reader.end = end;
  const attributes: KeyValue[] = [];
  while (reader.nextField(end) !== 0) attributes.push(keyValue.fromProto(reader, 0));
  reader.pos = outer.pos;
  reader.end = outer.end;
  return attributes;
}

function readerOf({ bytes, start, end }: ByteRange): ProtoReader {
  return new ProtoReader(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start));
}

function requestOf(attributes: readonly KeyValue[], items: readonly Metric[]): MetricsRequest {
  const scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 };
  const scopes = items.length === 0 ? [] : [{ scope, schemaUrl: '', items }];
  return [{ resource: { attributes, droppedAttributesCount: 0 }, schemaUrl: '', scopes }];
}

function readText(attributes: readonly KeyValue[], key: string): string | null {
  const value = attributes.find((attribute) => attribute.key === key)?.value;
  return value?.kind === 'string' ? value.value : null;
}

interface Codec<T> {
  readFields(reader: ProtoReader, end: number, depth: number): T;
}

/** @throws TakeLongWay when a field reaches beyond the bytes. */
function decodeWhole<T>(codec: Codec<T>, key: ByteRange): T {
  const reader = readerOf(key);
  const end = key.end - key.start;
  const value = codec.readFields(reader, end, 0);
  if (reader.pos !== end) throw new TakeLongWay();
  return value;
}
