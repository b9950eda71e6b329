// Finds the number of a text by its bytes, so that no string is made of what was seen a moment ago: names, keys and most
// values of spans come again and again. It may forget: a set of four places takes turns, and when the room for the bytes is
// used up, all is forgotten.

const places = 4;
const sets = 4096;
/** Longer texts are not remembered: comparing them costs what it saves. */
export const longestRemembered = 512;
const roomBytes = 1024 * 1024;
const wordBytes = 4;
const spread = 0x9e3779b1;
/** Length of what is not there. */
const none = -1;

export class TextNumbers {
  private readonly hashes = new Int32Array(sets * places);
  /** Where the bytes of a text are in the room; meaningless where its length is `none`. */
  private readonly starts = new Uint32Array(sets * places);
  private readonly lengths = new Int32Array(sets * places).fill(none);
  private readonly numbers = new Int32Array(sets * places);
  private room: DataView | undefined;
  private used = 0;
  private turn = 0;
  private hash = 0;

  /** The number of the text from `start` up to `end`, or -1 if it is not known; `remember` then tells it. */
  find(bytes: DataView, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    this.hash = hash;
    const { room } = this;
    if (room === undefined) return -1;
    const first = (hash & (sets - 1)) * places;
    for (let place = first; place < first + places; place++) {
      if (this.hashes[place] !== hash || this.lengths[place] !== end - start) continue;
      if (isSame(room, this.starts[place]!, { bytes, start, end })) return this.numbers[place]!; // a place of the table
    }
    return -1;
  }

  /** Remembers the text that `find` was last asked for. */
  remember(bytes: Uint8Array, number: number): void {
    if (bytes.length > longestRemembered) return;
    if (this.used + bytes.length > roomBytes) this.forget();
    this.room ??= new DataView(new ArrayBuffer(roomBytes));
    new Uint8Array(this.room.buffer).set(bytes, this.used);
    const place = (this.hash & (sets - 1)) * places + (this.turn++ & (places - 1));
    this.hashes[place] = this.hash;
    this.starts[place] = this.used;
    this.lengths[place] = bytes.length;
    this.numbers[place] = number;
    this.used += bytes.length;
  }

  private forget(): void {
    this.lengths.fill(none);
    this.used = 0;
  }
}

// Four bytes a step; Murmur's way of spreading bits.
function hashBytes(bytes: DataView, start: number, end: number): number {
  let hash = end - start;
  let i = start;
  for (; i + wordBytes <= end; i += wordBytes) {
    hash = Math.imul(hash ^ bytes.getInt32(i, true), spread);
    hash ^= hash >>> 15;
  }
  for (; i < end; i++) hash = Math.imul(hash ^ bytes.getUint8(i), spread);
  return hash ^ (hash >>> 15);
}

interface Text {
  readonly bytes: DataView;
  readonly start: number;
  readonly end: number;
}

function isSame(room: DataView, at: number, { bytes, start, end }: Text): boolean {
  const apart = at - start;
  let i = start;
  for (; i + wordBytes <= end; i += wordBytes)
    if (room.getInt32(i + apart, true) !== bytes.getInt32(i, true)) return false;
  for (; i < end; i++) if (room.getUint8(i + apart) !== bytes.getUint8(i)) return false;
  return true;
}
