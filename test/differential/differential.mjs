// Asks two servers the same random questions and counts the answers that differ.
import { parseArgs } from 'node:util';
import { ask } from '../conformance/lib/ask.mjs';
import { Clock } from '../conformance/lib/clock.mjs';
import { compare } from '../conformance/lib/compare.mjs';
import { makeTargets, startEngine } from '../conformance/lib/engine.mjs';
import { loadSignal, waitUntilVisible } from '../conformance/lib/load.mjs';
import { sources } from './sources.mjs';

// Which series or line such a refusal names depends on the order in which the server holds them.
const namesAnySeries = /^(?:found duplicate series|multiple matches|pipeline error)/;
const tenMinutesMs = 600_000;
const data = new URL('../conformance/data', import.meta.url).pathname;

/** @returns {Promise<number>} exit code: 1 if any answer differs */
export async function runDifferential(words, makeMaker) {
  const { values, positionals } = parseArgs({
    args: words,
    allowPositionals: true,
    options: {
      count: { type: 'string', default: '1000' },
      seed: { type: 'string', default: String(Date.now() % 1_000_000) },
      depth: { type: 'string', default: '4' },
      embedded: { type: 'string' },
      t0: { type: 'string' },
      'no-load': { type: 'boolean', default: false },
      verbose: { type: 'boolean', default: false },
    },
  });
  const [language, url] = positionals;
  const source = sources[language];
  if (source === undefined || url === undefined)
    throw new Error('usage: run.mjs promql|logql URL [--count N] [--seed N]');
  const t0Ms = Number(values.t0 ?? Math.floor((Date.now() - 2 * tenMinutesMs) / tenMinutesMs) * tenMinutesMs);
  const clock = new Clock(t0Ms);
  const real = makeTargets({ [source.server]: url });
  const engine = values.embedded
    ? { targets: makeTargets({ [source.server]: values.embedded }), stop: async () => {} }
    : await startEngine();
  const pair = { language, real, embedded: engine.targets, clock };
  try {
    if (!values['no-load']) for (const targets of [real, engine.targets]) await load(language, targets, clock);
    const vocabulary = await source.readVocabulary(url, clock);
    const make = makeMaker(language, Number(values.seed), vocabulary);
    console.log(`${values.count} queries of ${language}, seed ${values.seed}, --t0 ${t0Ms}`);
    return (await askAll(pair, { make, source, count: Number(values.count), depth: Number(values.depth) })) ? 0 : 1;
  } finally {
    await engine.stop();
  }
}

async function load(language, targets, clock) {
  await loadSignal(language, { folder: data, targets, clock, options: {} });
  const why = await waitUntilVisible(language, { folder: data, targets, clock, timeoutMs: 20_000 });
  if (why) console.error(`warning: data not visible: ${why.slice(0, 200)}`);
}

async function askAll(pair, { make, source, count, depth }) {
  const tally = { equal: 0, refused: 0, empty: 0, failed: 0, different: 0 };
  for (let at = 0; at < count; at += 1) {
    const query = make(at % (depth + 1));
    const testCase = source.makeCase(query, at);
    const { why, expected } = await askBoth(pair, testCase);
    // What breaks the real server tells nothing.
    if (expected?.status >= 500) tally.failed += 1;
    else if (why) {
      tally.different += 1;
      console.log(`#${at} ${JSON.stringify(testCase)}\n    ${why}`);
    } else if (expected.error !== undefined) tally.refused += 1;
    else if (source.isEmpty(expected.data)) tally.empty += 1;
    else tally.equal += 1;
  }
  console.log(
    Object.entries(tally)
      .map(([name, number]) => `${name} ${number}`)
      .join(', '),
  );
  return tally.different === 0;
}

async function askBoth({ language, real, embedded, clock }, testCase) {
  try {
    const [expected, actual] = await Promise.all([
      ask(language, testCase, { targets: real, clock }),
      ask(language, testCase, { targets: embedded, clock }),
    ]);
    const judged = { ...testCase, errorVaries: namesAnySeries.test(expected.error ?? '') };
    return { expected, why: compare(language, judged, { expected, actual, options: { exactErrors: true } }) };
  } catch (error) {
    return { why: `${error.name}: ${error.message}` };
  }
}
