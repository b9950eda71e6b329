// OTLP names and units against the names that Prometheus's receiver makes.
import { describe, expect, test } from 'vitest';
import type { MetricData } from '../../../wire/otlp/types.ts';
import { translateLabelName, translateMetricName, translateUnit } from './metric-name.ts';

const gauge: MetricData = { kind: 'gauge', points: [] };
const counter: MetricData = { kind: 'sum', points: [], temporality: 2, isMonotonic: true };
const upDown: MetricData = { kind: 'sum', points: [], temporality: 2, isMonotonic: false };
const histogram: MetricData = { kind: 'histogram', points: [], temporality: 2 };

describe('metric names', () => {
  test.each<[string, string, MetricData, string | undefined]>([
    ['http.server.request.duration', 's', histogram, 'http_server_request_duration_seconds'],
    ['http.server.active_requests', '{request}', upDown, 'http_server_active_requests'],
    ['requests', '1', counter, 'requests_total'],
    ['requests.total', '', counter, 'requests_total'],
    ['total.requests', '', counter, 'requests_total'],
    ['cpu.utilization', '1', gauge, 'cpu_utilization_ratio'],
    ['nodejs.eventloop.delay.p99', 's', gauge, 'nodejs_eventloop_delay_p99_seconds'],
    ['disk.bytes', 'By', gauge, 'disk_bytes'],
    ['io', 'By/s', gauge, 'io_bytes_per_second'],
    ['io', 'By', counter, 'io_bytes_total'],
    ['fill', '%', gauge, 'fill_percent'],
    ['2xx', '', gauge, '_2xx'],
    ['a--b..c', '', gauge, 'a_b_c'],
    ['odd', 'widgets', gauge, 'odd_widgets'],
    ['ünï', '', gauge, 'n'],
    ['日本', '', gauge, undefined],
    ['', '', gauge, ''],
  ])('%j in %j becomes %s', (name, unit, data, translated) => {
    expect(translateMetricName({ name, unit, data })).toBe(translated);
  });
});

describe('label names', () => {
  test.each([
    ['http.route', 'http_route'],
    ['a-b', 'a_b'],
    ['1st', 'key_1st'],
    ['_private', 'key_private'],
    ['__meta', '__meta'],
    ['日', 'key_'],
    ['日本', undefined],
    ['', undefined],
  ])('%j becomes %s', (name, translated) => {
    expect(translateLabelName(name)).toBe(translated);
  });
});

test.each([
  ['s', 'seconds'],
  ['By/s', 'bytes_per_second'],
  ['1', ''],
  ['{request}/s', 'per_second'],
])('the unit %j is called %j', (unit, name) => {
  expect(translateUnit(unit)).toBe(name);
});
