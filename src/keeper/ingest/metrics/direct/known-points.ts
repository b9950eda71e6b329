// Reads the points that an app sends again and again, in the order in which it sent them before, by read-known.wat: a loop of
// JavaScript over bytes is slow until V8 has compiled it, which for the load of a start is when it is over.
import type { KeysAhead } from '../../../../std/byte-table.ts';
import { loadModule } from '../../../../std/wasm.ts';
import { readKnownModule } from './read-known.wasm.ts';

/** As read-known.wat lays out its memory. */
const layout = { keys: 65_536, entries: 131_072, times: 147_456, values: 155_648, end: 163_840 } as const;
const roomBytes = 65_536;
/** At most, in one call. */
const mostPoints = 1_024;
const entryFields = 4;
/** As many points as are worth a call, and the bytes of as many. */
const worthPoints = 8;
const worthBytes = 256;
/** What is not as guessed is left to the long way for so many points. */
const restPoints = 32;

const nothing = new Uint8Array(0);

interface Exports {
  readonly memory: WebAssembly.Memory;
  readonly read: (...numbers: readonly number[]) => number;
}

export class KnownPoints {
  /** Of the points that were read last, as many as `read` said. */
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly #exports: Exports;
  readonly #points: Uint8Array;
  readonly #keys: Uint8Array;
  readonly #entries: Int32Array;
  readonly #end: Int32Array;
  #body: Uint8Array = nothing;
  /** The part of the body that is in the room. */
  #from = 0;
  #to = 0;
  #rest = 0;

  private constructor(exports: Exports) {
    const { buffer } = exports.memory;
    this.#exports = exports;
    this.#points = new Uint8Array(buffer, 0, roomBytes);
    this.#keys = new Uint8Array(buffer, layout.keys, roomBytes);
    this.#entries = new Int32Array(buffer, layout.entries, mostPoints * entryFields);
    this.#end = new Int32Array(buffer, layout.end, 1);
    this.timesMs = new Float64Array(buffer, layout.times, mostPoints);
    this.values = new Float64Array(buffer, layout.values, mostPoints);
  }

  /** Undefined where Node runs without WebAssembly. */
  static make(): KnownPoints | undefined {
    const module = loadModule(readKnownModule);
    // What read-known.wat exports.
    return module && new KnownPoints(new WebAssembly.Instance(module).exports as unknown as Exports);
  }

  /** Begins a body. */
  open(body: Uint8Array): void {
    this.#body = body;
    this.#to = 0;
    this.#rest = 0;
  }

  /** Lets go of the body. */
  close(): void {
    this.#body = nothing;
  }

  /** Where the points end that were read last. */
  get end(): number {
    return this.#from + this.#end[0]!; // one number
  }

  /** Reads points of the body, one behind the other from `start` on, whose keys are those that are guessed; says how many. */
  read(start: number, end: number, guess: KeysAhead): number {
    if (this.#rest > 0) {
      this.#rest--;
      return 0;
    }
    if (guess.count < worthPoints || end - start < worthBytes) return 0;
    this.#take(start, end);
    const points = Math.min(guess.count, mostPoints);
    this.#entries.set(guess.entries.subarray(guess.first * entryFields, (guess.first + points) * entryFields));
    const keysStart = this.#entries[2]!; // there is a first entry
    const keys = guess.keys.subarray(keysStart, keysStart + Math.min(roomBytes, this.#to - start));
    this.#keys.set(keys);
    const inRoom = { from: start - this.#from, end: Math.min(this.#to, end) - this.#from };
    const { read } = this.#exports;
    const taken = read(inRoom.from, inRoom.end, guess.seed, keysStart, keysStart + keys.length, points);
    if (taken < worthPoints) this.#rest = restPoints;
    return taken;
  }

  /** Copies the body from `start` on, unless enough of it is there. */
  #take(start: number, end: number): void {
    const left = this.#to - start;
    if (left > roomBytes / 2 || (left > 0 && this.#to >= end)) return;
    const some = this.#body.subarray(start, start + roomBytes);
    this.#points.set(some);
    this.#from = start;
    this.#to = start + some.length;
  }
}
