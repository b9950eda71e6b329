// Attributes as OTLP JSON writes them (`{key, value: {stringValue}}`) → plain values.
import { asArray, asNumber, asRecord, asText, type JsonRecord } from '../../std/json-value.ts';

export type AttributeValue = string | number | boolean | readonly AttributeValue[] | null;

/** Values nested deeper than this are dropped; telemetry may nest without end. */
const maxDepth = 8;

/** Reads a list of key-value pairs. The last of equal keys wins. */
export function decodeAttributes(json: unknown): Record<string, AttributeValue> {
  const entries = asArray(json).map((one) => {
    const { key, value } = asRecord(one);
    return [asText(key), decodeValue(asRecord(value), 0)] as const;
  });
  return Object.fromEntries(entries);
}

const decoders: Readonly<Record<string, (value: unknown, depth: number) => AttributeValue>> = {
  stringValue: (value) => asText(value),
  boolValue: (value) => value === true || value === 'true',
  // 64-bit integers come as text; beyond 2^53 the text is kept, since rounding would show another number.
  intValue: (value) => (Number.isSafeInteger(asNumber(value)) ? asNumber(value) : asText(value)),
  doubleValue: (value) => asNumber(value, Number.NaN),
  bytesValue: (value) => asText(value),
  arrayValue: (value, depth) => asArray(asRecord(value).values).map((one) => decodeValue(asRecord(one), depth + 1)),
  kvlistValue: (value) => JSON.stringify(decodeAttributes(asRecord(value).values)),
};

function decodeValue(value: JsonRecord, depth: number): AttributeValue {
  if (depth > maxDepth) return null;
  const [kind = '', content] = Object.entries(value)[0] ?? [];
  return decoders[kind]?.(content, depth) ?? null;
}

/** A value as one text. */
export function printValue(value: AttributeValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
