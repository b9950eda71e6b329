// Shortcuts must not show: searching whole blocks, and dropping lines by their JSON fields before parsing, give the same
// answers as the same question put so that no shortcut applies.
import { describe, expect, it } from 'vitest';
import { evaluate } from '../../src/logql/evaluate.ts';
import { parse } from '../../src/logql/parser.ts';
import { makeLabels } from '../../src/logql/values.ts';
import { makeRandom } from './random-query.ts';
import { makeStore } from './run-eval.ts';

const seed = Number(process.env.OBS_FUZZ_SEED ?? 20_261_122);
const originNs = 1_704_067_200_000_000_000n;
const random = makeRandom(seed);
const pick = <T>(choices: readonly T[]): T => choices[Math.floor(random() * choices.length)] as T; // no list here is empty

const values = [
  '1',
  '500',
  '"500"',
  '"x"',
  '"a\\"b"',
  '""',
  'true',
  'null',
  '[1]',
  '{"a":1}',
  '-2.5',
  '"1s"',
  '"é"',
  'tru',
  '"open',
];
const separators = [',', ', ', ' ,', '  '];

function makeLine(): string {
  const fields = Array.from(
    { length: Math.floor(random() * 4) },
    () => `"${pick(['a', 'b', 'a_a', 'm', 'é'])}"${pick([':', ' : '])}${pick(values)}`,
  );
  return (
    pick(['', ' ', 'text ']) + pick(['{', '{ ', '[']) + fields.join(pick(separators)) + pick(['}', ' }', '', '} tail'])
  );
}

const store = makeStore();
const lines = Array.from({ length: 600 }, makeLine);
store.append(
  makeLabels([
    ['app', 'x'],
    ['m', 'stream'],
  ]),
  // Every seventh entry comes late, so that rows and times are in different orders.
  lines.map((line, i) => ({
    timeNs: originNs + BigInt(i % 7 === 0 ? i * 10 - 25 : i * 10),
    line,
    metadata: makeLabels([['b', `${i % 3}`]]),
  })),
);

// Lines without a fault, of all kinds of values (y) and of numbers only (z).
for (const [app, choices] of [
  ['y', values.slice(0, 13)],
  ['z', ['1', '500', '-2.5', '"500"', '0.125', 'null', '[1]']],
] as const) {
  const keys = ['a', 'b', 'a_a', 'm', 'é', 'a'];
  store.append(
    makeLabels([['app', app]]),
    Array.from({ length: 150 }, (_, i) => ({
      timeNs: originNs + BigInt(i),
      line: `{${keys
        .slice(i % 3, (i % 3) + 1 + (i % 4))
        .map((key) => `"${key}":${pick(choices)}`)
        .join(', ')}}`,
      metadata: i % 2 === 0 ? [] : makeLabels([['b', `${i % 3}`]]),
    })),
  );
}

async function ask(query: string): Promise<string[]> {
  const result = await evaluate(parse(query), store, {
    startNs: originNs - 1_000n,
    endNs: originNs + 1_000_000n,
    stepNs: 0n,
    intervalNs: 0n,
    limit: 5_000,
    direction: 'forward',
    maxSeries: 500,
    breather: { nowMs: () => 0 },
    stats: { lines: 0, bytes: 0 },
  });
  if (result.kind !== 'streams')
    return result.kind === 'vector' ? result.samples.map(({ labels, value }) => JSON.stringify([labels, value])) : [];
  return result.entries.map(({ timestampNs, line, labels }) => `${timestampNs} ${line} ${JSON.stringify(labels)}`);
}

const filters = [
  'a="x"',
  'a!="x"',
  'a=~"5.*"',
  'a="500"',
  'a=500',
  'a!=500',
  'a > 1',
  'b > 0',
  'b="1"',
  'm="stream"',
  'm!="x"',
  'a_a=1',
  'a=""',
  'a > 1 and b > 0',
  'a_a > 0 | m_extracted > 5',
  'a_a >= 1 | a > 5 | b_extracted < 3',
  'a="x" or b="1"',
  'a > 500ms',
  'a="x" | b_extracted="x"',
  'a > 1 | __error__=""',
  '__error__!=""',
]; // prettier-ignore

describe(`a shortcut (seed ${seed})`, () => {
  it.each(filters)('by JSON fields does not show: | json | %s', async (filter) => {
    const [short, long] = await Promise.all([
      ask(`{app="x"} | json | ${filter}`),
      ask(`{app="x"} | json | label_format zz=zz | ${filter}`),
    ]);
    expect(short).toEqual(long);
  });

  it.each(filters)('by JSON fields does not show in metrics: | json | %s', async (filter) => {
    const count = (stages: string) => ask(`sum by (b, __error__) (count_over_time({app="x"} ${stages} [1h]))`);
    expect(await count(`| json | ${filter}`)).toEqual(await count(`| json | label_format zz=zz | ${filter}`));
  });

  // A line that fails a query hides all the others, so these streams have none, or one kind of them.
  const metrics: readonly (readonly [before: string, after: string])[] = [
    ['sum by (a) (count_over_time({app="y"}', '[1h]))'],
    ['sum by (app, a, a_a) (bytes_over_time({app="y"}', '[1h]))'],
    ['sum by (m, b, a) (rate({app="y"}', '[1h]))'],
    ['sum by (b_extracted, a) (rate({app="y"}', '[1h]))'],
    ['max_over_time({app="z"}', '| unwrap a [1h]) by (a_a)'],
    ['avg_over_time({app="z"}', '| unwrap a [1h]) by (b, a)'],
    ['quantile_over_time(0.5, {app="z"}', '| unwrap bytes(a) [1h]) by (app)'],
    ['min_over_time({app="z"}', '| unwrap b [1h]) by (a)'],
    ['min_over_time({app="y"}', '| unwrap a [1h]) by (b)'],
    ['first_over_time({app="z"}', '| unwrap a_a [1h]) by (m)'],
    ['absent_over_time({app="y"}', '[1h])'],
  ];

  it.each(metrics)('that reads JSON fields only does not show: %s … %s', async (before, after) => {
    const outcome = (query: string) => ask(query).catch((error: unknown) => [String(error)]);
    for (const filter of ['', '| a="500"', '| a_a=1', '| a=~"5.*"', '| a!="nosuch"', '| a_a != 7 and a!="1"']) {
      const short = await outcome(`${before} | json ${filter} ${after}`);
      const long = await outcome(`${before} | json | drop nosuch ${filter} ${after}`);
      expect([filter, short]).toEqual([filter, long]);
    }
  });

  it.each(['"a"', '"500"', 'x', ':', ' : ', 'é', '"a":1', '}', 'nothing', 'tail'])(
    'by searching blocks does not show: %s',
    async (text) => {
      const literal = JSON.stringify(text);
      const long = await ask(`{app="x"} |= ${literal} or ${literal}`);
      expect(await ask(`{app="x"} |= ${literal}`)).toEqual(long);
      expect(await ask(`{app="x"} |~ ${JSON.stringify(text.replace(/[}{]/g, '\\$&'))}`)).toEqual(long);
    },
  );

  it.each(['a.*b', 'x+', '5{2}', '50?0', '"a[^:]', 'ab*', '^{', 'tail$', '[a-c]":5', 'x?é?t'])(
    'by the plain part of a pattern does not show: %s',
    async (pattern) => {
      const literal = JSON.stringify(pattern);
      expect(await ask(`{app="x"} |~ ${literal}`)).toEqual(await ask(`{app="x"} |~ ${literal} or ${literal}`));
    },
  );
});
