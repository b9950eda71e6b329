// Marks all that a stack sends to shared servers as its own: a label of each stream and series, an attribute of each
// resource. What an app says about itself there is replaced: nobody writes into another stack's name.
import { parseSelectorOnly } from '../../../logql/parser.ts';
import { compareText } from '../../../std/compare-text.ts';
import type { PushEntry, PushStream } from '../../../wire/loki/push.ts';
import type { Signal } from '../../../wire/otlp/request.ts';
import type { KeyValue, Metric, MetricData, Resource, ResourceGroup } from '../../../wire/otlp/types.ts';
import type { WrittenSeries } from '../../../wire/prometheus/remote-write.ts';
import { streamsOfOtlp } from '../../ingest/logs/otlp-streams.ts';
import { stackAttribute, stackLabel } from '../../narrow/stack-label.ts';
import type { Marker } from '../tenancy.ts';

/** Marks telemetry with the id of a stack. */
export function makeMarker(stackId: string): Marker {
  return {
    markExport: (signal, request) => {
      const markResource = makeResourceMarker(signal, stackId);
      return request.map((group) => {
        const marked = { ...group, resource: markResource(group.resource) };
        // Requests of the metrics signal hold metrics; the type of the method cannot say so.
        return signal === 'metrics' ? (markPoints(marked as unknown as MetricGroup, stackId) as never) : marked;
      });
    },
    markSeries: (series) => series.map((one) => markOneSeries(one, stackId)),
    markStreams: (streams) => streams.map((stream) => markStream(stream, stackId)),
    streamsOf: (request, receivedNs) => streamsOfOtlp(request, receivedNs).map((stream) => markStream(stream, stackId)),
  };
}

type MetricGroup = ResourceGroup<Metric>;

const names: ReadonlySet<string> = new Set([stackAttribute, stackLabel]);

/** Resources are marked once each: who decodes and stores requests goes by the identity of their objects. */
function makeResourceMarker(signal: Signal, stackId: string): (resource: Resource) => Resource {
  const marked = new Map<Resource, Resource>();
  // Of metrics the resource becomes target_info, whose label must be the name that queries ask for, however it is translated.
  const key = signal === 'metrics' ? stackLabel : stackAttribute;
  return (resource) => {
    const known = marked.get(resource);
    if (known !== undefined) return known;
    const made = { ...resource, attributes: markAttributes(resource.attributes, key, stackId) };
    marked.set(resource, made);
    return made;
  };
}

function markAttributes(attributes: readonly KeyValue[], key: string, stackId: string): readonly KeyValue[] {
  return [...attributes.filter((one) => !names.has(one.key)), { key, value: { kind: 'string', value: stackId } }];
}

function markPoints(group: MetricGroup, stackId: string): MetricGroup {
  const markMetric = (metric: Metric): Metric => ({ ...metric, data: markData(metric.data, stackId) });
  return { ...group, scopes: group.scopes.map((scope) => ({ ...scope, items: scope.items.map(markMetric) })) };
}

function markData(data: MetricData, stackId: string): MetricData {
  if (data.kind === 'none') return data;
  const points = data.points.map((point) => ({
    ...point,
    attributes: markAttributes(point.attributes, stackLabel, stackId),
  }));
  return { ...data, points } as MetricData; // the same kind with the same points, attributes aside
}

function markOneSeries(series: WrittenSeries, stackId: string): WrittenSeries {
  const labels = [...series.labels.filter(({ name }) => name !== stackLabel), { name: stackLabel, value: stackId }];
  // Remote write wants labels sorted by name.
  return { ...series, labels: labels.sort((a, b) => compareText(a.name, b.name)) };
}

function markStream({ labels, entries }: PushStream, stackId: string): PushStream {
  return { labels: { ...readLabels(labels), [stackLabel]: stackId }, entries: entries.map(dropForeignMark) };
}

/** @throws QueryError for a text that is no selector */
function readLabels(labels: PushStream['labels']): Readonly<Record<string, string>> {
  if (typeof labels !== 'string') return labels;
  return Object.fromEntries(parseSelectorOnly(labels).map(({ name, value }) => [name, value]));
}

function dropForeignMark(entry: PushEntry): PushEntry {
  const hasMark = entry.metadata.some(([name]) => name === stackLabel);
  return hasMark ? { ...entry, metadata: entry.metadata.filter(([name]) => name !== stackLabel) } : entry;
}
