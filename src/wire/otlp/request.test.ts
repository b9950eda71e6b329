// Both forms of OTLP against each other and against bytes written by the official serializer.
import { expect, test } from 'vitest';
import { MalformedOtlp } from './malformed.ts';
import { decodeJson, decodeProtobuf, encodeProtobuf, type Signal, toJsonValue } from './request.ts';

const attributes = [
  { key: 's', value: { stringValue: 'größe' } },
  { key: 'b', value: { boolValue: true } },
  { key: 'i', value: { intValue: '-42' } },
  { key: 'big', value: { intValue: '9223372036854775807' } },
  { key: 'd', value: { doubleValue: 1.5 } },
  { key: 'nan', value: { doubleValue: 'NaN' } },
  { key: 'bytes', value: { bytesValue: 'AQID' } },
  { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }, {}, { intValue: '7' }] } } },
  { key: 'map', value: { kvlistValue: { values: [{ key: 'k', value: { doubleValue: 0 } }] } } },
  { key: 'empty' },
];
const resource = { attributes, droppedAttributesCount: 2 };
const scope = { name: 'lib', version: '1.2', attributes: [{ key: 'a', value: { stringValue: 'b' } }] };
const traceId = '0102030405060708090a0b0c0d0e0f10';
const exemplar = {
  timeUnixNano: '1700000000000000003',
  asInt: '5',
  spanId: '0102030405060708',
  traceId,
  filteredAttributes: [{ key: 'f', value: { stringValue: 'x' } }],
};
const point = { attributes, startTimeUnixNano: '1', timeUnixNano: '1700000000000000001' };

/** The canonical form: what toJsonValue writes for it is the very same value. */
const requests: Readonly<Record<Signal, object>> = {
  logs: {
    resourceLogs: [
      {
        resource,
        scopeLogs: [
          {
            scope,
            logRecords: [
              {
                timeUnixNano: '1700000000000000001',
                observedTimeUnixNano: '1700000000000000002',
                severityNumber: 17,
                severityText: 'ERROR',
                body: { stringValue: 'it broke' },
                attributes,
                droppedAttributesCount: 1,
                flags: 1,
                traceId,
                spanId: '0102030405060708',
                eventName: 'boom',
              },
              {},
            ],
            schemaUrl: 'https://example.test/s',
          },
        ],
        schemaUrl: 'https://example.test/r',
      },
    ],
  },
  traces: {
    resourceSpans: [
      {
        resource,
        scopeSpans: [
          {
            scope,
            spans: [
              {
                traceId,
                spanId: '0102030405060708',
                traceState: 'a=b',
                parentSpanId: '1112131415161718',
                flags: 257,
                name: 'GET /x',
                kind: 2,
                startTimeUnixNano: '1700000000000000001',
                endTimeUnixNano: '1700000000000000009',
                attributes,
                droppedAttributesCount: 1,
                events: [{ timeUnixNano: '1700000000000000005', name: 'exception', attributes }],
                droppedEventsCount: 3,
                links: [{ traceId, spanId: '0102030405060708', attributes, flags: 1 }],
                droppedLinksCount: 4,
                status: { message: 'no', code: 2 },
              },
            ],
          },
        ],
      },
    ],
  },
  metrics: {
    resourceMetrics: [
      {
        resource,
        scopeMetrics: [
          {
            scope,
            metrics: [
              { name: 'g', description: 'd', unit: 'ms', gauge: { dataPoints: [{ ...point, asDouble: 0 }, point] } },
              {
                name: 's',
                sum: {
                  dataPoints: [{ ...point, asInt: '-3', exemplars: [exemplar], flags: 1 }],
                  aggregationTemporality: 2,
                  isMonotonic: true,
                },
              },
              {
                name: 'h',
                histogram: {
                  dataPoints: [
                    { ...point, count: '3', sum: 0, bucketCounts: ['1', '2'], explicitBounds: [0.5], min: 0, max: 9 },
                  ],
                  aggregationTemporality: 1,
                },
              },
              {
                name: 'e',
                exponentialHistogram: {
                  dataPoints: [
                    {
                      ...point,
                      count: '6',
                      sum: -1.5,
                      scale: -2,
                      zeroCount: '1',
                      positive: { offset: -3, bucketCounts: ['1', '300'] },
                      negative: {},
                      zeroThreshold: 0.25,
                    },
                  ],
                  aggregationTemporality: 2,
                },
              },
              {
                name: 'q',
                summary: {
                  dataPoints: [{ ...point, count: '2', sum: 3.5, quantileValues: [{ quantile: 0.5, value: 1 }] }],
                },
              },
              { name: 'none', metadata: [{ key: 'm', value: { stringValue: 'v' } }] },
            ],
          },
        ],
      },
    ],
  },
};

test.each(Object.entries(requests))('%s keep every field through JSON and protobuf', (name, body) => {
  const signal = name as Signal; // the table's keys are signals
  const fromJson = decodeJson(signal, Buffer.from(JSON.stringify(body)));
  const fromProtobuf = decodeProtobuf(signal, encodeProtobuf(signal, fromJson));
  expect(sortKeys(toJsonValue(signal, fromJson))).toEqual(sortKeys(body));
  expect(fromProtobuf).toEqual(fromJson);
});

test('records of one scope share resource and scope objects', () => {
  const [group] = decodeJson('logs', Buffer.from('{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{}]},{}]}]}'));
  expect(group?.scopes[0]?.items).toHaveLength(2);
  expect(group?.scopes[0]?.scope).toBe(group?.scopes[1]?.scope);
});

const logLine = (record: string) => `{"resourceLogs":[{"scopeLogs":[{"logRecords":[${record}]}]}]}`;
const firstRecord = (text: string) => decodeJson('logs', Buffer.from(text))[0]?.scopes[0]?.items[0];

test.each([
  ['enum names', '{"severityNumber":"SEVERITY_NUMBER_WARN2"}', { severityNumber: 14 }],
  ['numbers as strings', '{"severityNumber":"9"}', { severityNumber: 9 }],
  ['original field names', '{"severity_text":"x","time_unix_nano":"5"}', { severityText: 'x', timeUnixNano: 5n }],
  ['bare numbers beyond 2^53', '{"timeUnixNano":1700000000000000001}', { timeUnixNano: 1700000000000000001n }],
  ['base64 ids', '{"spanId":"AQIDBAUGBwg="}', { spanId: '0102030405060708' }],
  ['upper-case ids', '{"spanId":"ABCDEF0123456789"}', { spanId: 'abcdef0123456789' }],
  ['ids of zeros as unset', '{"spanId":"0000000000000000"}', { spanId: '' }],
  ['null for unset', '{"body":null,"attributes":null}', { body: { kind: 'empty' }, attributes: [] }],
  ['unknown fields', '{"newField":{"a":[1]},"severityText":"x"}', { severityText: 'x' }],
])('JSON takes %s', (_, record, expected) => {
  expect(firstRecord(logLine(record))).toMatchObject(expected);
});

test('digits inside strings are left alone', () => {
  const record = firstRecord(
    logLine('{"timeUnixNano":1700000000000000001,"severityText":"\\": 12345678901234567890"}'),
  );
  expect(record?.severityText).toBe('": 12345678901234567890');
});

const nested = (levels: number) => '{"arrayValue":{"values":['.repeat(levels) + ']}}'.repeat(levels);

test.each([
  ['{', /^no JSON: /],
  ['[]', /^expected an object \(export request\), got an array/],
  ['7', /got 7$/],
  ['{"resourceLogs":{}}', /^resourceLogs: expected an array, got an object/],
  [
    logLine('{"timeUnixNano":"x"}'),
    /^resourceLogs\[0\]\.scopeLogs\[0\]\.logRecords\[0\]\.timeUnixNano: expected a 64-bit/,
  ],
  [logLine('{"timeUnixNano":-1}'), /expected an integer from 0/],
  [logLine('{"severityText":1}'), /severityText: expected a string, got 1/],
  [logLine('{"traceId":"abc"}'), /traceId: expected an id of 16 bytes in hex, got "abc"/],
  [logLine('{"body":"plain"}'), /body: expected an object \(AnyValue\), got "plain"/],
  [logLine(`{"body":${nested(70)}}`), /nested more than 64 levels deep/],
])('malformed JSON %s is refused with its place', (body, message) => {
  expect(() => decodeJson('logs', Buffer.from(body))).toThrow(MalformedOtlp);
  expect(() => decodeJson('logs', Buffer.from(body))).toThrow(message);
});

test.each([
  ['a varint that never ends', 'ffffffff'],
  ['a length beyond the end', '0a7f00'],
  ['a nested length beyond its message', '0a03120a00'],
  ['a field with the wrong wire type', '0801'],
  ['field number zero', '00'],
  ['a group', '0b0c'],
  ['a cut-off fixed64', '0a09120712050901020304'],
])('protobuf with %s is refused', (_, hex) => {
  expect(() => decodeProtobuf('logs', Buffer.from(hex, 'hex'))).toThrow(MalformedOtlp);
});

test('protobuf skips unknown fields of every wire type', () => {
  const known = encodeProtobuf('logs', decodeJson('logs', Buffer.from(logLine('{"severityText":"x"}'))));
  const unknown = Buffer.from('f8ff0105f9ff010102030405060708faff01021234fdff0101020304', 'hex');
  expect(decodeProtobuf('logs', Buffer.concat([unknown, known, unknown]))).toEqual(decodeProtobuf('logs', known));
});

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sortKeys(inner)]),
  );
}
