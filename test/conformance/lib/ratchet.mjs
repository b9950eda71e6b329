// The counts that may only rise. One number per language and per category, so that a gain in one place cannot hide a loss
// in another.
import { readFileSync, writeFileSync } from 'node:fs';
import { countOutcomes } from './suite.mjs';

/** What fell below the recorded counts, one line each. A category that was not run is not judged. */
export function findLosses(outcomes, ratchet) {
  const totals = countOutcomes(outcomes);
  return Object.entries(ratchet).flatMap(([name, least]) =>
    totals[name] && totals[name].passed < least
      ? [`${name}: ${totals[name].passed} passed, but ${least} did before`]
      : [],
  );
}

/** The ratchet after this run: never lower than before. */
export function raise(outcomes, ratchet) {
  const raised = { ...ratchet };
  for (const [name, { passed }] of Object.entries(countOutcomes(outcomes)))
    raised[name] = Math.max(passed, ratchet[name] ?? 0);
  return Object.fromEntries(Object.entries(raised).sort(([a], [b]) => (a < b ? -1 : 1)));
}

export const readRatchet = (file) => JSON.parse(readFileSync(file, 'utf8'));

export const writeRatchet = (file, ratchet) => writeFileSync(file, `${JSON.stringify(ratchet, null, 2)}\n`);
