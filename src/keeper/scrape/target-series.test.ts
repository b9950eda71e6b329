// What a scrape writes beside the samples of the page.
import { expect, test } from 'vitest';
import type { WrittenSeries } from '../../wire/prometheus/remote-write.ts';
import { TargetSeries } from './target-series.ts';

const target = { url: 'http://x/', intervalMs: 1000, job: 'web', instance: 'web:1' };
const sample = (name: string, value = 1, timeMs?: number) => ({ name, labels: [], value, timeMs });
const scrape = (series: TargetSeries, startedAtMs: number, samples: ReturnType<typeof sample>[] | undefined) =>
  show(series.write({ samples, startedAtMs, durationSeconds: 0.5 }));

/** `name value@time`, labels of the target left out. */
function show(series: readonly WrittenSeries[]): string[] {
  return series.flatMap(({ labels, samples }) =>
    samples.map(({ value, timeMs }) => `${labels.find(({ name }) => name === '__name__')?.value} ${value}@${timeMs}`),
  );
}

test('a page is written with its facts', () => {
  expect(scrape(new TargetSeries(target), 10, [sample('a', 3), sample('b', 4, 7)])).toEqual([
    'a 3@10',
    'b 4@7',
    'up 1@10',
    'scrape_duration_seconds 0.5@10',
    'scrape_samples_scraped 2@10',
  ]);
});

test('an exemplar goes with its sample, at its own time or that of the sample', () => {
  const exemplar = { labels: [['trace_id', 'abc']] as const, value: 2, timeMs: undefined };
  const samples = [
    { ...sample('a'), exemplars: [exemplar] },
    { ...sample('b'), exemplars: [{ ...exemplar, timeMs: 9 }] },
  ];
  const written = new TargetSeries(target).write({ samples, startedAtMs: 10, durationSeconds: 0.5 });
  expect(written.slice(0, 2).map(({ exemplars }) => exemplars)).toEqual([
    [{ labels: [{ name: 'trace_id', value: 'abc' }], value: 2, timeMs: 10 }],
    [{ labels: [{ name: 'trace_id', value: 'abc' }], value: 2, timeMs: 9 }],
  ]);
});

test('series that are gone from the page end, once', () => {
  const series = new TargetSeries(target);
  scrape(series, 10, [sample('a'), sample('b')]);
  expect(scrape(series, 20, [sample('a')])).toContain('b stale@20');
  expect(scrape(series, 30, [sample('a')]).join()).not.toContain('stale');
});

test('a failed scrape ends all series and is down', () => {
  const series = new TargetSeries(target);
  scrape(series, 10, [sample('a'), sample('own time', 1, 5)]);
  expect(scrape(series, 20, undefined)).toEqual([
    'a stale@20',
    'up 0@20',
    'scrape_duration_seconds 0.5@20',
    'scrape_samples_scraped 0@20',
  ]);
});

test('a target that is removed ends with its series', () => {
  const series = new TargetSeries(target);
  scrape(series, 10, [sample('a')]);
  expect(show(series.end(30))).toEqual(['a stale@30', 'up stale@30']);
});

test('labels called like those of the target keep their value under another name', () => {
  const exposed = { name: 'a', labels: [['job', 'inner'] as const, ['x', 'y'] as const], value: 1, timeMs: undefined };
  const [first] = new TargetSeries(target).write({ samples: [exposed], startedAtMs: 1, durationSeconds: 0 });
  expect(first?.labels).toEqual([
    { name: '__name__', value: 'a' },
    { name: 'job', value: 'web' },
    { name: 'instance', value: 'web:1' },
    { name: 'exported_job', value: 'inner' },
    { name: 'x', value: 'y' },
  ]);
});
