// What people and agents read when a query is refused: where, what, and what was meant.
import { describe, expect, it } from 'vitest';
import { QueryError, type QueryErrorFields } from '../errors/query-error.ts';
import { parseTraceql } from './parser.ts';
import { validateTraceql } from './validate.ts';

describe('a refusal', () => {
  it.each([
    ['{ nmae = "x" }', 'nmae', /did you mean name/],
    ['{ statu = error }', 'statu', /did you mean status/],
    ['{ status = err }', 'err', /did you mean error/],
    ['{ kind = sever }', 'sever', /did you mean server/],
    ['{ user = 1 }', 'user', /\.user or span\.user/],
    ['{ .a == 1 }', '=', /write = for equality/],
    ['{ .a <> 1 }', '>', /write != for inequality/],
    ['{ } >>> { }', '>', /write >> for descendants/],
    ['{ .a = 1 and .b = 2 }', 'and', /write && instead of and/],
    ['{ .a = 1 or .b = 2 }', 'or', /write \|\| instead of or/],
    ['{ not .a }', 'not', /write ! before a bracket/],
    ["{ .a = 'x' }", "'x'", /double quotes: "x"/],
    ['{ } | counts() > 1', 'counts', /did you mean count/],
    ['{ } | quantile(duration, .9)', 'quantile', /quantile|unexpected name/],
    ['{ childCount = 1 }', 'childCount', /write span:childCount/],
    ['{ } limit 5', 'limit', /parameter of the request/],
  ])('of %s marks %s and says what to write', (query, marked, message) => {
    const { start = 0, end = 0, ...fields } = refusalOf(query);
    expect(query.slice(start, end)).toBe(marked);
    expect(fields.message).toMatch(message);
    expect(fields.kind).toBe('syntax');
  });

  it.each([
    ['{ } |  count() > 1 |', 'the end of the query'],
    ['{ .a = }', '`}`'],
    ['{ } | count(1) > 1', '1'],
    ['{ } | by "x"', 'string "x"'],
    ['{ } | by foo', 'name foo'],
  ])('of %s names what it found: %s', (query, found) => {
    expect(refusalOf(query).message).toContain(`unexpected ${found}`);
  });

  it.each([
    ['{ } &&', ['{', '(']],
    ['{ } with (', ['a name']],
    ['{ } | count(1)', [')']],
    ['{ event:foo = 1 }', ['name', 'timeSinceStart']],
    ['{ } | rate() | topk("x")', ['a whole number']],
    ['{ = 1 }', []],
  ])('of %s lists what could stand there if that is little', (query, expected) => {
    expect(refusalOf(query).expected).toEqual(expected);
  });

  it('counts lines and columns from one, in characters', () => {
    const query = '{ .a = "\u{1F600}" }\n&& { nosuch = 1 }';
    const error = catchRefusal(query);
    expect(error.position).toMatchObject({ line: 2, column: 6 });
    expect(error.fields.serverText).toBe('parse error at line 2, col 6: unknown identifier: nosuch');
  });

  it('of types marks the expression that cannot be', () => {
    const query = '{ .ok = true && duration = "x" }';
    const { start, end, kind } = refusalOf(query);
    expect(query.slice(start, end)).toBe('duration = "x"');
    expect(kind).toBe('invalid');
  });

  it('comes before the stack overflows', () => {
    const deep = `{ ${'('.repeat(5000)}.a${')'.repeat(5000)} }`;
    expect(refusalOf(deep).message).toBe('the query nests deeper than 1000 levels');
    expect(refusalOf(`{ .a = ${'1 + '.repeat(5000)}1 }`).message).toBe('the query nests deeper than 1000 levels');
  });
});

function refusalOf(query: string): QueryErrorFields {
  return catchRefusal(query).fields;
}

function catchRefusal(query: string): QueryError {
  try {
    validateTraceql(parseTraceql(query), query);
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
  throw new Error(`${query} was not refused`);
}
