// LogRecord. https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/logs/v1/logs.proto
import { anyValue } from './any-value.ts';
import { message, one } from './codec.ts';
import { attributeFields, exportRequest } from './common.ts';
import { enumeration, fixed32, hexId, name, text, timeNs } from './scalars.ts';
import type { LogRecord } from './types.ts';

// TRACE, TRACE2 … FATAL4 are the numbers 1 to 24.
const severityNames = [
  'SEVERITY_NUMBER_UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
    ['', '2', '3', '4'].map((suffix) => `SEVERITY_NUMBER_${level}${suffix}`),
  ),
];

const unset: Omit<LogRecord, 'attributes'> = {
  timeUnixNano: 0n,
  observedTimeUnixNano: 0n,
  severityNumber: 0,
  severityText: '',
  body: { kind: 'empty' },
  droppedAttributesCount: 0,
  flags: 0,
  traceId: '',
  spanId: '',
  eventName: '',
};

export const logRecord = message<LogRecord>('LogRecord', () => ({ ...unset, attributes: [] }), [
  one(1, 'timeUnixNano', timeNs),
  one(11, 'observedTimeUnixNano', timeNs),
  one(2, 'severityNumber', enumeration(severityNames)),
  one(3, 'severityText', name),
  one(5, 'body', anyValue),
  ...attributeFields<LogRecord>(6, 7),
  one(8, 'flags', fixed32),
  one(9, 'traceId', hexId(16)),
  one(10, 'spanId', hexId(8)),
  one(12, 'eventName', text),
]);

export const logsRequest = exportRequest(logRecord, {
  resources: 'resourceLogs',
  scopes: 'scopeLogs',
  records: 'logRecords',
});
