// Queries as they leave for a shared Prometheus.
import { describe, expect, test } from 'vitest';
import { Random } from '../../../test/promql/random.ts';
import { ExpressionMaker } from '../../../test/promql/random-expression.ts';
import { listSelectors } from '../../promql/ast.ts';
import { parsePromql } from '../../promql/parser.ts';
import { narrowPromql, narrowSelector, selectStack } from './promql.ts';

const narrow = (query: string) => narrowPromql(query, 's1');

describe('a PromQL query', () => {
  test.each([
    ['up', 'up{obs_stack="s1"}'],
    ['up{job="a"}', 'up{job="a",obs_stack="s1"}'],
    ['{__name__=~".+"}', '{__name__=~".+",obs_stack="s1"}'],
    ['rate(x[5m] offset 1m)', 'rate(x{obs_stack="s1"}[5m] offset 1m)'],
    ['a / on (b) group_left c', 'a{obs_stack="s1"} / on (b) group_left () c{obs_stack="s1"}'],
    ['topk(scalar(n), sum by (x) (y))', 'topk(scalar(n{obs_stack="s1"}), sum by (x) (y{obs_stack="s1"}))'],
    ['max_over_time(rate(x[1m])[5m:10s])', 'max_over_time(rate(x{obs_stack="s1"}[1m])[5m:10s])'],
    ['absent(-x @ 5 or vector(1))', 'absent(-x{obs_stack="s1"} @ 5.000 or vector(1))'],
    ['info(x, {version=~".+"})', 'info(x{obs_stack="s1"}, {obs_stack="s1",version=~".+"})'],
    ['x # {obs_stack="s2"}', 'x{obs_stack="s1"}'],
    ['time() + 1', 'time() + 1'],
  ])('%s is asked as %s', (query, narrowed) => {
    expect(narrow(query)).toBe(narrowed);
  });

  test('cannot get out of its stack by a matcher of its own: both have to hold', () => {
    expect(narrow('up{obs_stack="s2"}')).toBe('up{obs_stack="s1",obs_stack="s2"}');
  });

  test('cannot smuggle text through a quoted value', () => {
    const [selector] = listSelectors(parsePromql(narrow('up{a="\\"} or up{b=\\""}')));
    expect(selector?.matchers.map(({ name, value }) => [name, value])).toEqual([
      ['a', '"} or up{b="'],
      ['obs_stack', 's1'],
      ['__name__', 'up'],
    ]);
  });

  test('is refused where it would read series without a selector', () => {
    expect(() => narrow('info(up)')).toThrow(/info\(\) without names of labels/);
    expect(() => narrow('info(up, {__name__="target_info"})')).toThrow(/info\(\) without names of labels/);
  });

  test('that is wrong is refused with the place in what was written', () => {
    expect(() => narrow('sum(up')).toThrow(/unclosed/);
  });

  test('narrows every selector of hundreds of random queries', () => {
    const vocabulary = { metrics: ['up', 'http_requests_total'], labels: [{ name: 'job', values: ['a', 'b"}'] }] };
    const maker = new ExpressionMaker(new Random(20261122), vocabulary);
    for (let i = 0; i < 300; i++) {
      const query = maker.make(4);
      // Refused with one argument: the test above.
      if (query.includes('info(')) continue;
      const selectors = listSelectors(parsePromql(query));
      const narrowed = listSelectors(parsePromql(narrow(query)));
      expect(narrowed.length, query).toBe(selectors.length);
      for (const { matchers } of narrowed)
        expect(matchers, query).toContainEqual(expect.objectContaining({ name: 'obs_stack', type: '=', value: 's1' }));
    }
  });
});

describe('a selector', () => {
  test('gets the matcher as well', () => {
    expect(narrowSelector('up{a!~"b|c"}', 's1')).toBe('up{a!~"b|c",obs_stack="s1"}');
    expect(selectStack('s1')).toBe('{obs_stack="s1"}');
  });
});
