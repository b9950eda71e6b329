// Patterns of lines with counts, and the query that finds the lines of one.
import { describe, expect, it } from 'vitest';
import { parse } from '../../logql/parser.ts';
import { print } from '../../logql/print.ts';
import { findLogPatterns, writePatternQuery } from './log-patterns.ts';

const entry = (second: number, line: string, level = 'info') => ({
  timestampNs: BigInt(second) * 1_000_000_000n,
  line,
  labels: { service_name: 'web', detected_level: level },
});

it('counts what lines have in common by level, most frequent first; short lines stand for themselves', () => {
  const entries = [
    ...[1, 2, 3].map((second) => entry(second, `GET /cart/${second} 200 in ${second * 7} ms`)),
    entry(4, 'GET /cart/9 500 in 9 ms', 'error'),
    entry(5, 'ready'),
    entry(6, 'ready'),
  ];
  expect(findLogPatterns(entries).map(({ pattern, count, level }) => [count, level, pattern])).toEqual([
    [3, 'info', 'GET <_> 200 in <_> ms'],
    [2, 'info', 'ready'],
    [1, 'error', 'GET /cart/9 500 in 9 ms'],
  ]);
  expect(findLogPatterns(entries)[1]).toMatchObject({
    firstTime: '1970-01-01T00:00:05.000Z',
    lastTime: '1970-01-01T00:00:06.000Z',
  });
});

describe('the query for a pattern', () => {
  it.each([
    ['a <_> b', '{a="b"} |> `a <_> b`'],
    ['plain', '{a="b"} |= `plain`'],
    ['tick ` and <_>', '{a="b"} |> "tick ` and <_>"'],
  ])('%s', (pattern, expected) => {
    const row = { pattern, count: 1, service: null, level: null, firstTime: '', lastTime: '' };
    const query = writePatternQuery('{a="b"}', row);
    expect(query).toBe(expected);
    expect(() => print(parse(query))).not.toThrow();
  });
});
