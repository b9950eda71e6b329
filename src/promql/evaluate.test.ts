// Evaluation from text to values, where the scripts of test/promql do not reach.
import { describe, expect, test } from 'vitest';
import { QueryError } from '../errors/query-error.ts';
import { evaluateInstant, evaluateRange } from './evaluate.ts';
import { Labels } from './labels.ts';
import type { MetricsSource, SeriesSamples } from './source.ts';

const minutes = (count: number) => Float64Array.from({ length: count }, (_, i) => i * 60_000);

function makeSeries(job: string, count = 10): SeriesSamples {
  const labels = Labels.from([
    ['__name__', 'm'],
    ['job', job],
  ]);
  return { labels, times: minutes(count), values: minutes(count), kinds: undefined, histograms: undefined };
}

/** Ignores matchers: all series are asked for. */
function sourceOf(...series: SeriesSamples[]): MetricsSource {
  return { select: () => series };
}

const times = { startMs: 0, endMs: 120_000, stepMs: 60_000 };

describe('range queries', () => {
  test('list their series by labels, whatever order the store has', async () => {
    const { value } = await evaluateRange('m', times, { source: sourceOf(makeSeries('b'), makeSeries('a')) });
    if (value.type !== 'vector') throw new Error('no vector');
    expect(value.series.map(({ labels }) => labels.get('job'))).toEqual(['a', 'b']);
  });

  test('refuse what is no vector or scalar', async () => {
    const query = evaluateRange('m[5m]', times, { source: sourceOf() });
    await expect(query).rejects.toThrow('invalid expression type "range vector" for range query');
  });
});

describe('limits', () => {
  test('a query that reads too many samples says what to change', async () => {
    const query = evaluateInstant('sum_over_time(m[1h])', 600_000, {
      source: sourceOf(makeSeries('a')),
      maxSamples: 9,
    });
    await expect(query).rejects.toMatchObject({
      message: expect.stringContaining('more than 9 samples'),
      fields: { httpStatus: 422, errorType: 'execution' },
    });
  });

  test('pause ends a query by throwing', async () => {
    const pause = () => {
      throw new QueryError({ language: 'promql', kind: 'execution', message: 'over' });
    };
    await expect(evaluateInstant('m + m', 0, { source: sourceOf(makeSeries('a')), pause })).rejects.toThrow('over');
  });

  test('samples read are counted', async () => {
    const { samples } = await evaluateInstant('m', 0, { source: sourceOf(makeSeries('a', 3)) });
    expect(samples).toBe(4);
  });
});

test.each([
  'max_over_time(m[1000d:1ms])',
  'max_over_time(vector(1)[1000d:1ms])',
  'm[1000d:1ms]',
  'max_over_time((m > 1)[100y:1ms])',
])('%s is refused before it takes the memory', async (query) => {
  const run = evaluateInstant(query, 60_000, { source: sourceOf(makeSeries('a')) });
  await expect(run).rejects.toThrow('the query needs more than 20000000 samples');
});

test('a query that looks at many samples per step pauses within a series', async () => {
  let pauses = 0;
  const pause = () => {
    pauses++;
    return undefined;
  };
  const wide = { startMs: 0, endMs: 60_000_000, stepMs: 60_000 };
  await evaluateRange('sum_over_time(m[1000m])', wide, { source: sourceOf(makeSeries('a', 1000)), pause });
  // One before the query, one before the series, and those that this is about.
  expect(pauses).toBeGreaterThan(2);
});

test.each([
  ['operators', `m${' + m'.repeat(490)}`],
  ['parentheses', `${'('.repeat(490)}m${')'.repeat(490)}`],
  ['calls', `${'abs('.repeat(490)}m${')'.repeat(490)}`],
])('as many nested %s as the parser takes are evaluated', async (_kind, query) => {
  const { value } = await evaluateInstant(query, 60_000, { source: sourceOf(makeSeries('a')) });
  expect(value).toMatchObject({ type: 'vector', series: [{}] });
});

test('a source may answer later', async () => {
  const source: MetricsSource = { select: async () => [makeSeries('a')] };
  const { value } = await evaluateInstant('sum(m)', 60_000, { source });
  expect(value).toMatchObject({ type: 'vector', series: [{ floats: Float64Array.of(60_000) }] });
});

test('what is fixed in time is asked of the source once, for that time', async () => {
  const asked: number[] = [];
  const source: MetricsSource = {
    select: (_matchers, { endMs }) => {
      asked.push(endMs);
      return [makeSeries('a')];
    },
  };
  await evaluateRange('sum(m @ 60)', times, { source });
  expect(asked).toEqual([60_000]);
});
