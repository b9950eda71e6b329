// A half-typed query is answered with what could come next.
import { expect, test } from 'vitest';
import { QueryError } from '../errors/query-error.ts';
import { parsePromql } from './parser.ts';

test.each([
  ['up{', 'a label matcher such as job="api"'],
  ['up{job="a" }} ', undefined],
  ['sum(rate(up[5m])', '")"'],
  ['up)', 'a "(" before it'],
  ['up[5m', 'a duration such as 5m'],
  ['up ! 1', '"!="'],
  ['up{job="a', 'the closing quote'],
])('%s expects %s', (query, expected) => {
  try {
    parsePromql(query);
    expect.unreachable();
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    expect(error.fields.expected?.[0]).toBe(expected);
  }
});
