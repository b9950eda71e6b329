// Queries that are still being typed, made whole.
import { expect, test } from 'vitest';
import { parseTraceql } from '../../../traceql/parser.ts';
import { printTraceql } from '../../../traceql/print.ts';
import { completeQuery } from './unfinished-query.ts';

test.each([
  ['{ .a = 1', '{ .a = 1 }'],
  ['{ .a = 1 && .b = }', '{ .a = 1 }'],
  ['{ .a = 1 && .b', '{ (.a = 1) && .b }'],
  ['{ .a = && .b = 1 }', '{ .b = 1 }'],
  ['{ .a = 1 || span.b =~ }', '{ .a = 1 }'],
  ['{ .a = 1 } | cou', '{ .a = 1 }'],
  ['{ (.a = 1 || .b = ) && .c = 2 }', '{ (.a = 1) && (.c = 2) }'],
  ['{ span.a = "x" && }', '{ span.a = "x" }'],
])('%s is completed to %s', (text, expected) => {
  expect(printTraceql(parseTraceql(completeQuery(text)))).toBe(printTraceql(parseTraceql(expected)));
});
