// CRC-32C (Castagnoli), the checksum of the write-ahead log. RFC 3720, appendix B.4. crc32c.wat does all but the shortest texts.
// Node has no CRC-32C of its own: its zlib.crc32 is another polynomial.
import { loadModule } from '../../std/wasm.ts';
import { crc32cModule } from './crc32c.wasm.ts';

const polynomial = 0x82f63b78;
const stepBytes = 8;
/** In the module's memory; the tables stand behind it. */
const roomBytes = 65_536;
/** What is shorter is done sooner than copied. */
const fewBytes = 64;

/** Carries a checksum before its last inversion over `bytes`. */
type Update = (crc: number, bytes: Uint8Array) => number;

const tables = makeTables();
const update = makeQuickUpdate() ?? updateBytewise;

/** The checksum of `bytes`; with `seed` it goes on from an earlier one. */
export function crc32c(bytes: Uint8Array, seed = 0): number {
  const carry = bytes.length < fewBytes ? updateBytewise : update;
  return ~carry(~seed, bytes) >>> 0;
}

/** Undefined: the processor has no vectors, or Node runs without WebAssembly. */
function makeQuickUpdate(): Update | undefined {
  const module = loadModule(crc32cModule);
  if (!module) return undefined;
  const { exports } = new WebAssembly.Instance(module);
  // What crc32c.wat exports.
  const { memory, update } = exports as {
    memory: WebAssembly.Memory;
    update: (crc: number, end: number) => number;
  };
  const room = new Uint8Array(memory.buffer, 0, roomBytes);
  new Int32Array(memory.buffer, roomBytes).set(tables);
  return (seed, bytes) => {
    let crc = seed;
    const end = bytes.length - (bytes.length % stepBytes);
    for (let at = 0; at < end; at += roomBytes) {
      const piece = bytes.subarray(at, Math.min(end, at + roomBytes));
      room.set(piece);
      crc = update(crc, piece.length);
    }
    return updateBytewise(crc, bytes.subarray(end));
  };
}

/** One byte at a step. */
export function updateBytewise(seed: number, bytes: Uint8Array): number {
  let crc = seed;
  for (const byte of bytes) crc = (crc >>> 8) ^ tables[(crc ^ byte) & 0xff]!; // 256 of them
  return crc;
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
