// Queries as they leave for a shared Loki.
import { describe, expect, test } from 'vitest';
import { validQueries } from '../../../test/logql/corpus.ts';
import { listLogMatchers } from '../../../test/remote/matchers.ts';
import { parse } from '../../logql/parser.ts';
import { narrowLogql, narrowLooseLogql, narrowStreams } from './logql.ts';

const narrow = (query: string) => narrowLogql(query, 's1');

describe('a LogQL query', () => {
  test.each([
    ['{a="b"}', '{a="b", obs_stack="s1"}'],
    ['{a=~"b.*"} |= "obs_stack" | json', '{a=~"b.*", obs_stack="s1"} |= "obs_stack" | json'],
    ['rate({a="b"} | json [5m] offset 1h)', 'rate({a="b", obs_stack="s1"} | json[5m] offset 1h0m0s)'],
    [
      'sum(count_over_time({a="b"}[1m])) / sum(count_over_time({c="d"}[1m]))',
      '(sum(count_over_time({a="b", obs_stack="s1"}[1m])) / sum(count_over_time({c="d", obs_stack="s1"}[1m])))',
    ],
    [
      'label_replace(sum_over_time({a="b"} | unwrap x [1m]), "y", "$1", "z", ".*")',
      'label_replace(sum_over_time({a="b", obs_stack="s1"} | unwrap x[1m]),"y","$1","z",".*")',
    ],
    ['{a="b", obs_stack="s2"}', '{a="b", obs_stack="s2", obs_stack="s1"}'],
    ['vector(1)', 'vector(1.000000)'],
    ['5 / 0', '5 / 0'],
  ])('%s is asked as %s', (query, narrowed) => {
    expect(narrow(query)).toBe(narrowed);
  });

  test.each(validQueries)('has the matcher in every selector of %s', (query) => {
    for (const matchers of listLogMatchers(parse(narrow(query))))
      expect(matchers).toContainEqual(expect.objectContaining({ name: 'obs_stack', type: '=', value: 's1' }));
  });

  test('that is wrong is refused, not sent', () => {
    expect(() => narrow('{a="b"} | jsn')).toThrow();
    expect(() => narrow('{}')).toThrow();
  });
});

describe('a stream selector', () => {
  test.each([
    ['', '{obs_stack="s1"}'],
    ['{}', '{obs_stack="s1"}'],
    ['{a!="b"}', '{a!="b", obs_stack="s1"}'],
  ])('%j is asked as %s', (selector, narrowed) => {
    expect(narrowStreams(selector, 's1')).toBe(narrowed);
  });

  test('may be empty where the server takes that', () => {
    expect(narrowLooseLogql('{}', 's1')).toBe('{obs_stack="s1"}');
  });
});
