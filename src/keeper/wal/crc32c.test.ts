// Known checksums, and the quick way against the plain one at lengths around its steps, its window and its room.
import { expect, test } from 'vitest';
import { crc32c, updateBytewise } from './crc32c.ts';

const room = 65_536;
const window = 3_360;
const bytes = Uint8Array.from({ length: 2 * room + window + 100 }, (_, i) => Math.imul(i + 1, 0x9e3779b1) >>> 24);

test('the checksums of the examples of RFC 3720 come out', () => {
  expect(crc32c(Buffer.from('123456789'))).toBe(0xe3069283);
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.alloc(32, 0xff))).toBe(0x62a8ab43);
});

test.each([0, 64, window - 20, window, 2 * window, room, room + window, bytes.length - 40])(
  'bytes of about %d have the same checksum at any step, whole and in two parts',
  (about) => {
    for (let length = about; length < about + 40; length++) {
      const plain = ~updateBytewise(~0, bytes.subarray(0, length)) >>> 0;
      const middle = length - (length >> 2);
      const parts = crc32c(bytes.subarray(middle, length), crc32c(bytes.subarray(0, middle)));
      expect([length, crc32c(bytes.subarray(0, length)), parts]).toEqual([length, plain, plain]);
    }
  },
);

test('the bytes themselves stay as they are', () => {
  const own = bytes.slice(0, 10_000);
  crc32c(own);
  expect(own).toEqual(bytes.slice(0, 10_000));
});
