// Who gets which room.
import { expect, test } from 'vitest';
import { type Room, SampleRoom } from './sample-room.ts';

const sizes = [1, 16, 17, 100, 512, 513, 5000];

test.each(sizes)('for %d samples there is room, and not much more', (samples) => {
  const { slab, at, capacity } = new SampleRoom().take(samples);
  expect(capacity).toBeGreaterThanOrEqual(samples);
  expect(capacity).toBeLessThan(Math.max(17, samples * 2));
  expect(slab.length).toBeGreaterThanOrEqual(at + 2 * capacity);
});

test('no two share a place, however many there are', () => {
  const room = new SampleRoom();
  const taken: Room[] = Array.from({ length: 500 }, (_, i) => room.take(sizes[i % sizes.length] ?? 0));
  for (const [i, { slab, at, capacity }] of taken.entries()) slab.fill(i, at, at + 2 * capacity);
  const isOwn = ({ slab, at, capacity }: Room, i: number) =>
    slab.subarray(at, at + 2 * capacity).every((found) => found === i);
  expect(taken.every(isOwn)).toBe(true);
});
