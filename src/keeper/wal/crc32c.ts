// CRC-32C (Castagnoli), the checksum of the write-ahead log; eight bytes a step. RFC 3720, appendix B.4.
// Node has no CRC-32C of its own (its zlib.crc32 is another polynomial, and newer than the oldest Node obs runs on).

const polynomial = 0x82f63b78;
const tables = makeTables();

/** The checksum of `bytes`; with `seed` it goes on from an earlier one. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  let crc = ~seed;
  let at = 0;
  // Indexes below stay inside `bytes` and the tables: eight bytes are left, and each index is one byte of 256.
  for (const last = bytes.length - 7; at < last; at += 8) {
    const low = crc ^ (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24));
    crc =
      tables[0x700 | (low & 0xff)]! ^
      tables[0x600 | ((low >>> 8) & 0xff)]! ^
      tables[0x500 | ((low >>> 16) & 0xff)]! ^
      tables[0x400 | (low >>> 24)]! ^
      tables[0x300 | bytes[at + 4]!]! ^
      tables[0x200 | bytes[at + 5]!]! ^
      tables[0x100 | bytes[at + 6]!]! ^
      tables[bytes[at + 7]!]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!;
  return ~crc >>> 0;
}

// Table k holds the checksum of a byte that k zero bytes follow.
function makeTables(): Int32Array {
  const made = new Int32Array(8 * 256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ polynomial : crc >>> 1;
    made[byte] = crc;
  }
  for (let i = 256; i < made.length; i++) {
    const before = made[i - 256]!; // i − 256 is not negative here
    made[i] = (before >>> 8) ^ made[before & 0xff]!;
  }
  return made;
}
