// The finder by vectors stops at the same places as the one that goes byte by byte.
import { expect, it } from 'vitest';
import { Random, readSeed } from '../../../test/fuzz/random.ts';
import { signs } from './secret-signs.ts';
import { makeByteFinder, makeVectorFinder } from './sign-finder.ts';

const seed = readSeed();

it(`stops at the same places by sixteen bytes and by one (seed ${seed})`, () => {
  const [vector, byte] = [makeVectorFinder(), makeByteFinder()];
  // Node 20 needs processors that have vectors.
  if (vector === undefined) throw new Error('no vectors here');
  const random = new Random(seed);
  const pieces = [
    ...signs.map(({ bytes }) => Buffer.from(bytes)),
    ...['1', '12345', ' ', '-', 'é', 'aaaa'].map((text) => Buffer.from(text)),
  ];
  for (let i = 0; i < 20_000; i++) {
    const text = Buffer.concat(Array.from({ length: 1 + random.below(12) }, () => random.pick(pieces)));
    const start = random.below(40);
    const end = start + 1 + random.below(text.length);
    for (const { room } of [vector, byte]) {
      room.fill(0, 0, 400);
      text.copy(room, start, 0, end - start);
    }
    const [a, b] = [vector.find(start, end), byte.find(start, end)];
    const place = a >>> 1;
    if (place >= end) {
      expect([text.toString(), start, end, a & 1, b >>> 1]).toEqual([text.toString(), start, end, b & 1, end]);
      continue;
    }
    expect([text.toString(), start, end, place]).toEqual([text.toString(), start, end, b >>> 1]);
    // Where a sign reaches beyond the end, one may stop and the other go on; neither goes past one that is whole.
    for (const { room, find } of [vector, byte]) {
      text.copy(room, start);
      expect(find(start, end) >>> 1).toBeLessThanOrEqual(place);
    }
  }
});
