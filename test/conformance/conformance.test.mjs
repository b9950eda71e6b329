// The conformance runner can fail: every recorded answer is equal to itself, and unequal once it is damaged.
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { pack, readCategories, unpack } from './lib/cases.mjs';
import { Clock } from './lib/clock.mjs';
import { compare } from './lib/compare.mjs';
import { languageNames } from './lib/languages.mjs';
import { findLosses, raise } from './lib/ratchet.mjs';

const folder = `${dirname(fileURLToPath(import.meta.url))}/cases`;
const recorded = Object.fromEntries(languageNames.map((language) => [language, readCategories(folder, language)]));

it('holds every recorded case', () => {
  const counts = languageNames.map((language) => [language, recorded[language]?.flatMap((one) => one.cases).length]);
  expect(Object.fromEntries(counts)).toEqual({ promql: 1429, logql: 1398, traceql: 1207 });
});

// Ten megabytes of recordings, each compared several times.
describe.each(languageNames)('%s', { timeout: 60_000 }, (language) => {
  const cases = (recorded[language] ?? []).flatMap((one) => one.cases);

  it('finds every recorded answer equal to itself', () => {
    const different = cases.filter((one) =>
      compare(language, one, {
        expected: one.expected,
        actual: one.expected,
        options: { exactErrors: true },
      }),
    );
    expect(different).toEqual([]);
  });

  it('notices another status, a missing result and an extra one', () => {
    const damaged = cases.flatMap((one) => damage(one.expected).map((actual) => ({ one, actual })));
    const missed = damaged.filter(
      ({ one, actual }) => !compare(language, one, { expected: one.expected, actual, options: {} }),
    );
    expect(damaged.length).toBeGreaterThan(cases.length);
    expect(missed.map(({ one }) => one.id)).toEqual([]);
  });
});

function damage(expected) {
  const status = { ...structuredClone(expected), status: expected.status + 1 };
  // Results are lists either directly or below `result`; anything else is damaged by its status alone.
  const lists = [(one) => one.data, (one) => one.data?.result];
  const shortened = lists.flatMap((read) => {
    const copy = structuredClone(expected);
    const list = read(copy);
    const isSample = list === undefined || (Array.isArray(list) && !list.every((item) => typeof item === 'object'));
    if (!Array.isArray(list) || list.length === 0 || isSample) return [];
    list.pop();
    return [copy];
  });
  return [status, ...shortened];
}

it('packing and unpacking give the same cases', () => {
  const part = { name: 'a value that is long enough to become a part', list: [1, 2, 3] };
  const category = {
    category: 'x',
    cases: [
      { id: '1', expected: { a: part, b: [part, part.list] } },
      { id: '2', expected: part },
    ],
  };
  const packed = pack(category);
  expect(packed.parts).toEqual([part]);
  expect(unpack(JSON.parse(JSON.stringify(packed)))).toEqual(category);
});

// biome-ignore-start lint/suspicious/noTemplateCurlyInString: the placeholders of the recorded cases look like this
it('times in texts become placeholders and back', () => {
  const clock = new Clock(1_800_000_000_000);
  const text = 'at 1800000090 (1800000090500 ms, 1800000090000000001 ns) not 12345678901';
  expect(clock.scrub(text)).toBe('at ${T0 +90} (${T0MS +90500} ms, ${T0NS +90000000001} ns) not 12345678901');
  expect(clock.fill('${T0+90} ${T0MS-1} ${T0NS}')).toBe('1800000090 1799999999000 1800000000000000000');
});
// biome-ignore-end lint/suspicious/noTemplateCurlyInString: see above

describe('the ratchet', () => {
  const outcomes = [
    { language: 'promql', category: 'a', id: '1', why: undefined },
    { language: 'promql', category: 'a', id: '2', why: 'wrong' },
  ];

  it('names what fell, and does not judge what was not run', () => {
    expect(findLosses(outcomes, { 'promql/a': 2, 'logql/b': 7 })).toEqual(['promql/a: 1 passed, but 2 did before']);
    expect(findLosses(outcomes, { 'promql/a': 1 })).toEqual([]);
  });

  it('is what the README says', () => {
    const read = (path) => readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8');
    const ratchet = JSON.parse(read('ratchet.json'));
    const met = languageNames.reduce((sum, language) => sum + ratchet[language], 0);
    expect(read('../../README.md')).toContain(`${met.toLocaleString('en')} of 4,146`);
  });

  it('only rises', () => {
    expect(raise(outcomes, { promql: 5, logql: 3 })).toEqual({ logql: 3, promql: 5, 'promql/a': 1 });
  });
});
