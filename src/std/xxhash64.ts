// xxHash64 with seed 0. https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
// On BigInt, so slow: for places where the very hash of another program is wanted, not for tables.

const prime1 = 0x9e3779b185ebca87n;
const prime2 = 0xc2b2ae3d27d4eb4fn;
const prime3 = 0x165667b19e3779f9n;
const prime4 = 0x85ebca77c2b2ae63n;
const prime5 = 0x27d4eb2f165667c5n;

const wrap = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, bits: bigint): bigint => wrap((value << bits) | (value >> (64n - bits)));
const round = (accumulator: bigint, lane: bigint): bigint =>
  wrap(rotate(wrap(accumulator + lane * prime2), 31n) * prime1);

/** The hash as an unsigned 64-bit number. */
export function hashXx64(data: Buffer): bigint {
  let offset = 0;
  let hash = prime5;
  if (data.length >= 32) {
    const lanes = [wrap(prime1 + prime2), prime2, 0n, wrap(-prime1)];
    for (; offset + 32 <= data.length; offset += 32) {
      for (const [i, lane] of lanes.entries()) lanes[i] = round(lane, data.readBigUInt64LE(offset + i * 8));
    }
    const shifts = [1n, 7n, 12n, 18n];
    hash = wrap(lanes.reduce((sum, lane, i) => sum + rotate(lane, shifts[i] ?? 0n), 0n));
    for (const lane of lanes) hash = wrap((hash ^ round(0n, lane)) * prime1 + prime4);
  }
  hash = wrap(hash + BigInt(data.length));
  for (; offset + 8 <= data.length; offset += 8) {
    hash = wrap(rotate(hash ^ round(0n, data.readBigUInt64LE(offset)), 27n) * prime1 + prime4);
  }
  if (offset + 4 <= data.length) {
    hash = wrap(rotate(hash ^ wrap(BigInt(data.readUInt32LE(offset)) * prime1), 23n) * prime2 + prime3);
    offset += 4;
  }
  for (; offset < data.length; offset++) {
    hash = wrap(rotate(hash ^ wrap(BigInt(data.readUInt8(offset)) * prime5), 11n) * prime1);
  }
  hash = wrap((hash ^ (hash >> 33n)) * prime2);
  hash = wrap((hash ^ (hash >> 29n)) * prime3);
  return hash ^ (hash >> 32n);
}
