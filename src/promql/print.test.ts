// Printing an expression: the canonical form, and print → parse is identity.
import { describe, expect, test } from 'vitest';
import { parsePromql } from './parser.ts';
import { prettyPrintExpr, printExpr } from './print.ts';

describe('the canonical form', () => {
  test.each([
    ['sum(foo)by(a,b)', 'sum by (a, b) (foo)'],
    ['foo{b="2",a=\'1\'}', 'foo{a="1",b="2"}'],
    ['{__name__="foo"}', '{__name__="foo"}'],
    ['{"foo.bar", "x y"="1"}', '{"x y"="1",__name__="foo.bar"}'],
    ['foo[90]', 'foo[1m30s]'],
    ['foo offset 0x10', 'foo offset 16s'],
    ['foo@1.5 offset -5m', 'foo @ 1.500 offset -5m'],
    ['foo @ start()', 'foo @ start()'],
    ['foo[5m:]', 'foo[5m:]'],
    ['foo[5m*2:1m]', 'foo[5m * 2:1m]'],
    ['a + on(x)group_left(y) b', 'a + on (x) group_left (y) b'],
    ['a == bool b', 'a == bool b'],
    ['a + fill(0) b', 'a + fill (0) b'],
    ['topk(3,foo)', 'topk(3, foo)'],
    ['1e3', '1000'],
    ['"a\\nb"', '"a\\nb"'],
    ['-(1)', '-(1)'],
    ['foo smoothed', 'foo smoothed'],
  ])('of %s is %s', (query, text) => {
    expect(printExpr(parsePromql(query))).toBe(text);
  });
});

describe('the pretty form', () => {
  test('breaks what is longer than a line, and leaves the rest', () => {
    const query =
      'sum by (service_name, http_route) (rate(http_server_request_duration_seconds_count{http_route!=""}[5m])) / 60';
    expect(prettyPrintExpr(parsePromql(query))).toBe(
      [
        '  sum by (service_name, http_route) (',
        '    rate(http_server_request_duration_seconds_count{http_route!=""}[5m])',
        '  )',
        '/',
        '  60',
      ].join('\n'),
    );
    expect(prettyPrintExpr(parsePromql('a+b'))).toBe('a + b');
  });
});
