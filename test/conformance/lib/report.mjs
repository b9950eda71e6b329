// What a run of the recorded cases prints: the failures, the table by language and category, the closing line.
import { canon, shorten } from './equality.mjs';
import { countOutcomes } from './suite.mjs';

const shownFailures = 20;

export function renderReport(outcomes, { verbose }) {
  const failures = outcomes.filter((one) => one.why);
  const shown = verbose ? failures : failures.slice(0, shownFailures);
  return [
    ...shown.flatMap((one) => renderFailure(one, verbose)),
    ...(shown.length < failures.length ? [`… and ${failures.length - shown.length} more (--verbose lists all)`] : []),
    '',
    ...renderTable(countOutcomes(outcomes)),
    '',
    renderErrorTexts(outcomes),
    `${outcomes.length - failures.length} passed, ${failures.length} failed`,
  ].join('\n');
}

function renderFailure({ id, why, testCase, expected, actual }, verbose) {
  const lines = [`FAIL ${id}`];
  if (testCase) {
    const { id: _id, expected: _expected, ...asked } = testCase;
    lines.push(`  case     ${shorten(JSON.stringify(asked), verbose ? 4_000 : 400)}`);
  }
  lines.push(`  ${shorten(why, verbose ? 8_000 : 600)}`);
  if (verbose && testCase)
    lines.push(`  expected ${shorten(canon(expected), 3_000)}`, `  actual   ${shorten(canon(actual), 3_000)}`);
  return lines;
}

function renderTable(totals) {
  return Object.entries(totals)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, { passed, total }]) => {
      const percent = name.includes('/') ? '' : `  ${((100 * passed) / total).toFixed(2)} %`;
      return `${name.padEnd(36)} ${String(passed).padStart(5)} / ${total}${percent}`;
    });
}

function renderErrorTexts(outcomes) {
  const comparable = outcomes.filter((one) => one.textSame !== undefined);
  const same = comparable.filter((one) => one.textSame);
  return `error texts identical to the real ones: ${same.length} / ${comparable.length} (required with --errors exact)`;
}
