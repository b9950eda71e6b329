// The memory in which columns are walked: kernels (marks.wat, cells.wat, values.wat) find everything they need there. Columns
// are copied in a block at a time, which costs little as a block stays in the processor's caches.
import { loadModule } from '../../std/wasm.ts';
import { blockRows } from '../source.ts';
import { cellsModule } from './cells.wasm.ts';
import { marksModule } from './marks.wasm.ts';
import { valuesModule } from './values.wasm.ts';
import { vectorsModule } from './vectors.wasm.ts';

type KernelName =
  | 'keepRange'
  | 'keepBit'
  | 'keepByteBit'
  | 'keepSmallBit'
  | 'without'
  | 'add'
  | 'join'
  | 'powers'
  | 'intervals'
  | 'place'
  | 'count'
  | 'divide'
  | 'lookUp'
  | 'pick'
  | 'sum'
  | 'mean'
  | 'quantile';

/** What the modules export, on one memory; parameters and results as it says there. */
type Kernels = Readonly<Record<KernelName, (...numbers: number[]) => number>>;

const pageBytes = 65_536;
/** Enough for most questions; what is never written to takes no memory. */
const sharedBytes = 128 * pageBytes;
const alignment = 8;
export const wordBytes = 4;
const doubleBytes = 8;

/** A memory, and the kernels that work in it. */
interface Workshop extends Kinds {
  readonly kernels: Kernels;
}

/** The same memory as numbers of each kind. */
interface Kinds {
  readonly bytes: Uint8Array;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

let modules: readonly WebAssembly.Module[] | undefined;

function openWorkshop(bytes: number): Workshop {
  modules ??= [marksModule, cellsModule, valuesModule].map(compile);
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / pageBytes) });
  const exports = modules.map((module) => new WebAssembly.Instance(module, { room: { memory } }).exports);
  const plain = Object.assign({}, ...exports) as Kernels; // the modules export these
  return {
    bytes: new Uint8Array(memory.buffer),
    words: new Uint32Array(memory.buffer),
    doubles: new Float64Array(memory.buffer),
    kernels: { ...plain, keepSmallBit: openVectors(memory)?.keepSmallBit ?? plain.keepByteBit },
  };
}

let vectors: WebAssembly.Module | undefined;

/** What vectors.wat exports; parameters and results as it says there. */
export interface VectorKernels {
  readonly keepSmallBit: (...numbers: number[]) => number;
  readonly divide: (...numbers: number[]) => readonly [baseline: number, selection: number];
  readonly listPairs: (...numbers: number[]) => number;
}

/** Its kernels on a memory; undefined if the processor has no vectors. */
export function openVectors(memory: WebAssembly.Memory): VectorKernels | undefined {
  vectors ??= loadModule(vectorsModule);
  return vectors && (new WebAssembly.Instance(vectors, { room: { memory } }).exports as unknown as VectorKernels); // as above
}

function compile(base64: string): WebAssembly.Module {
  const module = loadModule(base64);
  if (!module) throw new Error('this Node was started without WebAssembly, which TraceQL needs');
  return module;
}

let shared: Workshop | undefined;
let latest: Room | undefined;

/**
 * The room of one question. Questions share a memory one after the other, so a room is closed when the next one is opened; a
 * question that needs more gets a memory of its own, which goes with it.
 */
export class Room {
  private workshop: Workshop | undefined;
  private end = 0;
  /** Places for the block at hand, by row: marks, what decides values, numbers, when spans started, what decides series. */
  readonly marks: number;
  readonly slots: number;
  readonly numbers: number;
  readonly seconds: number;
  readonly nanos: number;
  readonly intervals: number;
  readonly keys: number;
  /** Lists of rows, and what belongs to these. */
  readonly list: number;
  readonly rows: number;
  readonly cells: number;
  readonly values: number;

  constructor() {
    shared ??= openWorkshop(sharedBytes);
    if (latest?.workshop === shared) latest.workshop = undefined;
    latest = this;
    this.workshop = shared;
    this.marks = this.take(blockRows);
    this.slots = this.take(blockRows * wordBytes);
    this.numbers = this.take(blockRows * doubleBytes);
    this.seconds = this.take(blockRows * doubleBytes);
    this.nanos = this.take(blockRows * wordBytes);
    this.intervals = this.take(blockRows * wordBytes);
    this.keys = this.take(blockRows * wordBytes);
    this.list = this.take(blockRows * wordBytes);
    this.rows = this.take(blockRows * wordBytes);
    this.cells = this.take(blockRows * wordBytes);
    this.values = this.take(blockRows * doubleBytes);
  }

  /** The whole memory; others after `take`. */
  get bytes(): Uint8Array {
    return this.open().bytes;
  }
  get words(): Uint32Array {
    return this.open().words;
  }
  get doubles(): Float64Array {
    return this.open().doubles;
  }
  get kernels(): Kernels {
    return this.open().kernels;
  }

  /** The word at `i` of those that begin at a place. */
  wordAt(place: number, i: number): number {
    return this.words[place / wordBytes + i]!; // callers know what they put there
  }

  setWordAt(place: number, i: number, word: number): void {
    this.words[place / wordBytes + i] = word;
  }

  /** The words of rows, of those that begin at a place, with `shift` added. */
  gather(place: number, rows: Uint32Array, shift: number): Uint32Array {
    const { words } = this;
    const first = place / wordBytes;
    const found = new Uint32Array(rows.length);
    for (let i = 0; i < rows.length; i++) found[i] = words[first + rows[i]!]! + shift; // as above
    return found;
  }

  /** What a kernel put into the list. */
  listed(count: number): Uint32Array {
    return this.words.slice(this.list / wordBytes, this.list / wordBytes + count);
  }

  /** A place for so many bytes, whatever they are. */
  take(bytes: number): number {
    const at = this.end;
    this.end += Math.ceil(bytes / alignment) * alignment;
    const { bytes: before } = this;
    if (this.end <= before.length) return at;
    this.workshop = openWorkshop(Math.max(this.end, before.length * 2));
    this.workshop.bytes.set(before.subarray(0, at));
    return at;
  }

  private open(): Workshop {
    if (!this.workshop) throw new Error('a room was used after another one was opened');
    return this.workshop;
  }
}

/** A table in a room, as long as is asked for. */
export class Table<Kind extends keyof Kinds> {
  /** Where it begins; another place after `reserve`. */
  at = 0;
  length = 0;
  private readonly room: Room;
  private readonly kind: Kind;
  private readonly initial: number;

  constructor(room: Room, kind: Kind, initial = 0) {
    this.room = room;
    this.kind = kind;
    this.initial = initial;
  }

  /** Makes room for so many numbers; new ones are `initial`. */
  reserve(length: number): void {
    if (length <= this.length) return;
    const from = this.length;
    const before = this.at;
    const numberBytes = this.room[this.kind].BYTES_PER_ELEMENT;
    this.length = Math.max(length, from * 2);
    this.at = this.room.take(this.length * numberBytes);
    this.room.bytes.copyWithin(this.at, before, before + from * numberBytes);
    this.data.fill(this.initial, from);
  }

  /** The numbers; others after `reserve`. */
  get data(): Kinds[Kind] {
    const all = this.room[this.kind];
    const first = this.at / all.BYTES_PER_ELEMENT;
    return all.subarray(first, first + this.length) as Kinds[Kind]; // a part of the same kind
  }
}
