// What the evaluator reads: spans as columns, attribute keys and values as dictionary ids, traces as chains of rows.
// A store hands out one snapshot per query. Arrays may be longer than the snapshot; only rows below the counts are part of it.
import type { Static } from './values.ts';

/** Attributes of many owners: those of owner `i` are at `starts[i]` up to `starts[i + 1]`. */
export interface AttributeColumns {
  readonly starts: Uint32Array;
  readonly keys: Uint32Array;
  readonly values: Uint32Array;
}

/** Rows of a block: filters look at so many together, and of as many the extremes of a column are known. */
export const blockRows = 4096;

/** The least and the greatest number of each block of a column. */
export interface Extremes {
  readonly least: Float64Array;
  readonly greatest: Float64Array;
}

/** Spans by row, in the order of arrival. */
export interface SpanColumns {
  readonly count: number;
  /** Trace of the span, and the next row of the same trace (-1: last). */
  readonly trace: Uint32Array;
  readonly next: Int32Array;
  /** Start as whole seconds since 1970 and the nanoseconds within the second. */
  readonly startSec: Float64Array;
  readonly startNano: Uint32Array;
  readonly durationNs: Float64Array;
  readonly startSecExtremes: Extremes;
  readonly durationExtremes: Extremes;
  /** Span ids as two halves; the parent's are 0 where there is none (`hasParent` 0). */
  readonly idHigh: Uint32Array;
  readonly idLow: Uint32Array;
  readonly parentHigh: Uint32Array;
  readonly parentLow: Uint32Array;
  readonly hasParent: Uint8Array;
  /** Value ids of strings. */
  readonly name: Uint32Array;
  readonly statusMessage: Uint32Array;
  /** OTLP numbers. */
  readonly kind: Uint8Array;
  readonly status: Uint8Array;
  readonly resource: Uint32Array;
  readonly scope: Uint32Array;
  readonly attributes: AttributeColumns;
  /** Nested-set bounds, valid after `prepareTree`; 0: not connected to a root; parent -1: a root. */
  readonly left: Int32Array;
  readonly right: Int32Array;
  readonly parent: Int32Array;
  /** Events and links of row `i` are at `starts[i]` up to `starts[i + 1]` of their own columns. */
  readonly eventStarts: Uint32Array;
  readonly linkStarts: Uint32Array;
}

/** What spans have several of: those of row `r` are at `starts[r]` up to `starts[r + 1]`. */
export interface Several {
  readonly starts: Uint32Array;
  readonly of: Uint32Array;
}

/** Stands for the key of the pair that says the name of a span. */
export const nameKey = -1;
/** The form that those of a shape alone extend. */
export const noForm = -1;

/** Stands for all values of a type (`typeCodes`); value ids are not negative. */
export function valueOfType(type: number): number {
  return -1 - type;
}

/** The type of which the above stands for all values. */
export function typeOfValue(value: number): number {
  return -1 - value;
}

/**
 * Spans that are alike in resource, scope, kind, status and its message (shape), in name, and in attributes of few values have
 * one form. A form is another one with one pair of key and value more; that of a shape alone extends `noForm` by the shape.
 */
export interface SpanForms {
  /** As long as it is the same, spans, forms and pairs only came to those that were there, and so did the values of the dictionary. */
  readonly origin: symbol;
  /** By row. */
  readonly of: Uint32Array;
  /** Forms are below it; each extends one with a smaller number. */
  readonly count: number;
  /** By form: the form that it extends, and the pair that it has more. */
  readonly parents: Int32Array;
  readonly lastPairs: Int32Array;
  /** By pair: its key (or `nameKey`) and its value id, or what stands for all values of a type. */
  readonly pairs: {
    readonly count: number;
    /** Keys are below it. */
    readonly keyCount: number;
    readonly keys: Int32Array;
    readonly values: Int32Array;
  };
  /** By row: pairs of attributes of many values, of which the form has only key and type. */
  readonly loose: Several;
  /** By shape: a row that has it. */
  readonly shapeRows: readonly number[];
}

export interface EventColumns {
  readonly name: Uint32Array;
  /** Nanoseconds since the span's start; negative if the event is earlier. */
  readonly sinceStartNs: Float64Array;
  readonly attributes: AttributeColumns;
}

export interface LinkColumns {
  /** Value ids of hex strings. */
  readonly traceId: Uint32Array;
  readonly spanId: Uint32Array;
  readonly attributes: AttributeColumns;
}

/** Resources, interned: spans of one service share a row. */
export interface ResourceColumns {
  readonly count: number;
  readonly attributes: AttributeColumns;
}

/** Instrumentation scopes, interned. */
export interface ScopeColumns {
  readonly count: number;
  readonly name: Uint32Array;
  readonly version: Uint32Array;
  readonly attributes: AttributeColumns;
}

export interface TraceColumns {
  readonly count: number;
  readonly firstRow: Int32Array;
  readonly startSec: Float64Array;
  readonly startNano: Uint32Array;
  readonly endSec: Float64Array;
  readonly endNano: Uint32Array;
  /** The root span; -1 while none has come. */
  readonly rootRow: Int32Array;
  readonly spanCount: Uint32Array;
}

/**
 * Types of values as numbers, for loops over columns. `other`: arrays (those of one element, too), integers beyond
 * 53 bits, and what has no type.
 */
export const typeCodes = { other: 0, string: 1, int: 2, float: 3, boolean: 4 } as const;

export interface TraceSource {
  /** Called often in long scans; throws when the time of the query is over. Default: it never is. */
  readonly pace?: () => void;
  readonly spans: SpanColumns;
  readonly events: EventColumns;
  readonly links: LinkColumns;
  readonly resources: ResourceColumns;
  readonly scopes: ScopeColumns;
  readonly traces: TraceColumns;
  /** Number of values in the dictionary. */
  readonly valueCount: number;
  /** The value of an id; nil for what TraceQL has no type for (maps, bytes, mixed and empty arrays). */
  value(id: number): Static;
  /** By value id: its type (`typeCodes`), and the number of an int or float. */
  readonly valueTypes: Uint8Array;
  readonly valueNumbers: Float64Array;
  /** The value id of a string; undefined if no span ever had it. */
  stringId(text: string): number | undefined;
  /** By row: value id + 1 of the span's attribute with this key, 0 where it has none. */
  spanAttribute(key: number): Uint32Array;
  forms(): SpanForms;
  keyId(key: string): number | undefined;
  key(id: number): string;
  /** 32 hex digits. */
  traceId(trace: number): string;
  traceOf(traceId: string): number | undefined;
  /** Fills the nested-set columns of one trace. */
  prepareTree(trace: number): void;
}
