// Constants folded, and chains of comparisons on one attribute joined to lists.
import { describe, expect, it } from 'vitest';
import { parseTraceql } from './parser.ts';
import { printAsServer } from './print.ts';
import { foldConstants, joinComparisons } from './simplify.ts';

describe('constants', () => {
  it.each([
    ['{ 1 + 2 = 3 }', '{ true }'],
    ['{ .a = 1 + 2 * 3 }', '{ .a = 7 }'],
    ['{ .a > 2 - 3 }', '{ .a > -1 }'],
    ['{ duration > 500ms + 500ms }', '{ duration > 1e+09 }'],
    ['{ .a + 1 = 2 }', '{ (.a + 1) = 2 }'],
    ['{ !true }', '{ false }'],
    ['{ .a = 1 / 0 }', '{ .a = (1 / 0) }'],
  ])('%s becomes %s', (text, expected) => {
    expect(filterOf(foldConstants(parseTraceql(text)))).toBe(expected);
  });
});

describe('comparisons', () => {
  it.each([
    ['{ .a = 1 || .a = 2 }', 'IN'],
    ['{ .a = "x" || .a = "y" || .a = "z" }', 'IN'],
    ['{ .a != 1 && .a != 2 }', 'NOT IN'],
    ['{ .a =~ "x" || .a =~ "y" }', 'MATCH ANY'],
    ['{ .a !~ "x" && .a !~ "y" }', 'MATCH NONE'],
    ['{ .a = 1 || .b = 2 }', '||'],
    ['{ .a = 1 || .a = "x" }', '||'],
    ['{ .a = 1 && .a = 2 }', '&&'],
    ['{ .a != 1 || .a != 2 }', '||'],
  ])('%s ends with %s on top', (text, op) => {
    const [filter] = joinComparisons(parseTraceql(text)).pipeline.elements;
    expect(filter?.type === 'filter' && filter.expression.type === 'binary' && filter.expression.op).toBe(op);
  });
});

function filterOf(query: ReturnType<typeof parseTraceql>): string | undefined {
  const [filter] = query.pipeline.elements;
  return filter && printAsServer(filter);
}
