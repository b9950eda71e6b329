// OTLP logs to Loki's streams and entries: some resource attributes become stream labels, everything else structured
// metadata. https://grafana.com/docs/loki/latest/send-data/otel/#format-considerations
import { type Label, type Labels, makeLabels } from '../../../logql/values.ts';
import type { LogRecord, LogsRequest, Resource, Scope } from '../../../wire/otlp/types.ts';
import type { NewEntry } from '../../store/logs/log-store.ts';
import { labelsOfAttribute } from './attribute-labels.ts';
import { textOfValue } from './attribute-text.ts';
import { detectLevel } from './detect-level.ts';
import { addServiceName } from './service-name.ts';

/** Resource attributes that become stream labels (Loki's default_resource_attributes_as_index_labels). */
const indexedAttributes: ReadonlySet<string> = new Set([
  'service.name',
  'service.namespace',
  'service.instance.id',
  'deployment.environment',
  'deployment.environment.name',
  'cloud.region',
  'cloud.availability_zone',
  'k8s.cluster.name',
  'k8s.namespace.name',
  'k8s.pod.name',
  'k8s.container.name',
  'container.name',
  'k8s.replicaset.name',
  'k8s.deployment.name',
  'k8s.statefulset.name',
  'k8s.daemonset.name',
  'k8s.cronjob.name',
  'k8s.job.name',
]);

export interface StreamEntries {
  readonly labels: Labels;
  readonly entries: readonly NewEntry[];
}

/** Translates an export; `receivedNs` is the time of records that have none. */
export function entriesOfOtlp(request: LogsRequest, receivedNs: bigint): StreamEntries[] {
  return request.map(({ resource, scopes }) => {
    const { labels, metadata } = splitResource(resource);
    const entries = scopes.flatMap(({ scope, items }) => {
      const shared = [...metadata, ...metadataOfScope(scope)];
      return items.map((record) => makeEntry(record, { labels, shared, receivedNs }));
    });
    return { labels, entries };
  });
}

/** The stream labels of a resource, and what of it is metadata of each record. */
export function splitResource({ attributes }: Resource): { labels: Labels; metadata: Label[] } {
  const indexed: Label[] = [];
  const metadata: Label[] = [];
  for (const attribute of attributes) {
    const target = indexedAttributes.has(attribute.key) ? indexed : metadata;
    target.push(...labelsOfAttribute(attribute));
  }
  return { labels: makeLabels(addServiceName(indexed)), metadata };
}

/** What every record of a scope has as metadata. */
export function metadataOfScope(scope: Scope): Label[] {
  const metadata = scope.attributes.flatMap((attribute) => labelsOfAttribute(attribute));
  if (scope.name !== '') metadata.push(['scope_name', scope.name]);
  if (scope.version !== '') metadata.push(['scope_version', scope.version]);
  if (scope.droppedAttributesCount !== 0) {
    metadata.push(['scope_dropped_attributes_count', String(scope.droppedAttributesCount)]);
  }
  return metadata;
}

/** A record as an entry of the stream with these labels. */
export function makeEntry(
  record: LogRecord,
  of: { readonly labels: Labels; readonly shared: readonly Label[]; readonly receivedNs: bigint },
): NewEntry {
  const line = textOfValue(record.body);
  // Of equal names the last is kept, but the first says the level.
  const all = [...metadataOfRecord(record), ...of.shared];
  const metadata = makeLabels(all);
  const level = detectLevel(of.labels, all, line);
  return {
    timeNs: record.timeUnixNano || record.observedTimeUnixNano || of.receivedNs,
    line,
    metadata: level === undefined ? metadata : makeLabels([...metadata, ['detected_level', level]]),
  };
}

function metadataOfRecord(record: LogRecord): Label[] {
  const metadata = record.attributes.flatMap((attribute) => labelsOfAttribute(attribute));
  const add = (name: string, value: string | number | bigint) => {
    if (value !== '' && value !== 0 && value !== 0n) metadata.push([name, String(value)]);
  };
  // Without a time the observed one is the entry's own, and no label.
  if (record.timeUnixNano !== 0n) add('observed_timestamp', record.observedTimeUnixNano);
  add('severity_number', record.severityNumber);
  add('severity_text', record.severityText);
  add('dropped_attributes_count', record.droppedAttributesCount);
  add('flags', record.flags);
  add('trace_id', record.traceId);
  add('span_id', record.spanId);
  return metadata;
}
