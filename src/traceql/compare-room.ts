// The memory in which compare() counts: kernels/compare.wat finds all that it needs there. It is dealt out from one end. Columns of
// the store come first and stay; what a question takes behind them is given back when it is answered. The memory itself is kept,
// since the system hands it out page by page when it is first written to.
import { loadModule } from '../std/wasm.ts';
import { CompareColumns } from './compare-columns.ts';
import { compareModule } from './kernels/compare.wasm.ts';
import { openVectors, type VectorKernels, wordBytes } from './kernels/room.ts';
import type { SpanForms, TraceSource } from './source.ts';

type Walk =
  | 'count'
  | 'weigh'
  | 'countListed'
  | 'countSeveral'
  | 'addTotals'
  | 'addUp'
  | 'lookUp'
  | 'findCells'
  | 'countCells'
  | 'countBoth'
  | 'chain'
  | 'countChains'
  | 'add'
  | 'takeAway';
type Search = 'listRows' | 'joinPaths' | 'numberEnds' | 'listPairs';

/** What the module exports; parameters and results as it says there. */
type Kernels = Readonly<
  Record<Walk, (...numbers: number[]) => void> & Record<Search, (...numbers: number[]) => number>
> & {
  readonly divide: VectorKernels['divide'];
};

const pageBytes = 65_536;
const alignment = 8;

/** More is not held until the next question; a million spans take some 90 MiB. */
const mostHeldBytes = 128 * 1024 * 1024;

let shared: CompareRoom | undefined;

/** Answers a question in a room that holds the columns of a source, without giving the event loop back. */
export function withCompareRoom<T>(source: TraceSource, forms: SpanForms, answer: (room: CompareRoom) => T): T {
  const room = shared ?? new CompareRoom();
  shared = undefined;
  room.columns.keepUp(room, source, forms);
  const answered = room.during(() => answer(room));
  if (room.sizeBytes <= mostHeldBytes) shared = room;
  return answered;
}

/** Places are bytes from the beginning of the memory. Arrays are valid until more room is taken. */
export class CompareRoom {
  readonly kernels: Kernels;
  /** The same without vectors. */
  readonly plain: Kernels;
  readonly columns = new CompareColumns();
  private readonly memory: WebAssembly.Memory;
  private taken = 0;
  private whole = new Uint32Array(0);

  constructor() {
    const module = loadModule(compareModule);
    if (!module) throw new Error('this Node was started without WebAssembly, which compare() needs');
    const { exports } = new WebAssembly.Instance(module);
    this.memory = exports.memory as WebAssembly.Memory; // as compare.wat says
    this.plain = exports as unknown as Kernels; // as above
    const { divide, listPairs } = openVectors(this.memory) ?? this.plain;
    this.kernels = { ...this.plain, divide, listPairs };
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

  /** Takes room for a copy of words. */
  put(words: Uint32Array | Int32Array, length = words.length): number {
    const place = this.take(length * wordBytes);
    this.words(place, length).set(words.subarray(0, length));
    return place;
  }

  /** Takes room for a copy of so many bytes that stand at another place. */
  copy(place: number, bytes: number): number {
    const made = this.take(bytes);
    this.bytes(0, made + bytes).copyWithin(made, place, place + bytes);
    return made;
  }

  /** Gives back what was taken meanwhile. */
  during<T>(work: () => T): T {
    const { taken } = this;
    const result = work();
    this.taken = taken;
    return result;
  }

  /** Gives back everything. */
  clear(): void {
    this.taken = 0;
  }

  /** Adds so many counts to each of several sums. */
  add(counts: number, sums: readonly number[], length: number): void {
    for (const sum of sums) this.kernels.add(sum, sum + length * wordBytes, counts);
  }

  /** All of the memory. */
  get all(): Uint32Array {
    if (this.whole.length === 0) this.whole = new Uint32Array(this.memory.buffer); // growing takes the old one away
    return this.whole;
  }

  /** The word at a place, or one so many words behind it. */
  wordAt(place: number, behind = 0): number {
    return this.all[place / wordBytes + behind]!; // callers know what they put there
  }

  setWordAt(place: number, word: number): void {
    this.all[place / wordBytes] = word;
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
