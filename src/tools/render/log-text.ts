// A log line as people read it. Lines of JSON are shown by their message and the fields that say something; what every
// line repeats (time, level, process, trace) stands beside it already.
import { asRecord, asText, type JsonRecord } from '../../std/json-value.ts';
import { cleanLine, cutToWidth } from './clean.ts';

const messageFields = ['msg', 'message', 'event'];
const knownFields = new Set([
  ...['level', 'severity', 'time', 'timestamp', 'ts', '@timestamp', 'pid', 'hostname', 'name', 'service', 'v'],
  ...['trace_id', 'span_id', 'trace_flags', 'traceId', 'spanId'],
]);
const maxFieldChars = 120;

/** The line, or for JSON with a message `message  field=value …`; undefined says that it is no such JSON. */
export function shortenJsonLine(line: string): string | undefined {
  if (!line.startsWith('{')) return undefined;
  const record = parseRecord(line);
  const messageField = messageFields.find((field) => typeof record[field] === 'string');
  if (messageField === undefined) return undefined;
  const fields = Object.entries(record)
    .filter(([field]) => field !== messageField && !knownFields.has(field))
    .map(([field, value]) => `${cleanLine(field)}=${printField(value)}`);
  return [cleanLine(asText(record[messageField])), ...fields].join('  ');
}

function parseRecord(line: string): JsonRecord {
  try {
    return asRecord(JSON.parse(line));
  } catch {
    return {}; // a line that only begins like JSON
  }
}

function printField(value: unknown): string {
  const text = typeof value === 'string' && /^\S+$/.test(value) ? value : JSON.stringify(value);
  return cutToWidth(cleanLine(text), maxFieldChars);
}
