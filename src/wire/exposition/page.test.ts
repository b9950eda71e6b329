// Metrics pages: the examples of both specifications, and pages that follow neither.
import { expect, test } from 'vitest';
import { MalformedExposition } from './line-scanner.ts';
import { parseExposition, readExpositionFormat } from './page.ts';

// After the example of the Prometheus documentation.
const classic = `# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\\\DIR\\\\FILE.TXT",error="Cannot find file:\\n\\"FILE.TXT\\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# TYPE http_request_duration_seconds histogram
# HELP http_request_duration_seconds A \\\\ of\\nrequests
http_request_duration_seconds_bucket{le="0.05",} 24054
http_request_duration_seconds_bucket{ le = "+Inf" } 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count\t144320
`;

test('the classic format is read as it is documented', () => {
  const { samples, families } = parseExposition(classic, 'text');
  expect(samples).toHaveLength(9);
  expect(samples[0]).toEqual({
    name: 'http_requests_total',
    labels: [
      ['method', 'post'],
      ['code', '200'],
    ],
    value: 1027,
    timeMs: 1395066363000,
  });
  expect(samples[2]?.labels).toEqual([
    ['path', 'C:\\DIR\\FILE.TXT'],
    ['error', 'Cannot find file:\n"FILE.TXT"'],
  ]);
  expect(samples[3]).toEqual({
    name: 'metric_without_timestamp_and_labels',
    labels: [],
    value: 12.47,
    timeMs: undefined,
  });
  expect(samples[4]).toMatchObject({ value: Number.POSITIVE_INFINITY, timeMs: -3982045 });
  expect(samples[6]?.labels).toEqual([['le', '+Inf']]);
  expect(families).toEqual([
    { name: 'http_requests_total', type: 'counter', help: 'The total number of HTTP requests.', unit: '' },
    { name: 'http_request_duration_seconds', type: 'histogram', help: 'A \\ of\nrequests', unit: '' },
  ]);
});

test('OpenMetrics has units, times in seconds, exemplars and an end', () => {
  const page = `# TYPE acme_http_router_request_seconds summary
# UNIT acme_http_router_request_seconds seconds
# HELP acme_http_router_request_seconds Latency
acme_http_router_request_seconds_sum{path="/api"} 9036.32 1605301325.5
# TYPE go_goroutines gauge
go_goroutines 69
# TYPE foo histogram
foo_bucket{le="10"} 17 # {trace_id="oHg5SJYRHA0"} 9.8 1520879607.789
foo_bucket{le="+Inf"} 17 1520879607 # {} 4
# EOF
`;
  const { samples, families } = parseExposition(page, 'openMetrics');
  expect(samples.map(({ value, timeMs }) => [value, timeMs])).toEqual([
    [9036.32, 1605301325500],
    [69, undefined],
    [17, undefined],
    [17, 1520879607000],
  ]);
  expect(samples.map(({ exemplars }) => exemplars)).toEqual([
    undefined,
    undefined,
    [{ labels: [['trace_id', 'oHg5SJYRHA0']], value: 9.8, timeMs: 1520879607789 }],
    [{ labels: [], value: 4, timeMs: undefined }],
  ]);
  expect(families[0]).toEqual({
    name: 'acme_http_router_request_seconds',
    type: 'summary',
    help: 'Latency',
    unit: 'seconds',
  });
});

test.each([
  ['{"http.requests","the.path"="/x"} 3', { name: 'http.requests', labels: [['the.path', '/x']] }],
  ['{"only.name"} 3', { name: 'only.name', labels: [] }],
  ['a{b="}"} 3', { name: 'a', labels: [['b', '}']] }],
  ['a{b="x,y=z"} 3 ', { name: 'a', labels: [['b', 'x,y=z']] }],
  ['a{} 3', { name: 'a', labels: [] }],
  ['a_b:c 3', { name: 'a_b:c' }],
  ['a 1e-3', { value: 0.001 }],
  ['a .5', { value: 0.5 }],
  ['a -inf', { value: Number.NEGATIVE_INFINITY }],
  ['a NaN', { value: Number.NaN }],
])('%s is read', (line, expected) => {
  expect(parseExposition(line, 'text').samples[0]).toMatchObject(expected);
});

test.each([
  ['a', 'line 1: expected a value, got ""'],
  ['ok 1\n1abc 2', 'line 2: expected the name of a metric'],
  ['a{b="x} 1', 'line 1: expected the closing quote at column 10, got ""'],
  ['a{b=x} 1', 'line 1: expected a quoted value at column 5, got "x} 1"'],
  ['a{b="x" c="y"} 1', 'line 1: expected , or } at column 9, got "c=\\"y\\"} 1"'],
  ['a{b} 1 2 3', 'text after the timestamp'],
  ['a 0x10', 'expected a value, got "0x10"'],
  ['a 1 soon', 'expected a timestamp, got "soon"'],
  ['<html>', 'expected the name of a metric'],
])('%s is refused with its place', (text, message) => {
  expect(() => parseExposition(text, 'text')).toThrow(MalformedExposition);
  expect(() => parseExposition(text, 'text')).toThrow(message.replaceAll('\\"', '"'));
});

test('an OpenMetrics page without its end, or with text after it, is refused', () => {
  expect(() => parseExposition('a 1\n', 'openMetrics')).toThrow('# EOF is missing');
  expect(() => parseExposition('# EOF\na 1\n', 'openMetrics')).toThrow('line 2: there is text after # EOF');
});

test.each([
  ['application/openmetrics-text; version=1.0.0; charset=utf-8', 'openMetrics'],
  ['text/plain; version=0.0.4', 'text'],
  [undefined, 'text'],
])('content type %s means %s', (contentType, format) => {
  expect(readExpositionFormat(contentType)).toBe(format);
});
