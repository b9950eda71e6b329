// The arithmetic of docs/scale.md: every value in its tables follows from the figures above it by the formula beside it.
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const text = readFileSync(new URL('../../docs/scale.md', import.meta.url), 'utf8');
const rows = text
  .split('\n')
  .filter((line) => line.startsWith('|'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );

const readNumber = (cell = '') => Number(cell.replaceAll(',', ''));
const symbols = new Map(
  rows.flatMap(([, symbol = '', value]) => (/^[A-Za-z]$/.test(symbol) ? [[symbol, readNumber(value)]] : [])),
);
const computed = new Map<string, number>();

/** Computes a formula of single letters, earlier results by their names, numbers, and + · / ( ). */
function compute(formula: string): number {
  let plain = formula
    .replaceAll('10⁶', '1000000')
    .replaceAll('10⁹', '1000000000')
    .replace(/(\d),(?=\d{3})/g, '$1');
  for (const [name, value] of computed) plain = plain.replaceAll(name, String(value));
  plain = plain.replace(/[A-Za-z]/g, (symbol) => String(symbols.get(symbol))).replaceAll('·', '*');
  expect(plain).toMatch(/^[\d.+*/() ]+$/);
  return Number(new Function(`return ${plain}`)());
}

const formulas = rows.filter(([, formula = '', value]) => /[·/]/.test(formula) && !Number.isNaN(readNumber(value)));

test('has formulas for all that a fleet needs', () => {
  expect(symbols.size).toBe(18);
  expect(formulas.length).toBe(15);
});

test.each(formulas)('%s is %s = %s', (name = '', formula = '', value = '') => {
  const result = compute(formula);
  computed.set(name.replace(/,.*/, ''), result);
  // Shown with three digits, or all of them where it is a count.
  const shown = Number.isInteger(result) ? result : Number(result.toPrecision(3));
  expect(readNumber(value)).toBe(shown);
});
