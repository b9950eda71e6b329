// Attribute values as label values: texts as they are, everything else as JSON prints it.
import { formatGoJson } from '../../../std/go-strconv.ts';
import type { AnyValue } from '../../../wire/otlp/types.ts';

/** JSON can bring half of a surrogate pair; Go's decoder replaces it. */
export function toWellFormed(text: string): string {
  return !/[\ud800-\udfff]/.test(text) ? text : text.replace(/\p{Surrogate}/gu, '\ufffd');
}

/** A value as the OpenTelemetry collector's AsString gives it. */
export function printAttribute(value: AnyValue): string {
  switch (value.kind) {
    case 'empty':
      return '';
    case 'string':
      return toWellFormed(value.value);
    case 'bool':
    case 'int':
      return String(value.value);
    case 'double':
      return printDouble(value.value);
    case 'bytes':
      return Buffer.from(value.value).toString('base64');
    default:
      return printJson(value);
  }
}

function printJson(value: AnyValue): string {
  switch (value.kind) {
    case 'empty':
      return 'null';
    case 'array':
      return `[${value.value.map(printJson).join(',')}]`;
    case 'kvlist': {
      const entries = [...new Map(value.value.map(({ key, value: inner }) => [key, inner]))];
      entries.sort(([a], [b]) => (a < b ? -1 : 1));
      return `{${entries.map(([key, inner]) => `${quote(key)}:${printJson(inner)}`).join(',')}}`;
    }
    case 'string':
    case 'bytes':
      return quote(printAttribute(value));
    default:
      return printAttribute(value);
  }
}

// Exponents lose the zero that Go's JSON would pad them with.
function printDouble(value: number): string {
  return formatGoJson(value).replace(/e-0(\d)$/, 'e-$1');
}

// Go escapes what HTML would take for markup.
function quote(text: string): string {
  return JSON.stringify(text).replace(/[<>&]/g, (char) => `\\u00${char.charCodeAt(0).toString(16)}`);
}
