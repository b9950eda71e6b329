// Finds the number of a text by its bytes, so that no string is made of what was seen a moment ago: names, keys and most
// values of spans come again and again. It may forget: a set of four places takes turns.

const places = 4;
const sets = 4096;
/** Longer texts are not remembered: comparing them costs what it saves. */
export const longestRemembered = 512;
const nonAscii = 0x80;

export class TextNumbers {
  private readonly hashes = new Int32Array(sets * places);
  private readonly texts: (string | undefined)[] = new Array(sets * places);
  private readonly numbers = new Int32Array(sets * places);
  private turn = 0;
  private hash = 0;

  /** The number of the text from `start` up to `end`, or -1 if it is not known; `remember` then tells it. */
  find(bytes: Uint8Array, start: number, end: number): number {
    const hash = hashBytes(bytes, start, end);
    this.hash = hash;
    const first = (hash & (sets - 1)) * places;
    for (let place = first; place < first + places; place++) {
      if (this.hashes[place] !== hash) continue;
      const text = this.texts[place];
      if (text !== undefined && isSame(text, bytes, start, end)) return this.numbers[place]!; // a place of the table
    }
    return -1;
  }

  /** Remembers the text that `find` was last asked for. Only ASCII: other bytes are not the units of the string. */
  remember(text: string, byteLength: number, number: number): void {
    if (text.length !== byteLength || byteLength > longestRemembered) return;
    const place = (this.hash & (sets - 1)) * places + (this.turn++ & (places - 1));
    this.hashes[place] = this.hash;
    this.texts[place] = text;
    this.numbers[place] = number;
  }
}

function hashBytes(bytes: Uint8Array, start: number, end: number): number {
  let hash = end - start;
  for (let i = start; i < end; i++) hash = (Math.imul(hash, 31) + bytes[i]!) | 0; // callers stay inside
  return hash ^ (hash >>> 15);
}

function isSame(text: string, bytes: Uint8Array, start: number, end: number): boolean {
  if (text.length !== end - start) return false;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code !== bytes[start + i] || code >= nonAscii) return false;
  }
  return true;
}
