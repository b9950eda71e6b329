// Traces written as text, for tests. One span a line, indented below its parent:
//   front @gateway 0ms+100ms server span.code=200 resource.zone=eu
//     charge @checkout 10ms+50ms error "card declined" event.exception(5ms).type=TypeError
// Times are from `epochNs`. A line without indent starts a trace; span n of trace m has ids made of m and n.
import type { AnyValue, KeyValue, ResourceGroup, Scope, Span } from '../../src/wire/otlp/types.ts';

/** All times in the texts count from here. */
export const epochNs = 1_700_000_000_000_000_000n;

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses = ['unset', 'ok', 'error'];
const nanosPerUnit: Readonly<Record<string, number>> = { ns: 1, us: 1e3, ms: 1e6, s: 1e9 };

/** Export groups, one per span, in the order of the lines. */
export function parseTraces(text: string): ResourceGroup<Span>[] {
  const groups: ResourceGroup<Span>[] = [];
  const open: { readonly indent: number; readonly spanId: string }[] = [];
  let trace = 0;
  for (const line of text.split('\n').filter((one) => one.trim() !== '')) {
    const indent = line.length - line.trimStart().length;
    while (open.length > 0 && (open.at(-1)?.indent ?? 0) >= indent) open.pop();
    const parent = open.at(-1);
    if (!parent) trace++;
    const spanId = (groups.length + 1).toString(16).padStart(16, '0');
    groups.push(parseSpan(line.trim(), { traceId: traceIdOf(trace), spanId, parentSpanId: parent?.spanId ?? '' }));
    open.push({ indent, spanId });
  }
  return groups;
}

/** The id of the nth trace of a text, from 1. */
export function traceIdOf(trace: number): string {
  return trace.toString(16).padStart(32, 'f');
}

type Ids = Pick<Span, 'traceId' | 'spanId' | 'parentSpanId'>;

function parseSpan(line: string, ids: Ids): ResourceGroup<Span> {
  const [name = '', ...words] = line.match(/"[^"]*"|\S+/g) ?? [];
  const attributes = { span: [] as KeyValue[], resource: [] as KeyValue[], instrumentation: [] as KeyValue[] };
  const scope = { name: '', version: '' };
  const span = { kind: 0, status: { code: 0, message: '' }, startNs: epochNs, endNs: epochNs };
  const events: Span['events'][number][] = [];
  const links: Span['links'][number][] = [];
  for (const word of words) {
    const time = /^(\d+)(ns|us|ms|s)\+(\d+)(ns|us|ms|s)$/.exec(word);
    const attribute = /^(span|resource|instrumentation)\.([^=]+)=(.*)$/.exec(word);
    const event = /^event\.(\w+)\((\d+)(ns|us|ms|s)\)(?:\.([^=]+)=(.*))?$/.exec(word);
    const link = /^link\.(\w+)\.(\w+)(?:\.([^=]+)=(.*))?$/.exec(word);
    if (time) {
      span.startNs = epochNs + toNanos(time[1], time[2]);
      span.endNs = span.startNs + toNanos(time[3], time[4]);
    } else if (attribute) {
      attributes[attribute[1] as keyof typeof attributes].push(toKeyValue(attribute[2], attribute[3])); // one of the keys
    } else if (event) {
      events.push({
        timeUnixNano: span.startNs + toNanos(event[2], event[3]),
        name: event[1] ?? '',
        attributes: event[4] === undefined ? [] : [toKeyValue(event[4], event[5])],
        droppedAttributesCount: 0,
      });
    } else if (link) {
      links.push({
        traceId: (link[1] ?? '').padStart(32, '0'),
        spanId: (link[2] ?? '').padStart(16, '0'),
        traceState: '',
        flags: 0,
        attributes: link[3] === undefined ? [] : [toKeyValue(link[3], link[4])],
        droppedAttributesCount: 0,
      });
    } else if (word.startsWith('@')) {
      attributes.resource.unshift(toKeyValue('service.name', word.slice(1)));
    } else if (word.startsWith('lib:')) {
      [scope.name = '', scope.version = ''] = word.slice('lib:'.length).split('/');
    } else if (kinds.includes(word)) {
      span.kind = kinds.indexOf(word);
    } else if (statuses.includes(word)) {
      span.status.code = statuses.indexOf(word);
    } else if (word.startsWith('"')) {
      span.status.message = word.slice(1, -1);
    } else throw new Error(`cannot read ${word} in ${line}`);
  }
  const item: Span = {
    ...ids,
    traceState: '',
    flags: 0,
    name,
    kind: span.kind,
    startTimeUnixNano: span.startNs,
    endTimeUnixNano: span.endNs,
    attributes: attributes.span,
    droppedAttributesCount: 0,
    events,
    droppedEventsCount: 0,
    links,
    droppedLinksCount: 0,
    status: span.status,
  };
  return {
    resource: { attributes: attributes.resource, droppedAttributesCount: 0 },
    schemaUrl: '',
    scopes: [{ scope: makeScope(scope, attributes.instrumentation), schemaUrl: '', items: [item] }],
  };
}

function makeScope(scope: { name: string; version: string }, attributes: readonly KeyValue[]): Scope {
  return { ...scope, attributes, droppedAttributesCount: 0 };
}

function toNanos(amount: string | undefined, unit: string | undefined): bigint {
  return BigInt(Number(amount) * (nanosPerUnit[unit ?? ''] ?? Number.NaN));
}

function toKeyValue(key: string | undefined, text: string | undefined): KeyValue {
  return { key: key ?? '', value: toValue(text ?? '') };
}

/** 1 is an integer, 1.5 and 1.0 floats, true a boolean, [1,2] a list, "1" and everything else text. */
function toValue(text: string): AnyValue {
  if (/^".*"$/.test(text)) return { kind: 'string', value: text.slice(1, -1) };
  if (/^\[.*\]$/.test(text)) return { kind: 'array', value: text.slice(1, -1).split(',').map(toValue) };
  if (/^-?\d+$/.test(text)) return { kind: 'int', value: Number(text) };
  if (/^-?\d+\.\d+$/.test(text)) return { kind: 'double', value: Number(text) };
  if (text === 'true' || text === 'false') return { kind: 'bool', value: text === 'true' };
  return { kind: 'string', value: text };
}
