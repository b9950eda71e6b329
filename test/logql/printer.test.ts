// The printer's promise: what it prints parses to the same tree, on one line and laid out over several.
import { describe, expect, it } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import { parseOnly } from '../../src/logql/parser.ts';
import { print } from '../../src/logql/print.ts';
import { printPretty } from '../../src/logql/print-pretty.ts';
import { malformedQueries, validQueries } from './corpus.ts';
import { withoutPlaces } from './without-places.ts';

describe('printing a query', () => {
  it.each(validQueries)('and parsing it again is identity: %s', (query) => {
    const expr = parseOnly(query);
    expect(withoutPlaces(parseOnly(print(expr)))).toEqual(withoutPlaces(expr));
    expect(withoutPlaces(parseOnly(printPretty(expr)))).toEqual(withoutPlaces(expr));
  });

  it('breaks what is longer than a line', () => {
    const selector = '{service_name="checkout", deployment_environment="prod"}';
    const query = `sum by (service_name) (rate(${selector} |= "error" != "timeout" | json | status >= 500 [5m])) / 2`;
    expect(printPretty(parseOnly(query))).toBe(
      [
        '  sum by (service_name) (',
        '    rate(',
        `      ${selector}`,
        '        |= "error"',
        '        != "timeout"',
        '        | json',
        '        | status>=500 [5m]',
        '    )',
        '  )',
        '/',
        '  2',
      ].join('\n'),
    );
  });
});

describe('a malformed query', () => {
  it.each(malformedQueries)('is refused with a place: %j', (query) => {
    expect(() => parseOnly(query)).toThrow(QueryError);
    try {
      parseOnly(query);
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      expect(error.fields.kind).toBe('syntax');
      expect(error.position?.line).toBeGreaterThan(0);
      expect(error.fields.serverText).toMatch(/^parse error/);
    }
  });

  it.each([
    ['{a="b"} | jsno | x="y"', 'unexpected "|"', undefined],
    ['rate({a="b"})', 'unexpected ")"', undefined],
    ['cuont_over_time({a="b"}[1m])', 'unexpected "cuont_over_time"', 'did you mean count_over_time?'],
    ['{a="b"', 'the query ends too early', undefined],
  ])('%s says what is wrong', (query, message, suggestion) => {
    try {
      parseOnly(query);
      expect.unreachable();
    } catch (error) {
      if (!(error instanceof QueryError)) throw error;
      expect(error.message).toBe(message);
      expect(error.fields.suggestion).toBe(suggestion);
      expect(error.fields.expected?.length).toBeGreaterThan(0);
    }
  });
});
