// The share of the machine that others used is what is left after the app's own part.
import { expect, test } from 'vitest';
import { type MachineTimes, watchMachine } from './contention.ts';

const cases: { name: string; after: MachineTimes; ownCpuMs: number; ratio: number | null }[] = [
  { name: 'half of the machine', after: { busyMs: 1700, totalMs: 3000 }, ownCpuMs: 200, ratio: 0.5 },
  { name: 'nothing but the app', after: { busyMs: 1200, totalMs: 3000 }, ownCpuMs: 200, ratio: 0 },
  { name: 'an app that counts finer than the kernel', after: { busyMs: 1190, totalMs: 3000 }, ownCpuMs: 200, ratio: 0 },
  { name: 'too short a look', after: { busyMs: 1210, totalMs: 2030 }, ownCpuMs: 5, ratio: null },
];

test.each(cases)('$name', ({ after, ownCpuMs, ratio }) => {
  const looks = [{ busyMs: 1000, totalMs: 2000 }, after];
  const watch = watchMachine(() => looks.shift() ?? after);
  expect(watch.readOthersRatio(ownCpuMs)).toBe(ratio);
});
