// What the parser takes, and in which words it refuses the rest.
import { describe, expect, test } from 'vitest';
import { QueryError, type QueryErrorFields } from '../errors/query-error.ts';
import { parsePromql, parseSelector } from './parser.ts';

function refusalOf(query: string): QueryErrorFields {
  try {
    parsePromql(query);
  } catch (error) {
    if (error instanceof QueryError) return error.fields;
    throw error;
  }
  throw new Error(`${query} was accepted`);
}

describe('what Prometheus says about', () => {
  test.each([
    ['', 'unknown position: parse error: no expression found in input'],
    ['1 +', '1:4: parse error: unexpected end of input'],
    ['foo{', '1:5: parse error: unexpected end of input inside braces'],
    ['foo{a=}', '1:7: parse error: unexpected "}" in label matching, expected string'],
    ['foo{a="b"', '1:10: parse error: unexpected end of input inside braces'],
    ['"unclosed', '1:1: parse error: unterminated quoted string'],
    ['foo[5m', '1:7: parse error: unclosed left bracket'],
    ['rate(foo)', '1:6: parse error: expected type range vector in call to function "rate", got instant vector'],
    ['nosuch(foo)', '1:1: parse error: unknown function with name "nosuch"'],
    ['foo offset 1', undefined],
    ['a\n+ b *', '2:6: parse error: unexpected end of input'],
    ['é + foo', "1:1: parse error: unexpected character: 'é'"],
    ['foo{a=~"("}', '1:5: parse error: error parsing regexp: missing closing ): `(`'],
    ['sum(foo) by', '1:12: parse error: unexpected end of input in grouping opts, expected "("'],
    ['1 == 1', '1:3: parse error: comparisons between scalars must use BOOL modifier'],
    ['foo and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
  ])('%j', (query, text) => {
    if (text === undefined) expect(() => parsePromql(query)).not.toThrow();
    else expect(refusalOf(query).serverText).toBe(text);
  });
});

describe('what we say beside it', () => {
  test('the place is an offset into the text, for a caret', () => {
    const { start, end, query } = refusalOf('sum(rate(x[5m]) by (a)');
    expect(query?.slice(start, end)).toBe('by');
  });

  test.each([
    ['sum(rte(x[5m]))', 'rate'],
    ['histogram_quantil(0.9, x)', 'histogram_quantile'],
  ])('%s: the nearest function is named', (query, nearest) => {
    expect(refusalOf(query).suggestion).toContain(nearest);
  });

  test('what was expected is listed', () => {
    expect(refusalOf('foo bar').expected).toContain('an operator');
  });
});

describe('the tree', () => {
  test('operators bind as in Prometheus: ^ from the right and before the sign', () => {
    expect(parsePromql('-2 ^ 3 ^ 2 + 1')).toMatchObject({
      op: '+',
      lhs: { type: 'unary', op: '-', expr: { op: '^', lhs: { value: 2 }, rhs: { op: '^' } } },
    });
  });

  test('every node knows its place', () => {
    const query = 'sum by (a) (rate(foo{b="c"}[5m]))';
    const tree = parsePromql(query);
    if (tree.type !== 'aggregation' || tree.expr.type !== 'call') throw new Error('no aggregation of a call');
    const places = [tree, tree.expr, tree.expr.args[0]].map((node) => query.slice(node?.start, node?.end));
    expect(places).toEqual([query, 'rate(foo{b="c"}[5m])', 'foo{b="c"}[5m]']);
  });

  test.each([
    ['sum', 'sum'],
    ['by', 'by'],
    ['offset', 'offset'],
    ['step', 'step'],
  ])('the keyword %s is a metric where a metric stands', (query, name) => {
    expect(parsePromql(query)).toMatchObject({ type: 'vectorSelector', name });
  });

  test('comments and line breaks do not count', () => {
    expect(parsePromql('foo # a comment\n  + # another\n bar')).toMatchObject({ type: 'binary', op: '+' });
  });

  test.each([
    ['parentheses', `${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['signs', `${'-'.repeat(20_000)}1`],
    ['operators', `1${' + 1'.repeat(20_000)}`],
    ['powers', `1${' ^ 1'.repeat(20_000)}`],
    ['calls', `${'abs('.repeat(20_000)}m${')'.repeat(20_000)}`],
  ])('of too many nested %s is refused, not walked', (_kind, query) => {
    expect(refusalOf(query)).toMatchObject({ kind: 'unsupported', message: 'expression deeper than 500 levels' });
  });
});

describe('a lone selector', () => {
  test('is read', () => {
    expect(parseSelector('foo{a="b"}').matchers).toHaveLength(2);
  });

  test.each(['foo + bar', 'rate(foo[5m])', 'foo[5m]', ''])('%j is none', (text) => {
    expect(() => parseSelector(text)).toThrow(QueryError);
  });
});
