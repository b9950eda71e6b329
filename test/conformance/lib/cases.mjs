// Reads the recorded cases. Expectations that occur more than once in a file stand in its list `parts` and are referred to
// as {"$": index}; pack.mjs writes that form.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every category of a language, in the order of the file names: `{category, cases}`. */
export function readCategories(folder, language) {
  const languageFolder = join(folder, language);
  if (!existsSync(languageFolder)) return [];
  return readdirSync(languageFolder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => unpack(JSON.parse(readFileSync(join(languageFolder, name), 'utf8'))));
}

/** Puts the parts back into the expectations. */
export function unpack({ category, parts = [], cases }) {
  const whole = new Map();
  const restore = (value) => {
    if (Array.isArray(value)) return value.map(restore);
    if (!value || typeof value !== 'object') return value;
    if (Object.hasOwn(value, '$')) return restorePart(value.$);
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, restore(one)]));
  };
  const restorePart = (index) => {
    if (!whole.has(index)) whole.set(index, restore(parts[index]));
    return whole.get(index);
  };
  return { category, cases: cases.map((one) => ({ ...one, expected: restore(one.expected) })) };
}

// Shorter values are cheaper than a reference that a reader has to follow.
const leastPartLength = 40;

/** The reverse of unpack(): finds what occurs more than once. */
export function pack({ category, cases }) {
  const counts = countParts(cases);
  const parts = [];
  const indexes = new Map();
  const replace = (value) => {
    if (!value || typeof value !== 'object') return value;
    const text = JSON.stringify(value);
    if (!indexes.has(text)) {
      const body = Array.isArray(value)
        ? value.map(replace)
        : Object.fromEntries(Object.entries(value).map(([key, one]) => [key, replace(one)]));
      if ((counts.get(text) ?? 0) < 2) return body;
      indexes.set(text, parts.push(body) - 1);
    }
    return { $: indexes.get(text) };
  };
  const packed = cases.map((one) => ({ ...one, expected: replace(one.expected) }));
  return { category, parts, cases: packed };
}

function countParts(cases) {
  const counts = new Map();
  const count = (value) => {
    if (!value || typeof value !== 'object') return;
    const text = JSON.stringify(value);
    if (text.length >= leastPartLength) {
      counts.set(text, (counts.get(text) ?? 0) + 1);
      // What is inside a repeated part is repeated with it, and counts once.
      if (counts.get(text) > 1) return;
    }
    for (const one of Object.values(value)) count(one);
  };
  for (const one of cases) count(one.expected);
  return counts;
}

/** One part or case a line, so that a diff shows the case that changed. */
export function formatCategory({ category, parts, cases }) {
  const lines = (list) => list.map((one) => JSON.stringify(one)).join(',\n');
  return `{"category":${JSON.stringify(category)},"parts":[\n${lines(parts)}\n],"cases":[\n${lines(cases)}\n]}\n`;
}
