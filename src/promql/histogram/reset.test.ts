// Counter resets between native histograms.
import { expect, test } from 'vitest';
import { customSchema, emptyHistogram, type FloatHistogram } from './float-histogram.ts';
import { detectReset } from './reset.ts';

const make = (fields: Partial<FloatHistogram>): FloatHistogram => ({ ...emptyHistogram, ...fields });
const two = make({ count: 2, positive: { indexes: [1, 2], counts: [1, 1] } });
const custom = make({ schema: customSchema, customValues: [1, 2], count: 2, positive: { indexes: [0], counts: [2] } });

test.each<[string, FloatHistogram, FloatHistogram, boolean]>([
  ['nothing changed', two, two, false],
  ['more observations', make({ count: 3, positive: { indexes: [1, 2], counts: [1, 2] } }), two, false],
  ['a new bucket', make({ count: 3, positive: { indexes: [1, 2, 3], counts: [1, 1, 1] } }), two, false],
  ['fewer observations', make({ count: 1, positive: { indexes: [1], counts: [1] } }), two, true],
  ['a smaller bucket', make({ count: 3, positive: { indexes: [1, 2], counts: [3, 0] } }), two, true],
  ['a bucket that is gone', make({ count: 3, positive: { indexes: [1], counts: [3] } }), two, true],
  ['a finer resolution', { ...two, schema: 1 }, two, true],
  ['a coarser resolution', make({ schema: -1, count: 2, positive: { indexes: [1], counts: [2] } }), two, false],
  ['a narrower zero bucket', { ...two, zeroThreshold: 0 }, { ...two, zeroThreshold: 0.1 }, true],
  ['a smaller zero count', { ...two, zeroCount: 1 }, { ...two, zeroCount: 2 }, true],
  ['a hint that says so', { ...two, hint: 'reset' }, two, true],
  ['a hint that denies it', { ...make({ count: 0 }), hint: 'not_reset' }, two, false],
  ['a change to custom buckets', custom, two, true],
  ['the same custom buckets', custom, custom, false],
  ['custom bounds that were joined', { ...custom, customValues: [2] }, custom, false],
])('%s', (_change, now, before, isReset) => {
  expect(detectReset(now, before)).toBe(isReset);
});
