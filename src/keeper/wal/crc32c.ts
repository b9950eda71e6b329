// CRC-32C (Castagnoli), the checksum of the write-ahead log; sixteen bytes a step. RFC 3720, appendix B.4.
// Node has no CRC-32C of its own: its zlib.crc32 is another polynomial.

const polynomial = 0x82f63b78;
const stepBytes = 16;
const tables = makeTables();

/** The checksum of `bytes`; with `seed` it goes on from an earlier one. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let crc = ~seed;
  let at = 0;
  // Indexes below stay inside the tables, of which there are sixteen of 256: each is one byte of a word.
  for (const last = bytes.length - stepBytes; at <= last; at += stepBytes) {
    const a = crc ^ view.getInt32(at, true);
    const b = view.getInt32(at + 4, true);
    const c = view.getInt32(at + 8, true);
    const d = view.getInt32(at + 12, true);
    crc =
      tables[0xf00 | (a & 0xff)]! ^
      tables[0xe00 | ((a >>> 8) & 0xff)]! ^
      tables[0xd00 | ((a >>> 16) & 0xff)]! ^
      tables[0xc00 | (a >>> 24)]! ^
      tables[0xb00 | (b & 0xff)]! ^
      tables[0xa00 | ((b >>> 8) & 0xff)]! ^
      tables[0x900 | ((b >>> 16) & 0xff)]! ^
      tables[0x800 | (b >>> 24)]! ^
      tables[0x700 | (c & 0xff)]! ^
      tables[0x600 | ((c >>> 8) & 0xff)]! ^
      tables[0x500 | ((c >>> 16) & 0xff)]! ^
      tables[0x400 | (c >>> 24)]! ^
      tables[0x300 | (d & 0xff)]! ^
      tables[0x200 | ((d >>> 8) & 0xff)]! ^
      tables[0x100 | ((d >>> 16) & 0xff)]! ^
      tables[d >>> 24]!;
  }
  for (; at < bytes.length; at++) crc = (crc >>> 8) ^ tables[(crc ^ bytes[at]!) & 0xff]!; // at is inside
  return ~crc >>> 0;
}

// Table k holds the checksum of a byte that k zero bytes follow.
function makeTables(): Int32Array {
  const made = new Int32Array(stepBytes * 256);
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
