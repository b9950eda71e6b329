// Compares a normalised answer with the recorded one. Returns undefined when equal, else a short text. What is compared
// loosely, and why, is in README.md.
import { canon, defaultTolerance, diffSet, expectedGot, shorten } from './equality.mjs';
import { languages } from './languages.mjs';

/** @param options.exactErrors error texts have to be the same, not only status and type */
export function compare(language, testCase, { expected, actual, options }) {
  if (expected.status !== actual.status)
    return `expected HTTP ${expected.status} got ${actual.status}: ${shorten(actual.error ?? actual.data ?? actual.text ?? '')}`;
  if (expected.error !== undefined) return compareErrors(testCase, { expected, actual, options });
  if (expected.text !== undefined)
    return expected.text === actual.text
      ? undefined
      : `text: ${expectedGot(expected.text, actual.text ?? actual.data)}`;
  if (actual.data === undefined) return `no data in the answer: ${shorten(actual.text ?? '')}`;
  return compareNotes(expected, actual) ?? compareData(language, testCase, { expected, actual });
}

function compareErrors(testCase, { expected, actual, options }) {
  if (expected.errorType !== actual.errorType)
    return `expected errorType ${expected.errorType} got ${actual.errorType}: ${shorten(actual.error ?? '')}`;
  if (!options.exactErrors || testCase.errorVaries || expected.error === dropSetting(actual.error)) return undefined;
  return `error text: ${expectedGot(expected.error, actual.error ?? '')}`;
}

function compareNotes(expected, actual) {
  return (
    diffSet(expected.warnings, actual.warnings, 'warnings') ??
    diffSet(expected.infos, actual.infos, 'infos') ??
    (canon(expected.encodingFlags) === canon(actual.encodingFlags)
      ? undefined
      : `encodingFlags: ${expectedGot(expected.encodingFlags, actual.encodingFlags)}`)
  );
}

function compareData(language, testCase, { expected, actual }) {
  if (testCase.type === 'otlp') return undefined;
  return languages[language].kinds[testCase.type].diff(expected.data, actual.data, {
    tolerance: testCase.tolerance ?? defaultTolerance,
    ownTolerance: testCase.tolerance,
    countOnly: testCase.countOnly,
    ordered: testCase.ordered,
    limited: testCase.limit !== undefined,
    exemplars: testCase.exemplars,
  });
}

// Behind the words of the server stands which limit it was and where obs.yaml sets it.
function dropSetting(error) {
  return error?.replace(/ \(limit: [^()]*; limits\.\w+ in obs\.yaml\)$/, '');
}
