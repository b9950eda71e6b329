// Where in a text could the sign of a secret stand, or a long number? Asked of every text that comes in, and answered by
// find-signs.wat at sixteen bytes a step; on processors without such steps, byte by byte.
import { loadModule } from '../../std/wasm.ts';
import { findSignsModule } from './find-signs.wasm.ts';
import { halves, makeClassTables } from './window-classes.ts';

export interface SignFinder {
  /** Texts are copied here to be looked at, piece by piece. */
  readonly room: Buffer;
  /**
   * Looks from `at` to `end` of the room. Twice the first place to be looked at more closely (a window of a sign may begin
   * there, or a digit of a long number stand there), or twice `end` or more for none; plus one if a byte on the way is not
   * ASCII.
   */
  readonly find: (at: number, end: number) => number;
}

const roomBytes = 65_536;

/** The quicker of the two ways that this machine has. */
export function makeSignFinder(): SignFinder {
  return makeVectorFinder() ?? makeByteFinder();
}

/** Sixteen bytes at a step. Undefined: the processor has no such steps, or Node runs without WebAssembly. */
export function makeVectorFinder(): SignFinder | undefined {
  const module = loadModule(findSignsModule);
  if (!module) return undefined;
  const { exports } = new WebAssembly.Instance(module);
  // What find-signs.wat exports.
  const { memory, find } = exports as { memory: WebAssembly.Memory; find: SignFinder['find'] };
  Buffer.from(memory.buffer, roomBytes).set(makeClassTables());
  return { room: Buffer.from(memory.buffer, 0, roomBytes), find };
}

/** One byte at a step. */
export function makeByteFinder(): SignFinder {
  const room = Buffer.alloc(roomBytes);
  const [first, second, third] = [classesOfBytes(0), classesOfBytes(1), classesOfBytes(2)];
  const byteAt = (at: number) => room[at] ?? 0;
  const isDigit = (at: number) => byteAt(at) >= 0x30 && byteAt(at) <= 0x39;
  const hasFourDigits = (at: number) => isDigit(at) && isDigit(at + 1) && isDigit(at + 2) && isDigit(at + 3);
  const find = (from: number, end: number) => {
    let high = 0;
    let at = from;
    for (; at < end; at++) {
      high |= byteAt(at) >> 7;
      if ((first[byteAt(at)]! & second[byteAt(at + 1)]! & third[byteAt(at + 2)]!) !== 0) break; // all bytes are in the tables
      if (hasFourDigits(at) && (hasFourDigits(at + 4) || hasFourDigits(at + 5))) break;
    }
    return at * 2 + high;
  };
  return { room, find };
}

/** The classes of each byte at one place of a window. */
function classesOfBytes(place: number): Uint8Array {
  const tables = makeClassTables().subarray(place * 2 * halves);
  return Uint8Array.from({ length: 256 }, (_, byte) => (tables[byte & 15] ?? 0) & (tables[halves + (byte >> 4)] ?? 0));
}
