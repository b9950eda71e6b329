// OTLP values as the texts that Loki makes of them: scalars as they print, bytes in base64, lists and maps as JSON with
// sorted keys and HTML signs escaped (Go's encoding/json).
import type { AnyValue, KeyValue } from '../../../wire/otlp/types.ts';

/** The text of a value; lists and maps become JSON. */
export function textOfValue(value: AnyValue): string {
  if (value.kind === 'empty') return '';
  if (value.kind === 'string') return value.value;
  if (value.kind === 'bytes') return Buffer.from(value.value).toString('base64');
  if (value.kind === 'array' || value.kind === 'kvlist') return jsonOfValue(value);
  return value.kind === 'double' ? textOfDouble(value.value) : String(value.value);
}

function jsonOfValue(value: AnyValue): string {
  if (value.kind === 'empty') return 'null';
  if (value.kind === 'array') return `[${value.value.map(jsonOfValue).join(',')}]`;
  if (value.kind === 'kvlist') return `{${sortByKey(value.value).map(jsonOfField).join(',')}}`;
  if (value.kind === 'string' || value.kind === 'bytes') return quoteJson(textOfValue(value));
  return textOfValue(value);
}

function jsonOfField({ key, value }: KeyValue): string {
  return `${quoteJson(key)}:${jsonOfValue(value)}`;
}

// Of equal keys the last wins, as in a Go map.
function sortByKey(fields: readonly KeyValue[]): KeyValue[] {
  const byKey = new Map(fields.map((field) => [field.key, field]));
  return [...byKey.values()].sort((a, b) => (a.key < b.key ? -1 : 1));
}

function quoteJson(text: string): string {
  return JSON.stringify(text).replace(/[<>&\u2028\u2029]/g, (char) => {
    return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function textOfDouble(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  return Object.is(value, -0) ? '-0' : String(value);
}
