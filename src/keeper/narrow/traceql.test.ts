// Queries as they leave for a shared Tempo.
import { describe, expect, test } from 'vitest';
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
    expect(findOpen(pipeline)).toEqual([]);
  });

  test('that is wrong is refused, not sent', () => {
    expect(() => narrow('{ .a = }')).toThrow();
    expect(() => narrow('{ "text" }')).toThrow();
  });

  test('for all spans is the condition alone', () => {
    expect(selectStackSpans('s1')).toBe(`{ ${own} }`);
  });
});

interface AnyNode {
  readonly type: string;
  readonly op?: string;
  readonly left?: AnyNode;
  readonly right?: AnyNode;
  readonly expression?: AnyNode;
  readonly elements?: readonly AnyNode[];
  readonly ref?: { readonly scope: string; readonly name: string };
  readonly value?: { readonly value: unknown };
}

/** Filters without the condition, and pipelines whose first element asks for all spans. Written apart from the code it judges. */
function findOpen(node: AnyNode): AnyNode[] {
  if (node.type === 'filter') return isClosed(node.expression) ? [] : [node];
  if (node.type === 'pipeline') {
    const [first, ...rest] = node.elements ?? [];
    const begins = first !== undefined && !['by', 'select', 'coalesce', 'aggregate'].includes(first.type);
    return [...(begins ? findOpen(first) : [node]), ...rest.filter(hasFilter).flatMap(findOpen)];
  }
  if (node.type === 'static') return [];
  const sides = [node.left, node.right].filter((side) => side !== undefined);
  return sides.length === 0 ? [node] : sides.flatMap(findOpen);
}

function hasFilter(node: AnyNode): boolean {
  return JSON.stringify(node, (_key, value) => (typeof value === 'bigint' ? String(value) : value)).includes(
    '"filter"',
  );
}

function isClosed(expression: AnyNode | undefined): boolean {
  if (expression?.type !== 'binary') return false;
  if (expression.op === '&&') return isClosed(expression.left) || isClosed(expression.right);
  const { left, right } = expression;
  const isMark = left?.ref?.scope === 'resource' && left.ref.name === 'obs.stack';
  return expression.op === '=' && isMark && right?.value?.value === 's1';
}
