// Reads one attribute or intrinsic of a span from the columns, as far as the query's conditions let it be seen.
import type * as ast from './ast.ts';
import type { AttributeColumns, TraceSource } from './source.ts';
import { absentMark, type Kind, type Static, type Status } from './values.ts';
import { type AnyOf, dedicatedResourceColumns, dedicatedSpanColumns, type GenericAttributes } from './visibility.ts';

/** A value by row; undefined where the span has none, nil where it has one that cannot be seen. */
export interface Field {
  readonly get: (row: number) => Static | undefined;
  /** Set if a small number decides the value: 0 … size - 1, or -1 for absent. */
  readonly coded?: {
    readonly size: number;
    readonly idOf: (row: number) => number;
    readonly at: (id: number) => Static | undefined;
  };
}

/** A field decided by an id; each id is worked out once. */
export function makeCoded(size: number, idOf: (row: number) => number, at: (id: number) => Static | undefined): Field {
  let known: (Static | undefined)[] | undefined;
  let done: Uint8Array | undefined;
  const get = (row: number) => {
    known ??= new Array<Static | undefined>(size + 1);
    done ??= new Uint8Array(size + 1);
    const slot = idOf(row) + 1;
    if (done[slot] === 0) {
      known[slot] = at(slot - 1);
      done[slot] = 1;
    }
    return known[slot];
  };
  return { get, coded: { size, idOf, at } };
}

/** The first of several fields that has a value, as one field. */
export function firstOf(parts: readonly Required<Field>[]): Field {
  const offsets: number[] = [];
  let size = 0;
  for (const { coded } of parts) {
    offsets.push(size);
    size += coded.size + 1;
  }
  const present = parts.map(({ coded }) => memoTest(coded.size + 1, (slot) => coded.at(slot - 1) !== undefined));
  const idOf = (row: number) => {
    for (let part = 0; part < parts.length; part++) {
      // The three lists are of one length.
      const slot = parts[part]!.coded.idOf(row) + 1;
      if (present[part]!(slot)) return offsets[part]! + slot;
    }
    return -1;
  };
  const at = (id: number) => {
    const part = offsets.findLastIndex((offset) => offset <= id);
    const found = parts[part];
    return found?.coded.at(id - offsets[part]! - 1); // a part that was found has an offset
  };
  return makeCoded(size, idOf, at);
}

// Answers for small numbers, each worked out once.
function memoTest(size: number, test: (slot: number) => boolean): (slot: number) => boolean {
  const known = new Uint8Array(size);
  return (slot) => {
    if (known[slot] === 0) known[slot] = test(slot) ? 2 : 1;
    return known[slot] === 2;
  };
}

/** Looks an attribute up among those of one owner; the value id, or -1. */
export function findAttribute({ starts, keys, values }: AttributeColumns, owner: number, key: number): number {
  const end = starts[owner + 1]!; // owners have a start and an end
  for (let i = starts[owner]!; i < end; i++) if (keys[i] === key) return values[i]!;
  return -1;
}

/** How a scope with dedicated columns reads its attributes. */
export interface AttributeReader {
  readonly generic: GenericAttributes;
  /** Conditions on dedicated columns, by key. */
  readonly dedicated: ReadonlyMap<string, AnyOf>;
  /** Keys that some condition wants to be missing. */
  readonly missing: ReadonlySet<string>;
}

/** An attribute of the span itself. */
export function spanAttribute(name: string, source: TraceSource, reader: AttributeReader): Field {
  const { attributes } = source.spans;
  const key = source.keyId(name);
  const idOf = key === undefined ? () => -1 : (row: number) => findAttribute(attributes, row, key);
  const at = attributeAt(name, reader, dedicatedSpanColumns);
  return makeCoded(source.valueCount, idOf, (id) => at(id === -1 ? undefined : source.value(id)));
}

/** An attribute of the span's resource. */
export function resourceAttribute(name: string, source: TraceSource, reader: AttributeReader): Field {
  const { attributes, count } = source.resources;
  const { resource } = source.spans;
  const key = source.keyId(name);
  const at = attributeAt(name, reader, dedicatedResourceColumns);
  return makeCoded(
    count,
    (row) => resource[row]!, // rows come from the source
    (id) => {
      const found = key === undefined ? -1 : findAttribute(attributes, id, key);
      const value = found === -1 ? undefined : source.value(found);
      // The column of service.name cannot be empty: without a name it is "".
      const isUnnamed = name === 'service.name' && value?.type !== 'string' && reader.dedicated.has(name);
      return at(isUnnamed ? { type: 'string', value: '' } : value);
    },
  );
}

function attributeAt(
  name: string,
  reader: AttributeReader,
  columns: ReadonlyMap<string, string>,
): (value: Static | undefined) => Static | undefined {
  const column = columns.get(name);
  const wanted = reader.dedicated.get(name);
  const isMissingWanted = reader.missing.has(name);
  const isGeneric = reader.generic.keys.has(name) && reader.generic.isRead;
  const showsAbsence = column === undefined ? isMissingWanted : isMissingWanted || wanted?.takesAll === true;
  return (value) => {
    if (value !== undefined && column === value.type) return wanted?.test(value) ? value : undefined;
    if (value !== undefined && isGeneric) {
      const seen = reader.generic.see(value);
      if (seen.type !== 'nil' || !reader.generic.hidesInvisible) return seen;
    }
    return showsAbsence && (column !== undefined || value === undefined) ? absentMark : undefined;
  };
}

/** An attribute of the span's instrumentation scope. */
export function scopeAttribute(name: string, source: TraceSource, reader: AttributeReader): Field {
  const { attributes, count } = source.scopes;
  const { scope } = source.spans;
  const key = source.keyId(name);
  const at = attributeAt(name, reader, new Map());
  return makeCoded(
    count,
    (row) => scope[row]!, // rows come from the source
    (id) => {
      const found = key === undefined ? -1 : findAttribute(attributes, id, key);
      return at(found === -1 ? undefined : source.value(found));
    },
  );
}

// OTLP's numbers, https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
const kinds: readonly Kind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses: readonly Status[] = ['unset', 'ok', 'error'];
const codeCount = 256;

type Reader = (source: TraceSource) => Field;

const spanIntrinsics: Partial<Record<ast.Intrinsic, Reader>> = {
  name: ({ spans, valueCount, value }) => makeCoded(valueCount, (row) => spans.name[row]!, value),
  statusMessage: ({ spans, valueCount, value }) => makeCoded(valueCount, (row) => spans.statusMessage[row]!, value),
  kind: ({ spans }) =>
    makeCoded(
      codeCount,
      (row) => spans.kind[row]!,
      (code) => ({ type: 'kind', value: kinds[code] ?? (`kind(${code})` as Kind) }),
    ),
  status: ({ spans }) =>
    makeCoded(
      codeCount,
      (row) => spans.status[row]!,
      (code) => ({ type: 'status', value: statuses[code] ?? (`status(${code})` as Status) }),
    ),
  duration: ({ spans }) => ({ get: (row) => ({ type: 'duration', value: spans.durationNs[row]! }) }),
  'span:id': ({ spans }) => ({
    get: (row) => ({ type: 'string', value: formatId(spans.idHigh[row]!, spans.idLow[row]!) }),
  }),
  'span:parentID': ({ spans }) => ({
    get: (row) => ({ type: 'string', value: formatId(spans.parentHigh[row]!, spans.parentLow[row]!) }),
  }),
  // Tempo's block format keeps no child counts.
  'span:childCount': () => ({ get: () => undefined }),
  nestedSetLeft: ({ spans }) => ({ get: (row) => ({ type: 'int', value: spans.left[row]! }) }),
  nestedSetRight: ({ spans }) => ({ get: (row) => ({ type: 'int', value: spans.right[row]! }) }),
  nestedSetParent: ({ spans }) => ({ get: (row) => ({ type: 'int', value: spans.parent[row]! }) }),
  spanStartTime: () => ({ get: () => undefined }),
  'instrumentation:name': ({ spans, scopes, value }) =>
    makeCoded(
      scopes.count,
      (row) => spans.scope[row]!,
      (id) => value(scopes.name[id]!),
    ),
  'instrumentation:version': ({ spans, scopes, value }) =>
    makeCoded(
      scopes.count,
      (row) => spans.scope[row]!,
      (id) => value(scopes.version[id]!),
    ),
  rootName: (source) => byTrace(source, (trace) => ({ type: 'string', value: readRootName(source, trace) })),
  rootServiceName: (source) => byTrace(source, (trace) => ({ type: 'string', value: readRootService(source, trace) })),
  traceDuration: (source) =>
    byTrace(source, (trace) => ({ type: 'duration', value: readTraceDurationNs(source, trace) })),
  'trace:id': (source) =>
    byTrace(source, (trace) => ({ type: 'string', value: source.traceId(trace).replace(/^0+/, '') })),
};

/** An intrinsic of the span, its scope or its trace, whole. */
export function intrinsicField(intrinsic: ast.Intrinsic, source: TraceSource): Field {
  return spanIntrinsics[intrinsic]?.(source) ?? { get: () => undefined };
}

/** The field with the values left out that nobody asked for. */
export function restrict(field: Field, wanted: AnyOf): Field {
  if (wanted.takesAll) return field;
  const filter = (value: Static | undefined) => (value !== undefined && wanted.test(value) ? value : undefined);
  const { coded } = field;
  return coded
    ? makeCoded(coded.size, coded.idOf, (id) => filter(coded.at(id)))
    : { get: (row) => filter(field.get(row)) };
}

function byTrace(source: TraceSource, at: (trace: number) => Static): Field {
  const { trace } = source.spans;
  return makeCoded(source.traces.count, (row) => trace[row]!, at);
}

function formatId(high: number, low: number): string {
  return high.toString(16).padStart(8, '0') + low.toString(16).padStart(8, '0');
}

/** Name of the root span; '' while none has come. */
export function readRootName(source: TraceSource, trace: number): string {
  const root = source.traces.rootRow[trace]!; // traces come from the source
  const name = root === -1 ? undefined : source.value(source.spans.name[root]!);
  return name?.type === 'string' ? name.value : '';
}

/** Service of the root span; '' while no root has come or if it has no name. */
export function readRootService(source: TraceSource, trace: number): string {
  const root = source.traces.rootRow[trace]!; // as above
  return root === -1 ? '' : readServiceName(source, source.spans.resource[root]!);
}

/** service.name of a resource; '' if there is none. */
export function readServiceName(source: TraceSource, resource: number): string {
  const key = source.keyId('service.name');
  const id = key === undefined ? -1 : findAttribute(source.resources.attributes, resource, key);
  const value = id === -1 ? undefined : source.value(id);
  return value?.type === 'string' ? value.value : '';
}

/** From the first start to the last end of its spans. */
export function readTraceDurationNs({ traces }: TraceSource, trace: number): number {
  const nanosPerSecond = 1e9;
  // Traces come from the source.
  const seconds = traces.endSec[trace]! - traces.startSec[trace]!;
  return Math.max(0, seconds * nanosPerSecond + traces.endNano[trace]! - traces.startNano[trace]!);
}
