// Reads one attribute or intrinsic of a span from the columns, as far as the query's conditions let it be seen.
import type * as ast from './ast.ts';
import { gatherBytes, gatherWords } from './loops.ts';
import type { AttributeColumns, TraceSource } from './source.ts';
import { absentMark, type Kind, type Static, type Status } from './values.ts';
import {
  type AnyOf,
  type ColumnType,
  type Comparison,
  dedicatedResourceColumns,
  dedicatedSpanColumns,
  type GenericAttributes,
} from './visibility.ts';

/** A value by row; undefined where the span has none, nil where it has one that cannot be seen. */
export interface Field {
  readonly get: (row: number) => Static | undefined;
  /** Set if a small number decides the value: 0 … size - 1, or -1 for absent. */
  readonly coded?: Coded;
  /** Set if the value of every row is a duration of this column. */
  readonly durationsNs?: Float64Array;
  /** Set for span ids: their halves by row, and whether every id that passes a comparison is seen. */
  readonly ids?: {
    readonly high: Uint32Array;
    readonly low: Uint32Array;
    readonly includes: (comparison: Comparison) => boolean;
  };
}

export interface Coded {
  readonly size: number;
  readonly idOf: (row: number) => number;
  readonly at: (id: number) => Static | undefined;
  /** Set if the id is the power of two that the number in this column is rounded up to (`log2Power`). */
  readonly powersOf?: Float64Array;
  /** Set if the numbers stand in columns: the value is that of the first one that has any. */
  readonly parts?: readonly Part[];
}

/** A column of numbers that decide a value. */
export interface Part {
  readonly size: number;
  /** By row: the id is `slots[row] + shift - 1`, -1 for absent. */
  readonly slots: Uint8Array | Uint32Array;
  readonly shift: 0 | 1;
  /** Set if the slot is that of the root of the row's trace; 0 while no root has come. */
  readonly rootOf?: (row: number) => number;
  readonly at: (id: number) => Static | undefined;
  /** Set if ids are those of values, none of which `at` replaces by another. */
  readonly values?: ValueSight;
  /** The only id that has this text; undefined: there is none. */
  readonly find?: (text: string) => number | undefined;
}

/** Which values of a column of value ids are seen. */
export interface ValueSight {
  /** Is every scalar of this type that passes the comparison (undefined: every one) seen? */
  readonly includes: (type: ColumnType, comparison: Comparison | undefined) => boolean;
}

// Remembering takes a place for each id, which is worth it once a good part of the ids may come again.
const readsPerPlace = 1 / 64;

/** A field decided by an id; where many rows are read, each id is worked out once. */
export function makeCoded(coded: Coded): Field {
  const { size, idOf, at } = coded;
  let known: (Static | undefined)[] | undefined;
  let done: Uint8Array | undefined;
  let reads = 0;
  const get = (row: number) => {
    const slot = idOf(row) + 1;
    if (known === undefined || done === undefined) {
      if (++reads < size * readsPerPlace) return at(slot - 1);
      known = new Array<Static | undefined>(size + 1);
      done = new Uint8Array(size + 1);
    }
    if (done[slot] === 0) {
      known[slot] = at(slot - 1);
      done[slot] = 1;
    }
    return known[slot];
  };
  return { get, coded };
}

/** A field decided by the number in a column. */
export function makeColumnField(part: Part): Field {
  const { slots, shift, size, at, rootOf } = part;
  const idOf = (row: number) => slots[row]! + shift - 1; // rows come from the source
  const idOfRoot = (row: number) => (row === -1 ? -1 : idOf(row));
  return makeCoded({ size, idOf: rootOf ? (row) => idOfRoot(rootOf(row)) : idOf, at, parts: [part] });
}

interface SlotsWanted {
  readonly rows: Uint32Array;
  readonly count: number;
  readonly into: Int32Array;
}

/** The slots (id + 1) of a list of rows. */
export function readSlots({ parts, idOf }: Coded, { rows, count, into }: SlotsWanted): void {
  const [part, ...more] = parts ?? [];
  if (!part || more.length > 0 || part.rootOf)
    for (let i = 0; i < count; i++) into[i] = idOf(rows[i]!) + 1; // rows are of the source
  else if (part.slots instanceof Uint8Array) gatherBytes(part.slots, { rows, count, shift: part.shift }, into);
  else gatherWords(part.slots, { rows, count, shift: part.shift }, into);
}

// Up to so many values are looked at to see whether there is any.
const mostLookedThrough = 1024;

/** The first of several fields that has a value, as one field. */
export function firstOf(fields: readonly Required<Field>[]): Field {
  const used = fields.filter(({ coded }) => mayHaveValue(coded));
  if (used.length === 1 && used[0]) return used[0];
  const offsets: number[] = [];
  let size = 0;
  for (const { coded } of used) {
    offsets.push(size);
    size += coded.size + 1;
  }
  const present = used.map(({ coded }) => memoTest(coded.size + 1, (slot) => coded.at(slot - 1) !== undefined));
  const idOf = (row: number) => {
    for (let field = 0; field < used.length; field++) {
      // The three lists are of one length.
      const slot = used[field]!.coded.idOf(row) + 1;
      if (present[field]!(slot)) return offsets[field]! + slot;
    }
    return -1;
  };
  const at = (id: number) => {
    const field = offsets.findLastIndex((offset) => offset <= id);
    const found = used[field];
    return found?.coded.at(id - offsets[field]! - 1); // a field that was found has an offset
  };
  const parts = used.flatMap(({ coded }) => coded.parts ?? []);
  return makeCoded({ size, idOf, at, ...(parts.length === used.length ? { parts } : {}) });
}

function mayHaveValue({ size, at }: Coded): boolean {
  if (size > mostLookedThrough) return true;
  for (let id = -1; id < size; id++) if (at(id) !== undefined) return true;
  return false;
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
  const key = source.keyId(name);
  const sight = seeAttribute(name, reader, dedicatedSpanColumns);
  const { valueCount: size } = source;
  if (key === undefined) return makeCoded({ size: 0, idOf: () => -1, at: () => sight.at(undefined) });
  return makeColumnField({
    size,
    slots: source.spanAttribute(key),
    shift: 0,
    at: (id) => sight.at(id === -1 ? undefined : source.value(id)),
    values: sight,
    find: source.stringId,
  });
}

/** An attribute of the span's resource. */
export function resourceAttribute(name: string, source: TraceSource, reader: AttributeReader): Field {
  const { attributes, count } = source.resources;
  const key = source.keyId(name);
  const { at } = seeAttribute(name, reader, dedicatedResourceColumns);
  return makeColumnField({
    size: count,
    slots: source.spans.resource,
    shift: 1,
    at: (id) => {
      const value = readAttribute(source, attributes, id, key);
      // The column of service.name cannot be empty: without a name it is "".
      const isUnnamed = name === 'service.name' && value?.type !== 'string' && reader.dedicated.has(name);
      return at(isUnnamed ? { type: 'string', value: '' } : value);
    },
  });
}

/** An attribute of the span's instrumentation scope. */
export function scopeAttribute(name: string, source: TraceSource, reader: AttributeReader): Field {
  const { attributes, count } = source.scopes;
  const key = source.keyId(name);
  const { at } = seeAttribute(name, reader, new Map());
  return makeColumnField({
    size: count,
    slots: source.spans.scope,
    shift: 1,
    at: (id) => at(readAttribute(source, attributes, id, key)),
  });
}

function readAttribute(
  source: TraceSource,
  columns: AttributeColumns,
  owner: number,
  key: number | undefined,
): Static | undefined {
  const found = key === undefined || owner === -1 ? -1 : findAttribute(columns, owner, key);
  return found === -1 ? undefined : source.value(found);
}

interface Sight extends ValueSight {
  readonly at: (value: Static | undefined) => Static | undefined;
}

function seeAttribute(name: string, reader: AttributeReader, columns: ReadonlyMap<string, ColumnType>): Sight {
  const column = columns.get(name);
  const wanted = reader.dedicated.get(name);
  const isMissingWanted = reader.missing.has(name);
  const isGeneric = reader.generic.keys.has(name) && reader.generic.isRead;
  const { hidesInvisible } = reader.generic;
  const showsAbsence = column === undefined ? isMissingWanted : isMissingWanted || wanted?.takesAll === true;
  return {
    at: (value) => {
      if (value !== undefined && column === value.type) return wanted?.test(value) ? value : undefined;
      if (value !== undefined && isGeneric) {
        const seen = reader.generic.see(value);
        if (seen.type !== 'nil' || !hidesInvisible) return seen;
      }
      return showsAbsence && (column !== undefined || value === undefined) ? absentMark : undefined;
    },
    includes: (type, comparison) =>
      type === column
        ? (wanted?.includes(comparison) ?? false)
        : isGeneric && reader.generic.includes(type, comparison),
  };
}

// OTLP's numbers, https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
const kinds: readonly Kind[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];
const statuses: readonly Status[] = ['unset', 'ok', 'error'];
const codeCount = 256;

type Reader = (source: TraceSource) => Field;

const spanIntrinsics: Partial<Record<ast.Intrinsic, Reader>> = {
  name: (source) => byText(source, source.spans.name),
  statusMessage: (source) => byText(source, source.spans.statusMessage),
  kind: ({ spans }) =>
    byCode(spans.kind, (code) => ({ type: 'kind', value: kinds[code] ?? (`kind(${code})` as Kind) })),
  status: ({ spans }) =>
    byCode(spans.status, (code) => ({ type: 'status', value: statuses[code] ?? (`status(${code})` as Status) })),
  duration: ({ spans: { durationNs } }) => ({
    get: (row) => ({ type: 'duration', value: durationNs[row]! }),
    durationsNs: durationNs,
  }),
  'span:id': ({ spans }) => byId(spans.idHigh, spans.idLow),
  'span:parentID': ({ spans }) => byId(spans.parentHigh, spans.parentLow),
  // Tempo's block format keeps no child counts.
  'span:childCount': () => ({ get: () => undefined }),
  nestedSetLeft: ({ spans }) => ({ get: (row) => ({ type: 'int', value: spans.left[row]! }) }),
  nestedSetRight: ({ spans }) => ({ get: (row) => ({ type: 'int', value: spans.right[row]! }) }),
  nestedSetParent: ({ spans }) => ({ get: (row) => ({ type: 'int', value: spans.parent[row]! }) }),
  spanStartTime: () => ({ get: () => undefined }),
  'instrumentation:name': (source) => byScope(source, (id) => source.value(source.scopes.name[id]!)),
  'instrumentation:version': (source) => byScope(source, (id) => source.value(source.scopes.version[id]!)),
  rootName: (source) => ofRoot(source, { ...textPart(source, source.spans.name), at: (id) => textOr(source, id) }),
  rootServiceName: (source) =>
    ofRoot(source, {
      size: source.resources.count,
      slots: source.spans.resource,
      shift: 1,
      at: (id) => ({ type: 'string', value: id === -1 ? '' : readServiceName(source, id) }),
    }),
  traceDuration: (source) =>
    byTrace(source, (trace) => ({ type: 'duration', value: readTraceDurationNs(source, trace) })),
  'trace:id': (source) =>
    byTrace(
      source,
      (trace) => ({ type: 'string', value: shortTraceId(source, trace) }),
      (text) => findTrace(source, text),
    ),
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
  if (!coded) {
    const get = (row: number) => filter(field.get(row));
    return field.ids ? { get, ids: { ...field.ids, includes: (comparison) => wanted.includes(comparison) } } : { get };
  }
  const narrow = (part: Part): Part => ({
    ...part,
    at: (id) => filter(part.at(id)),
    ...(part.values ? { values: { includes: (_, comparison) => wanted.includes(comparison) } } : {}),
  });
  return makeCoded({
    ...coded,
    at: (id) => filter(coded.at(id)),
    ...(coded.parts ? { parts: coded.parts.map(narrow) } : {}),
  });
}

function byId(high: Uint32Array, low: Uint32Array): Field {
  return {
    get: (row) => ({ type: 'string', value: formatId(high[row]!, low[row]!) }),
    ids: { high, low, includes: () => true },
  };
}

function byText(source: TraceSource, slots: Uint32Array): Field {
  return makeColumnField(textPart(source, slots));
}

function textPart({ valueCount, value, stringId }: TraceSource, slots: Uint32Array): Part {
  return { size: valueCount, slots, shift: 1, at: value, values: { includes: () => true }, find: stringId };
}

// Of a trace without a root it is "".
function textOr(source: TraceSource, id: number): Static {
  const value = id === -1 ? undefined : source.value(id);
  return value?.type === 'string' ? value : { type: 'string', value: '' };
}

function ofRoot({ spans, traces }: TraceSource, part: Part): Field {
  const { trace } = spans;
  const { rootRow } = traces;
  return makeColumnField({ ...part, rootOf: (row) => rootRow[trace[row]!]! }); // rows come from the source
}

function byCode(slots: Uint8Array, at: (code: number) => Static): Field {
  return makeColumnField({ size: codeCount, slots, shift: 1, at });
}

function byScope({ spans, scopes }: TraceSource, at: (scope: number) => Static): Field {
  return makeColumnField({ size: scopes.count, slots: spans.scope, shift: 1, at });
}

function byTrace({ spans, traces }: TraceSource, at: (trace: number) => Static, find?: Part['find']): Field {
  return makeColumnField({ size: traces.count, slots: spans.trace, shift: 1, at, ...(find ? { find } : {}) });
}

function shortTraceId(source: TraceSource, trace: number): string {
  return source.traceId(trace).replace(/^0+/, '');
}

const traceIdDigits = 32;

function findTrace(source: TraceSource, text: string): number | undefined {
  if (!/^[0-9a-f]{1,32}$/.test(text)) return undefined;
  const trace = source.traceOf(text.padStart(traceIdDigits, '0'));
  return trace !== undefined && shortTraceId(source, trace) === text ? trace : undefined;
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
