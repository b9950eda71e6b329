// Masks an export request, copying only what changes: nearly always nothing, and then the same object comes back.
import type { Redaction } from '../../model/stack-state.ts';
import { maskedText } from '../../std/secrets/sensitive-key.ts';
import type { PushStream } from '../../wire/loki/push.ts';
import type { RecordOf, Signal } from '../../wire/otlp/request.ts';
import type {
  AnyValue,
  Exemplar,
  ExportRequest,
  KeyValue,
  LogRecord,
  Metric,
  MetricData,
  Span,
} from '../../wire/otlp/types.ts';
import type { WrittenExemplar, WrittenLabel, WrittenSeries } from '../../wire/prometheus/remote-write.ts';
import { type MaskRules, makeMaskRules } from './rules.ts';

type MaskRecord<T> = (record: T) => T;
const maskedValue: AnyValue = { kind: 'string', value: maskedText };

/** Masks what comes in; each method returns the very same object when it holds no secret. */
export interface Masker {
  /** Is a value under this name a secret whatever it looks like? */
  isSensitiveKey(key: string): boolean;
  maskText(text: string): string;
  maskAttributes(attributes: readonly KeyValue[]): readonly KeyValue[];
  maskLog(record: LogRecord): LogRecord;
  maskExport<S extends Signal>(signal: S, request: ExportRequest<RecordOf[S]>): ExportRequest<RecordOf[S]>;
  maskSeries(series: readonly WrittenSeries[]): readonly WrittenSeries[];
  /** Lines and structured metadata; labels name streams and stay. */
  maskStreams(streams: readonly PushStream[]): readonly PushStream[];
  /** obs.yaml adds rules that only this masker knows: then no export may be judged by its bytes. */
  readonly hasOwnRules: boolean;
  /** obs.yaml switches masking off. */
  readonly isOff: boolean;
}

/** The masker of a stack; null is `redact` left out of obs.yaml. @throws Re2SyntaxError */
export function makeMasker(redact: Redaction | null = null): Masker {
  const rules = makeMaskRules(redact);
  const { isSensitive, maskText } = rules;
  const attributes = makeAttributeMasker(rules);
  const records: { readonly [S in Signal]: MaskRecord<RecordOf[S]> } = {
    logs: (record) => maskLog(record, attributes),
    metrics: (metric) => maskMetric(metric, attributes),
    traces: (span) => maskSpan(span, attributes),
  };
  return {
    hasOwnRules: rules.areExtended,
    isOff: rules.areOff,
    isSensitiveKey: isSensitive,
    maskText,
    maskAttributes: (list) => attributes.list(list),
    maskLog: records.logs,
    maskExport: (signal, request) =>
      mapChanged(request, (group) =>
        withChanges(group, {
          resource: withChanges(group.resource, { attributes: attributes.list(group.resource.attributes) }),
          scopes: mapChanged(group.scopes, (scope) =>
            withChanges(scope, {
              scope: withChanges(scope.scope, { attributes: attributes.list(scope.scope.attributes) }),
              items: mapChanged(scope.items, records[signal]),
            }),
          ),
        }),
      ),
    maskStreams: (streams) =>
      mapChanged(streams, (stream) =>
        withChanges(stream, {
          entries: mapChanged(stream.entries, (entry) =>
            withChanges(entry, {
              line: maskText(entry.line),
              metadata: mapChanged(entry.metadata, (pair) => {
                const value = isSensitive(pair[0]) ? maskedText : maskText(pair[1]);
                return value === pair[1] ? pair : ([pair[0], value] as const);
              }),
            }),
          ),
        }),
      ),
    maskSeries: (series) => {
      const maskLabel = (label: WrittenLabel): WrittenLabel =>
        withChanges(label, { value: isSensitive(label.name) ? maskedText : maskText(label.value) });
      const maskExemplar = (exemplar: WrittenExemplar): WrittenExemplar =>
        withChanges(exemplar, { labels: mapChanged(exemplar.labels, maskLabel) });
      return mapChanged(series, (one) => {
        const masked = withChanges(one, { labels: mapChanged(one.labels, maskLabel) });
        return masked.exemplars === undefined
          ? masked
          : withChanges(masked, { exemplars: mapChanged(masked.exemplars, maskExemplar) });
      });
    },
  };
}

interface AttributeMasker {
  list(attributes: readonly KeyValue[]): readonly KeyValue[];
  value(value: AnyValue): AnyValue;
  text(text: string): string;
}

function makeAttributeMasker({ isSensitive, isListed, maskText }: MaskRules): AttributeMasker {
  const value = (of: AnyValue): AnyValue => {
    if (of.kind === 'string') {
      const text = maskText(of.value);
      return text === of.value ? of : { kind: 'string', value: text };
    }
    if (of.kind === 'array') return withChanges(of, { value: mapChanged(of.value, value) });
    if (of.kind === 'kvlist') return withChanges(of, { value: list(of.value) });
    return of;
  };
  const attribute = (of: KeyValue): KeyValue => {
    if (isListed(of.key)) return { ...of, value: maskedValue };
    return withChanges(of, { value: isSensitive(of.key) ? hideAll(of.value) : value(of.value) });
  };
  const list = (attributes: readonly KeyValue[]) => mapChanged(attributes, attribute);
  return { list, value, text: maskText };
}

// Under a secret name text and bytes are secret; numbers (a count of tokens) and booleans (is there a password) are not.
function hideAll(value: AnyValue): AnyValue {
  switch (value.kind) {
    case 'string':
      return value.value === '' ? value : maskedValue;
    case 'bytes':
      return maskedValue;
    case 'array':
      return withChanges(value, { value: mapChanged(value.value, hideAll) });
    case 'kvlist':
      return withChanges(value, {
        value: mapChanged(value.value, (inner) => withChanges(inner, { value: hideAll(inner.value) })),
      });
    default:
      return value;
  }
}

function maskLog(record: LogRecord, attributes: AttributeMasker): LogRecord {
  return withChanges(record, {
    body: attributes.value(record.body),
    attributes: attributes.list(record.attributes),
  });
}

function maskSpan(span: Span, attributes: AttributeMasker): Span {
  return withChanges(span, {
    name: attributes.text(span.name),
    attributes: attributes.list(span.attributes),
    events: mapChanged(span.events, (event) =>
      withChanges(event, { name: attributes.text(event.name), attributes: attributes.list(event.attributes) }),
    ),
    links: mapChanged(span.links, (link) => withChanges(link, { attributes: attributes.list(link.attributes) })),
    status: withChanges(span.status, { message: attributes.text(span.status.message) }),
  });
}

function maskMetric(of: Metric, attributes: AttributeMasker): Metric {
  const metric = withChanges(of, { metadata: attributes.list(of.metadata) });
  const { data } = metric;
  if (data.kind === 'none') return metric;
  // Each kind has points of its own type, and maskPoint keeps the type of what it is given.
  const points = mapChanged(data.points as readonly MaskablePoint[], (point) => maskPoint(point, attributes));
  return withChanges(metric, { data: withChanges(data, { points } as Partial<MetricData>) });
}

interface MaskablePoint {
  readonly attributes: readonly KeyValue[];
  readonly exemplars?: readonly Exemplar[];
}

function maskPoint(point: MaskablePoint, attributes: AttributeMasker): MaskablePoint {
  const masked = withChanges(point, { attributes: attributes.list(point.attributes) });
  if (point.exemplars === undefined) return masked;
  return withChanges(masked, {
    exemplars: mapChanged(point.exemplars, (exemplar) =>
      withChanges(exemplar, { filteredAttributes: attributes.list(exemplar.filteredAttributes) }),
    ),
  });
}

/** The same array when `change` returns every element as it was. */
function mapChanged<T>(list: readonly T[], change: (element: T) => T): readonly T[] {
  let changed: T[] | undefined;
  for (let i = 0; i < list.length; i++) {
    const before = list[i]!; // i is an index of the list
    const after = change(before);
    if (after === before) continue;
    changed ??= [...list];
    changed[i] = after;
  }
  return changed ?? list;
}

/** The same object when every property in `changes` is as it was. */
function withChanges<T extends object>(of: T, changes: Partial<T>): T {
  for (const key in changes) if (changes[key] !== of[key]) return { ...of, ...changes };
  return of;
}
