// Numbers for byte strings.
import { expect, it } from 'vitest';
import { ByteTable } from './byte-table.ts';
import { hashBytes } from './hash-bytes.ts';

function numberOf(table: ByteTable, seed: number, text: string): number {
  const bytes = Buffer.from(`<${text}>`);
  const found = table.find(seed, bytes, 1, bytes.length - 1);
  return found === -1 ? table.add(seed, bytes, 1, bytes.length - 1) : found;
}

it('gives equal bytes the same number, others and other seeds another, however many there are', () => {
  const table = new ByteTable();
  const texts = Array.from({ length: 5_000 }, (_, i) => `text ${i} ${'x'.repeat(i % 50)}`);
  const first = texts.map((text) => numberOf(table, 1, text));
  expect(first).toEqual(texts.map((_, i) => i));
  expect(texts.map((text) => numberOf(table, 1, text))).toEqual(first);
  expect(numberOf(table, 2, texts[7] ?? '')).toBe(5_000);
  expect(numberOf(table, 1, '')).toBe(5_001);
  expect(numberOf(table, 1, '')).toBe(5_001);
});

it('gives no number to the few keys that collide with too many others, and never the number of another', () => {
  // Found by trying: keys whose hashes agree in all the bits that choose a slot, as a hostile sender would send them.
  const table = new ByteTable();
  const sameSlot: Buffer[] = [];
  for (let i = 0; sameSlot.length < 120; i++) {
    const key = Buffer.from(`key ${i}`);
    if ((hashBytes(0, key, 0, key.length) & 0xff) === 7) sameSlot.push(key);
  }
  const numbers = sameSlot.map((key) => table.add(0, key, 0, key.length));
  expect(numbers.slice(0, 64)).toEqual(Array.from({ length: 64 }, (_, i) => i));
  expect(numbers.slice(64)).toEqual(new Array(56).fill(-1));
  expect(sameSlot.map((key) => table.find(0, key, 0, key.length))).toEqual(numbers);
});

it('forgets when it is told to', () => {
  const table = new ByteTable();
  numberOf(table, 0, 'a');
  table.clear();
  expect(numberOf(table, 0, 'b')).toBe(0);
  expect(numberOf(table, 0, 'a')).toBe(1);
});
