// How queries are printed: in Tempo's form, quoted so that they read back; and as Tempo itself puts them into messages.
import { describe, expect, it } from 'vitest';
import { parseTraceql } from './parser.ts';
import { printAsServer, printTraceql } from './print.ts';

const print = (text: string) => printTraceql(parseTraceql(text));

describe('the printer', () => {
  it.each([
    ['{}', '{ true }'],
    ['{.a=1}', '{ .a = 1 }'],
    ['{ ((.a = 1)) && .b }', '{ (.a = 1) && .b }'],
    ['{ (.a || .b) && .c }', '{ (.a || .b) && .c }'],
    ['{ .a - (.b - .c) = 1 }', '{ (.a - (.b - .c)) = 1 }'],
    ['{ 2 ^ 3 ^ 2 = 512 }', '{ (2 ^ (3 ^ 2)) = 512 }'],
    ['{ !(.a = 1) }', '{ !(.a = 1) }'],
    ['{ span."a b" = `x` }', '{ span."a b" = "x" }'],
    ['{ duration > 90s }', '{ duration > 1m30s }'],
    ['{ .a = "tab\\t\\"q\\"" }', '{ .a = "tab\\t\\"q\\"" }'],
    ['{.a}>>{.b}', '({ .a }) >> ({ .b })'],
    ['({.a}||{.b})>>{.c}', '(({ .a }) || ({ .b })) >> ({ .c })'],
    ['{}|count()>1|by(name)', '{ true }|(count()) > 1|by(name)'],
    ['{}|select(.a,name)', '{ true }|select(.a, name)'],
    ['{}|rate()by(name)|topk(3)', '{ true } | rate()by(name) | topk(3)'],
    ['{}|quantile_over_time(duration,.5,.99)', '{ true } | quantile_over_time(duration,0.5,0.99)'],
    ['{}|compare({status=error},5)', '{ true } | compare({ status = error }, 5)'],
    ['{} with(most_recent=true)', '{ true } with(most_recent=true)'],
  ])('writes %s as %s', (text, printed) => {
    expect(print(text)).toBe(printed);
  });

  it.each([
    ['{ 1 }', '{ 1 }'],
    ['{ .a = "x" && 1 }', '{ (.a = `x`) && 1 }'],
    ['{ !.a }', '{ !.a }'],
  ])('writes %s for Tempo’s messages as %s', (text, printed) => {
    const [filter] = parseTraceql(text).pipeline.elements;
    expect(filter && printAsServer(filter)).toBe(printed);
  });
});
