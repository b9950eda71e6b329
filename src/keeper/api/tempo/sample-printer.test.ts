// Samples are printed by WebAssembly as they are without it, and as JSON says.
import { expect, test } from 'vitest';
import { Intervals } from '../../../traceql/functions/intervals.ts';
import { makeSamplePrinter, printPlainly } from './sample-printer.ts';

const series = [
  ['numbers of all lengths', [1, 20, 3.25, 0.6000000000000001, -1.7976931348623157e-300, 1e21, 123456789012345680]],
  ['zeros', [0, -0, 0, 0, 0, 0, 0]],
  ['whole numbers', [1, 9, 10, 99, 100, 4_294_967_295, 1_000_000_000]],
  ['larger ones', [4_294_967_296, 1, 2 ** 53, 0, -1, 7, 10]],
  ['zeros among digits', [10, 0, 0.5, 100, 0, 7, 0]],
  ['gaps', [Number.NaN, 1, Number.NaN, Number.NaN, 0, Number.NaN, 5]],
  ['nothing', Array.from({ length: 7 }, () => Number.NaN)],
  ['the infinite', [Number.POSITIVE_INFINITY, 1, Number.NEGATIVE_INFINITY, 0, Number.NaN, 2, 3]],
] as const;

// The digits of these times grow.
const intervals = makeIntervals(7, 999_999_997_000_000_000n);

test.each(series)('%s', (_, numbers) => {
  const values = Float64Array.from(numbers);
  const text = Buffer.from(makeSamplePrinter(intervals)(values)).toString();
  expect(text).toBe(Buffer.from(printPlainly(intervals)(values)).toString());
  const expected = numbers.flatMap((value, i) => {
    if (Number.isNaN(value)) return [];
    const shown = Number.isFinite(value) ? value : String(value);
    return [{ timestampMs: String(intervals.timestampMs(i)), ...(value === 0 ? {} : { value: shown }) }];
  });
  expect(JSON.parse(`[${text}]`)).toEqual(expected);
});

test('as many samples as there may be', () => {
  const many = makeIntervals(10_000, 1_700_000_000_000_000_000n);
  const values = Float64Array.from({ length: many.count }, (_, i) => -1.234567890123457e-300 / (i + 1));
  const print = makeSamplePrinter(many);
  const text = Buffer.from(print(values)).toString();
  expect(text).toBe(Buffer.from(printPlainly(many)(values)).toString());
  expect(Buffer.from(print(values)).toString()).toBe(text);
});

function makeIntervals(count: number, startNs: bigint): Intervals {
  const stepNs = 1_000_000_000n;
  return new Intervals({ startNs, endNs: startNs + BigInt(count) * stepNs, stepNs, isInstant: false });
}
