// Queries as they leave for a shared Tempo.
import { describe, expect, test } from 'vitest';
import { type AnyNode, findOpenFilters } from '../../../test/remote/open-filters.ts';
import { readCorpus } from '../../../test/traceql/corpus.ts';
import { parseTraceql } from '../../traceql/parser.ts';
import { narrowTraceql, selectStackSpans } from './traceql.ts';

const narrow = (query: string) => narrowTraceql(query, 's1');
const own = 'resource.obs.stack = "s1"';

describe('a TraceQL query', () => {
  test.each([
    ['{}', `{ ${own} }`],
    ['{ .a = 1 }', `{ (.a = 1) && (${own}) }`],
    ['{ .a || .b }', `{ (.a || .b) && (${own}) }`],
    ['{ .a } >> { .b }', `({ .a && (${own}) }) >> ({ .b && (${own}) })`],
    ['{ .a } | count() > 2', `{ .a && (${own}) }|(count()) > 2`],
    ['count() > 2', `{ ${own} }|(count()) > 2`],
    ['by(.a) | count() > 2', `{ ${own} }|by(.a)|(count()) > 2`],
    ['({ .a } | { .b }) && ({ .c })', `({ .a && (${own}) }|{ .b && (${own}) }) && ({ .c && (${own}) })`],
    ['{ .a } | { .b } | rate() by(.c)', `{ .a && (${own}) }|{ .b && (${own}) } | rate()by(.c)`],
    ['{} | compare({ status = error })', `{ ${own} } | compare({ status = error }, 10)`],
    ['{ resource.obs.stack = "s2" }', `{ (resource.obs.stack = "s2") && (${own}) }`],
    ['{ .a } with(most_recent=true)', `{ .a && (${own}) } with(most_recent=true)`],
  ])('%s is asked as %s', (query, narrowed) => {
    expect(narrow(query)).toBe(narrowed);
    expect(() => parseTraceql(narrowed)).not.toThrow();
  });

  test.each(readCorpus('valid').map(({ query }) => query))('lets no span in that is not its own: %s', (query) => {
    // Seen as nodes of any type, since the judge below does not use the types of the code it judges.
    const pipeline = parseTraceql(narrow(query)).pipeline as unknown as AnyNode;
    expect(findOpenFilters(pipeline, 's1')).toEqual([]);
  });

  test('that is wrong is refused, not sent', () => {
    expect(() => narrow('{ .a = }')).toThrow();
    expect(() => narrow('{ "text" }')).toThrow();
  });

  test('for all spans is the condition alone', () => {
    expect(selectStackSpans('s1')).toBe(`{ ${own} }`);
  });
});
