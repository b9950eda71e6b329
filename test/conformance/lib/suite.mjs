// Runs the recorded cases of some languages against one engine and counts.
import { ask } from './ask.mjs';
import { readCategories } from './cases.mjs';
import { compare } from './compare.mjs';
import { loadSignal, waitUntilVisible } from './load.mjs';

const parallel = 4;

/**
 * @param options.languages names; options.folder with cases/ and data/; options.targets, options.clock
 * @param options.reference targets of real servers whose live answers replace the recorded ones
 * @returns {Promise<{outcomes: {language, category, id, why?, testCase?, actual?, textSame?}[]}>}
 */
export async function runSuite(options) {
  const outcomes = [];
  for (const language of options.languages) {
    if (!options.alreadyLoaded) outcomes.push(...(await loadAll(language, options)));
    for (const { category, cases } of readCategories(`${options.folder}/cases`, language)) {
      if (options.categories && !options.categories.includes(category)) continue;
      const wanted = options.id ? cases.filter((one) => one.id === options.id) : cases;
      outcomes.push(...(await runCases(language, { category, cases: wanted, options })));
    }
  }
  return { outcomes };
}

async function loadAll(language, options) {
  const folder = `${options.folder}/data`;
  const outcomes = await loadSignal(language, { ...options, folder, options });
  if (options.reference) {
    await loadSignal(language, { ...options, folder, targets: options.reference, options });
    await waitUntilVisible(language, { ...options, folder, targets: options.reference });
  }
  const why = await waitUntilVisible(language, { ...options, folder });
  if (why) options.note(`${language} data not visible after waiting: ${why.slice(0, 200)}`);
  return outcomes.map((one) => ({ language, category: 'ingest', ...one }));
}

async function runCases(language, { category, cases, options }) {
  const outcomes = new Array(cases.length);
  let next = 0;
  const work = async () => {
    while (next < cases.length) {
      const at = next++;
      outcomes[at] = { language, category, ...(await runCase(language, cases[at], options)) };
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
  return outcomes;
}

async function runCase(language, testCase, options) {
  const { targets, clock, reference } = options;
  const outcome = { id: testCase.id, testCase };
  try {
    const expected = reference ? await ask(language, testCase, { targets: reference, clock }) : testCase.expected;
    const actual = await ask(language, testCase, { targets, clock });
    const comparable = expected.error !== undefined && !testCase.errorVaries;
    return {
      ...outcome,
      expected,
      actual,
      why: compare(language, testCase, { expected, actual, options }),
      textSame: comparable ? expected.error === actual.error : undefined,
    };
  } catch (error) {
    const cause = error.cause ? ` (${error.cause.message})` : '';
    return { ...outcome, why: `${error.name}: ${error.message}${cause}` };
  }
}

/** Counts by `language/category` and by `language`. */
export function countOutcomes(outcomes) {
  const totals = {};
  for (const { language, category, why } of outcomes) {
    for (const name of [`${language}/${category}`, language]) {
      totals[name] ??= { passed: 0, total: 0 };
      totals[name].total += 1;
      if (!why) totals[name].passed += 1;
    }
  }
  return totals;
}
