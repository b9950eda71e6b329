// Seconds, nanoseconds and differences of halved times agree with 64-bit arithmetic.
import { expect, test } from 'vitest';
import { nanosBetween, nanosOf, secondsOf } from './split-time.ts';

const high = (ns: bigint) => Number(ns >> 32n);
const low = (ns: bigint) => Number(BigInt.asUintN(32, ns));
const nanosPerSecond = 1_000_000_000n;

const interesting = [
  0n,
  1n,
  999_999_999n,
  1_000_000_000n,
  2n ** 32n - 1n,
  2n ** 32n,
  1_700_000_000_123_456_789n,
  1_800_000_000_000_000_000n,
  1_800_000_000_999_999_999n,
  2n ** 63n,
  2n ** 64n - 1n,
];
const aroundSeconds = Array.from({ length: 2000 }, (_, i) => {
  const second = 1_790_000_000n + BigInt(i) * 7_919n;
  return second * nanosPerSecond + BigInt((i % 5) - 2);
});

test('a time is split as 64-bit division splits it', () => {
  for (const ns of [...interesting, ...aroundSeconds]) {
    const seconds = secondsOf(high(ns), low(ns));
    expect(seconds).toBe(Number(ns / nanosPerSecond));
    expect(nanosOf(low(ns), seconds)).toBe(Number(ns % nanosPerSecond));
  }
});

test('differences are exact up to 53 bits, and negative where the end comes first', () => {
  const start = 1_790_000_000_999_999_999n;
  for (const difference of [0n, 1n, -1n, 2n ** 32n, -(2n ** 40n), 2n ** 53n - 1n]) {
    const end = start + difference;
    expect(nanosBetween(high(start), low(start), high(end), low(end))).toBe(Number(difference));
  }
});
