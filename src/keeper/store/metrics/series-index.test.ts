// Finding series by matchers.
import { describe, expect, test } from 'vitest';
import { Labels } from '../../../promql/labels.ts';
import { parseSelector } from '../../../promql/parser.ts';
import { type Indexed, SeriesIndex } from './series-index.ts';

const sets = [
  { __name__: 'up', job: 'web', pod: 'a' },
  { __name__: 'up', job: 'api' },
  { __name__: 'down', job: 'api', pod: 'b' },
];

function makeIndex(): { index: SeriesIndex<Indexed>; series: Indexed[] } {
  const index = new SeriesIndex<Indexed>();
  const series = sets.map((labels, id) => ({ id, labels: Labels.from(Object.entries(labels)) }));
  for (const one of series) index.add(one);
  return { index, series };
}

describe('the index', () => {
  test.each([
    ['up', [0, 1]],
    ['up{job="api"}', [1]],
    ['{job="api"}', [1, 2]],
    ['{job=~"api|web"}', [0, 1, 2]],
    ['{job!=""}', [0, 1, 2]],
    ['up{pod=""}', [1]],
    ['up{pod!="a"}', [1]],
    ['{__name__=~".+", pod!~"a|b"}', [1]],
    ['up{job="none"}', []],
    ['up{nosuch="x"}', []],
    ['up{nosuch!="x"}', [0, 1]],
  ])('finds for %s the series %j', (selector, ids) => {
    expect(
      makeIndex()
        .index.select(parseSelector(selector).matchers)
        .map(({ id }) => id),
    ).toEqual(ids);
  });

  test('without matchers gives all series', () => {
    expect(makeIndex().index.select([])).toHaveLength(3);
  });

  test('forgets a series with all of its labels', () => {
    const { index, series } = makeIndex();
    index.remove(series.slice(1));
    expect([...index.labelNames()]).toEqual(['__name__', 'job', 'pod']);
    expect([...index.countValues('job')]).toEqual([['web', 1]]);
    expect(index.size).toBe(1);
    expect(index.find(Labels.from(Object.entries(sets[1] ?? {})))).toBeUndefined();
  });
});
