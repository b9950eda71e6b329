// A map from byte ranges, against a plain Map from their texts.
import { expect, test } from 'vitest';
import { type ByteRange, BytesMap } from './bytes-map.ts';

const get = <V>(map: BytesMap<V>, scope: number, { bytes, start, end }: ByteRange) => map.get(scope, bytes, start, end);

function rangeOf(text: string): ByteRange {
  const bytes = Buffer.from(`..${text}..`);
  return { bytes, start: 2, end: bytes.length - 2 };
}

test('a key is found by its bytes, wherever they stand', () => {
  const map = new BytesMap<number>();
  map.set(0, rangeOf('abc'), 1);
  map.set(0, rangeOf('abd'), 2);
  map.set(0, rangeOf(''), 3);
  expect(get(map, 0, { bytes: Buffer.from('abcabd'), start: 3, end: 6 })).toBe(2);
  expect([get(map, 0, rangeOf('abc')), get(map, 0, rangeOf('')), get(map, 0, rangeOf('ab'))]).toEqual([
    1,
    3,
    undefined,
  ]);
});

test('the same bytes in another scope are another key', () => {
  const map = new BytesMap<string>();
  map.set(1, rangeOf('k'), 'one');
  map.set(2, rangeOf('k'), 'two');
  expect([get(map, 1, rangeOf('k')), get(map, 2, rangeOf('k')), get(map, 3, rangeOf('k'))]).toEqual([
    'one',
    'two',
    undefined,
  ]);
});

test('twenty thousand keys are all found again, and none after clearing', () => {
  const map = new BytesMap<number>();
  for (let i = 0; i < 20_000; i++) map.set(i % 7, rangeOf(`series-${i}`), i);
  let found = 0;
  for (let i = 0; i < 20_000; i++) if (get(map, i % 7, rangeOf(`series-${i}`)) === i) found++;
  expect([found, map.size]).toEqual([20_000, 20_000]);
  map.clear();
  expect([get(map, 0, rangeOf('series-0')), map.size, map.keyBytes]).toEqual([undefined, 0, 0]);
});

test('the map keeps its own copy of a key', () => {
  const map = new BytesMap<number>();
  const bytes = Buffer.from('abc');
  map.set(0, { bytes, start: 0, end: 3 }, 1);
  bytes.fill(0);
  expect(get(map, 0, rangeOf('abc'))).toBe(1);
});
