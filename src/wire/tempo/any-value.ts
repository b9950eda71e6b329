// Attribute values as Tempo's JSON has them (protobuf JSON: 64-bit integers are strings, bytes are base64).
import type { AnyValue } from '../otlp/types.ts';

/** JSON form of an attribute value as it came. */
export function anyValueToJson(value: AnyValue): Record<string, unknown> {
  switch (value.kind) {
    case 'string':
      return { stringValue: value.value };
    case 'bool':
      return { boolValue: value.value };
    case 'int':
      return { intValue: String(value.value) };
    case 'double':
      return { doubleValue: doubleToJson(value.value) };
    case 'bytes':
      return { bytesValue: Buffer.from(value.value).toString('base64') };
    case 'array':
      return arrayToJson(value.value.map(anyValueToJson));
    case 'kvlist':
      return {
        kvlistValue: listToJson(value.value.map((kv) => ({ key: kv.key, value: anyValueToJson(kv.value) }))),
      };
    default:
      return {};
  }
}

/** NaN and infinities are strings in protobuf JSON. */
export function doubleToJson(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

export function arrayToJson(values: readonly Record<string, unknown>[]): Record<string, unknown> {
  return { arrayValue: listToJson(values) };
}

// Lists without elements have no values at all.
function listToJson(values: readonly Record<string, unknown>[]): Record<string, unknown> {
  return values.length === 0 ? {} : { values };
}
