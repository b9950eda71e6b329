// Attribute values as Tempo's JSON has them (protobuf JSON: 64-bit integers are strings, bytes are base64).
import type { Static } from '../../traceql/values.ts';
import { formatValue } from '../../traceql/values.ts';
import type { AnyValue } from '../otlp/types.ts';

/** JSON form of a TraceQL value: durations, statuses, kinds and nil are text. */
export function staticToJson(value: Static): Record<string, unknown> {
  switch (value.type) {
    case 'int':
      return { intValue: String(value.value) };
    case 'float':
      return { doubleValue: doubleToJson(value.value) };
    case 'boolean':
      return { boolValue: value.value };
    case 'ints':
      return arrayToJson(value.value.map((v) => ({ intValue: String(v) })));
    case 'floats':
      return arrayToJson(value.value.map((v) => ({ doubleValue: doubleToJson(v) })));
    case 'strings':
      return arrayToJson(value.value.map((v) => ({ stringValue: v })));
    case 'booleans':
      return arrayToJson(value.value.map((v) => ({ boolValue: v })));
    default:
      return { stringValue: formatValue(value) };
  }
}

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
      return { kvlistValue: { values: value.value.map((kv) => ({ key: kv.key, value: anyValueToJson(kv.value) })) } };
    default:
      return {};
  }
}

/** NaN and infinities are strings in protobuf JSON. */
export function doubleToJson(value: number): number | string {
  if (Number.isFinite(value)) return value;
  return Number.isNaN(value) ? 'NaN' : value > 0 ? 'Infinity' : '-Infinity';
}

function arrayToJson(values: readonly Record<string, unknown>[]): Record<string, unknown> {
  return { arrayValue: values.length === 0 ? {} : { values } };
}
