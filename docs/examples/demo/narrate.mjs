// What the demo says: a headline per step, a tick or a cross per expectation, the time at the end.
const colour = process.stdout.isTTY && !process.env.NO_COLOR;
const paint = (code, text) => (colour ? `\u001b[${code}m${text}\u001b[0m` : text);

const expectations = [];

export function narrate(headline) {
  process.stdout.write(`\n${paint(1, `# ${headline}`)}\n`);
}

/** Notes whether something came out as it should, and goes on. */
export function expect(holds, what) {
  expectations.push({ holds, what });
  process.stdout.write(`${holds ? paint(32, '✓') : paint(31, '✗')} ${what.trim()}\n`);
}

export function startClock() {
  return performance.now();
}

/** The closing line; true if all expectations held. */
export function readExpectations(startedAt) {
  const failed = expectations.filter((one) => !one.holds);
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
  const verdict =
    failed.length === 0
      ? paint(32, 'The expected verdicts came out')
      : paint(31, `${failed.length} expectations failed`);
  process.stdout.write(
    `\n${verdict}: ${expectations.length - failed.length} of ${expectations.length}, in ${seconds} s.\n`,
  );
  return failed.length === 0;
}
