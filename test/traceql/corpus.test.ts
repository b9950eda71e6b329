// Every query of the corpus is taken or refused as its list says, refused in Tempo's words, and printed so that parsing
// gives the same tree again.
import { describe, expect, it } from 'vitest';
import { QueryError } from '../../src/errors/query-error.ts';
import { parseTraceql } from '../../src/traceql/parser.ts';
import { printTraceql } from '../../src/traceql/print.ts';
import { validateTraceql } from '../../src/traceql/validate.ts';
import { type CorpusQuery, readCorpus } from './corpus.ts';
import { withoutPlaces } from './places.ts';

const refused = ['syntax', 'invalid'] as const;
const parsed = [...readCorpus('valid'), ...readCorpus('invalid')];

describe('the corpus', () => {
  it('holds more than 300 different queries', () => {
    const all = [...parsed, ...readCorpus('syntax')].map(({ query }) => query);
    expect(all.length).toBeGreaterThan(300);
    expect(all.filter((query, i) => all.indexOf(query) !== i)).toEqual([]);
  });

  it('knows no query that Tempo answers and obs does not', () => {
    expect(readCorpus('unsupported')).toEqual([]);
  });

  it.each(readCorpus('valid'))('takes $query', ({ query }) => {
    expect(() => validateTraceql(parseTraceql(query), query)).not.toThrow();
  });

  describe.each(refused)('%s queries', (kind) => {
    it.each(readCorpus(kind))('$query', ({ query, serverText }: CorpusQuery) => {
      const error = refusalOf(query);
      expect(error?.fields).toMatchObject({ language: 'traceql', kind, serverText });
    });

    it.each(readCorpus(kind))('our own words say where and what: $query', ({ query }) => {
      const fields = refusalOf(query)?.fields;
      expect(fields?.message).toBeTruthy();
      const { start = -1, end = -1 } = fields ?? {};
      expect(start).toBeGreaterThanOrEqual(0);
      expect(end).toBeGreaterThan(start);
      expect(start).toBeLessThanOrEqual(query.length);
    });
  });

  it.each(parsed)('prints and reads back $query', ({ query }) => {
    const tree = parseTraceql(query);
    const printed = printTraceql(tree);
    expect(withoutPlaces(parseTraceql(printed))).toEqual(withoutPlaces(tree));
    expect(printTraceql(parseTraceql(printed))).toBe(printed);
  });
});

function refusalOf(query: string): QueryError | undefined {
  try {
    validateTraceql(parseTraceql(query), query);
    return undefined;
  } catch (error) {
    if (error instanceof QueryError) return error;
    throw error;
  }
}
