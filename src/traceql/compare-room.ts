// The memory in which compare() counts: kernels/compare.wat finds all that it needs there. It is dealt out from one end, begun anew
// by every question, and kept, since the system hands out memory page by page when it is first written to.
import { loadModule } from '../std/wasm.ts';
import { compareModule } from './kernels/compare.wasm.ts';
import { wordBytes } from './kernels/room.ts';

type Walk = 'lookUp' | 'countCodes' | 'countCells' | 'countSeveral' | 'countFlagged' | 'add' | 'addUp';

/** What the module exports; parameters and results as it says there. */
type Kernels = Readonly<Record<Walk, (...places: number[]) => void>> & {
  readonly listPairs: (...numbers: number[]) => number;
  readonly divide: (...numbers: number[]) => readonly [onesEnd: number, othersEnd: number];
};

const pageBytes = 65_536;
const alignment = 8;

/** More is not held until the next question. */
const mostHeldBytes = 64 * 1024 * 1024;

let shared: CompareRoom | undefined;

/** Answers a question in a room, without giving the event loop back. The next one begins anew in the same memory. */
export function withCompareRoom<T>(answer: (room: CompareRoom) => T): T {
  const room = shared ?? new CompareRoom();
  shared = undefined;
  const answered = room.during(() => answer(room));
  if (room.sizeBytes <= mostHeldBytes) shared = room;
  return answered;
}

/** Places are bytes from the beginning of the memory. Arrays are valid until more room is taken. */
export class CompareRoom {
  readonly kernels: Kernels;
  private readonly memory: WebAssembly.Memory;
  private taken = 0;

  constructor() {
    const module = loadModule(compareModule);
    if (!module) throw new Error('this Node was started without WebAssembly, which compare() needs');
    const { exports } = new WebAssembly.Instance(module);
    this.kernels = exports as unknown as Kernels; // what compare.wat exports
    this.memory = exports.memory as WebAssembly.Memory; // as above
  }

  get sizeBytes(): number {
    return this.memory.buffer.byteLength;
  }

  /** Takes room for so many bytes, which may hold anything. */
  take(bytes: number): number {
    const place = this.taken;
    this.taken += align(bytes);
    const missing = this.taken - this.sizeBytes;
    if (missing > 0) this.memory.grow(Math.ceil(missing / pageBytes));
    return place;
  }

  /** Takes room for so many words, which are 0. */
  takeZeros(length: number): number {
    const bytes = align(length * wordBytes);
    const place = this.take(bytes);
    this.bytes(place, bytes).fill(0);
    return place;
  }

  /** Copies the first `length` words. */
  put(words: Uint32Array | Int32Array, length: number): number {
    const place = this.take(length * wordBytes);
    this.words(place, length).set(words.subarray(0, length));
    return place;
  }

  /** Copies the first `length` bytes. */
  putBytes(bytes: Uint8Array, length: number): number {
    const place = this.take(length);
    this.bytes(place, length).set(bytes.subarray(0, length));
    return place;
  }

  /** Gives back what was taken meanwhile. */
  during<T>(work: () => T): T {
    const { taken } = this;
    const result = work();
    this.taken = taken;
    return result;
  }

  /** Adds counts by interval to sums. */
  add(counts: number, sums: readonly number[], intervals: number): void {
    for (const sum of sums) this.kernels.add(sum, sum + intervals * wordBytes, counts);
  }

  /** All of the memory. */
  get all(): Uint32Array {
    return new Uint32Array(this.memory.buffer);
  }

  words(place: number, length: number): Uint32Array {
    return new Uint32Array(this.memory.buffer, place, length);
  }

  bytes(place: number, length: number): Uint8Array {
    return new Uint8Array(this.memory.buffer, place, length);
  }

  doubles(place: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, place, length);
  }
}

/** So many bytes are taken for these. */
export function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}
