// How far queries look back.
import { expect, test } from 'vitest';
import { parse } from '../../../logql/parser.ts';
import { lookBackMs } from './look-back.ts';

test.each([
  ['{a="b"} |= "x"', 0],
  ['count_over_time({a="b"}[5m])', 300_000],
  ['sum by (a) (rate({a="b"}[1m] offset 1h))', 3_660_000],
  ['sum(rate({a="b"}[1m])) / label_replace(rate({a="c"}[10m]), "x", "$1", "a", "(.*)")', 600_000],
  ['1 + 1', 0],
])('%s', (query, expected) => {
  expect(lookBackMs(parse(query))).toBe(expected);
});
