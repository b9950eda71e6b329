// Parsers on damaged queries: each takes the text or refuses it in our own words, within a second, and never anything else.
// The seeds are the recorded queries of test/conformance.
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { parseBudget } from '../../src/budgets/language/parser.ts';
import { ObsError } from '../../src/errors/obs-error.ts';
import { QueryError } from '../../src/errors/query-error.ts';
import { parse as parseLogql } from '../../src/logql/parser.ts';
import { parsePromql } from '../../src/promql/parser.ts';
import { parseTraceql } from '../../src/traceql/parser.ts';
import { readCategories } from '../conformance/lib/cases.mjs';
import { readCpuMs } from './cpu-time.ts';
import { mutateText } from './mutate-text.ts';
import { Random, readRounds, readSeed } from './random.ts';

const seed = readSeed();
const rounds = readRounds();
const longestMs = 1_000;
const longestQuery = 1_000;
const cases = fileURLToPath(new URL('../conformance/cases', import.meta.url));

const budgets = [
  'startup < 800ms',
  'no span in journeys checkout, browse > 2s',
  'p95(span "GET /checkout" {status = error} of web in journey checkout) < 300ms over 20 samples',
  'logs {service_name="web"} |= "a > b" | detected_level="error" == 0',
  'max(rss of web) < 300MB',
  'errors of web < baseline + 15% + 2ms per iteration',
];

/** What happened that must not: undefined when every input was accepted or refused in our own words, in time. */
function findProblem(parse, seeds, random) {
  for (let round = 0; round < rounds; round += 1) {
    const input = mutateText(random.pick(seeds), seeds, random);
    const startMs = readCpuMs();
    try {
      parse(input);
    } catch (error) {
      const refused = error instanceof QueryError || error instanceof ObsError;
      if (!refused) return { seed, round, input, problem: String(error) };
    }
    const tookMs = readCpuMs() - startMs;
    if (tookMs > longestMs) return { seed, round, input, problem: `took ${tookMs} ms` };
  }
  return undefined;
}

function readQueries(language) {
  const recorded = readCategories(cases, language).flatMap((one) => one.cases.map(({ query }) => query));
  return recorded.filter((query) => query !== undefined && query.length < longestQuery);
}

it.each([
  { name: 'PromQL', parse: parsePromql, seeds: () => readQueries('promql') },
  { name: 'LogQL', parse: parseLogql, seeds: () => readQueries('logql') },
  { name: 'TraceQL', parse: parseTraceql, seeds: () => readQueries('traceql') },
  { name: 'budgets', parse: (text) => parseBudget(text, { kind: 'argument', source: 'fuzz' }), seeds: () => budgets },
])('the parser of $name takes or refuses whatever it is given', ({ parse, seeds }) => {
  expect(findProblem(parse, seeds(), new Random(seed))).toBeUndefined();
});

it('the canary is found, with the input that kills it', () => {
  const parse = (text) => {
    if (text !== 'sum(x)') throw new TypeError('canary');
  };
  expect(findProblem(parse, ['sum(x)'], new Random(seed))).toMatchObject({ seed, problem: 'TypeError: canary' });
});
