// Questions → PromQL, against a server that knows a handful of metrics.
import { describe, expect, test } from 'vitest';
import { parsePromql } from '../../promql/parser.ts';
import { type MetricQuestion, writeQuestion } from './metric-question.ts';

const names = [
  'http_server_request_duration_seconds_bucket',
  'http_server_request_duration_seconds_count',
  'http_server_request_duration_seconds_sum',
  'db_client_operation_duration_seconds',
  'jobs_done_total',
  'queue_length',
];
const natives = ['db_client_operation_duration_seconds'];
const window = { startMs: 0, endMs: 3_600_000 };

const server = {
  labelValues: () => Promise.resolve(names),
  labels: () => Promise.resolve(['__name__', 'http_route', 'http_request_method', 'job', 'le']),
  query: (query: string) =>
    Promise.resolve({
      resultType: 'vector',
      series: natives.some((name) => query.includes(name)) ? [{ labels: {}, points: [] }] : [],
      text: null,
      warnings: [],
      infos: [],
    }),
};

const ask = (question: Omit<MetricQuestion, 'by'> & { by?: string[] }) =>
  writeQuestion(server, { by: [], ...question }, window);

describe('a question becomes PromQL', () => {
  test.each<[string, Parameters<typeof ask>[0], string]>([
    [
      'a quantile of a classic histogram, by its OpenTelemetry name',
      { kind: 'p95', metric: 'http.server.request.duration' },
      'histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m])))',
    ],
    [
      'by a label, by the end of its name',
      { kind: 'p99', metric: 'http.server.request.duration', by: ['route', 'job'] },
      'histogram_quantile(0.99, sum by (le, http_route, job) (rate(http_server_request_duration_seconds_bucket[5m])))',
    ],
    [
      'a quantile of a native histogram',
      { kind: 'p50', metric: 'db.client.operation.duration', by: ['job'] },
      'histogram_quantile(0.5, sum by (job) (rate(db_client_operation_duration_seconds[5m])))',
    ],
    ['the rate of a counter', { kind: 'rate', metric: 'jobs.done' }, 'sum(rate(jobs_done_total[5m]))'],
    [
      'the rate of a classic histogram',
      { kind: 'rate', metric: 'http.server.request.duration' },
      'sum(rate(http_server_request_duration_seconds_count[5m]))',
    ],
    [
      'the rate of a native histogram',
      { kind: 'rate', metric: 'db_client_operation_duration_seconds' },
      'sum(histogram_count(rate(db_client_operation_duration_seconds[5m])))',
    ],
  ])('%s', async (_, question, expected) => {
    const query = await ask(question);
    expect(query).toBe(expected);
    expect(() => parsePromql(query)).not.toThrow();
  });
});

test('an unknown metric is answered with the near ones', async () => {
  await expect(ask({ kind: 'p95', metric: 'http.server.request.durations' })).rejects.toMatchObject({
    code: 'OBS_UNKNOWN_METRIC',
    data: { near: ['http_server_request_duration_seconds'] },
  });
});

test('an unknown label is answered with those that there are', async () => {
  await expect(ask({ kind: 'rate', metric: 'jobs.done', by: ['pod'] })).rejects.toMatchObject({
    code: 'OBS_UNKNOWN_LABEL',
    data: { known: ['http_route', 'http_request_method', 'job'] },
  });
});

test('a quantile of what is no histogram is refused', async () => {
  await expect(ask({ kind: 'p95', metric: 'queue_length' })).rejects.toMatchObject({ code: 'OBS_WRONG_METRIC' });
});
