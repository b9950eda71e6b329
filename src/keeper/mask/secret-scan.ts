// The cheapest question of the masker: could these bytes hold a secret at all? It says "maybe" too often and "no" never wrongly:
// whatever `maskText` would change is a "maybe". A test holds the two against each other.
import { isLongNumber } from './long-number.ts';
import { isSignAt, type PlaceInText, signsByFirstByte } from './secret-signs.ts';
import { makeSignFinder, type SignFinder } from './sign-finder.ts';

/** What a scan found. */
export const scanned = { plain: 0, notAscii: 1, maybeSecret: 2 } as const;
export type Scanned = (typeof scanned)[keyof typeof scanned];

/** The longest piece of text that decides whether a place is looked at: twice four digits and what parts them. */
const mostAhead = 9;

/** Looks at texts of one body after the other. */
export class SecretScan {
  readonly #finder: SignFinder;
  #bytes: Buffer = Buffer.alloc(0);
  // What of the body is in the room of the finder.
  #from = 0;
  #to = 0;

  constructor(finder: SignFinder = makeSignFinder()) {
    this.#finder = finder;
  }

  /** Texts are those of this body from now on; it must not change until the next one. */
  begin(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#from = this.#to = 0;
  }

  /** Looks for signs of secrets in the text from `start` to `end`. */
  scan(start: number, end: number): Scanned {
    let high = 0;
    let at = start;
    while (at < end) {
      const stop = this.#bring(at, end);
      const found = this.#finder.find(at - this.#from, stop - this.#from);
      const place = (found >>> 1) + this.#from;
      high |= found & 1;
      if (place < stop) {
        if (this.#holdsSign({ start, at: place, end })) return scanned.maybeSecret;
        at = place + 1;
      } else at = stop === end ? end : stop - mostAhead;
    }
    return high === 0 ? scanned.plain : scanned.notAscii;
  }

  /** Brings text into the room, unless it is there; says up to where it is. */
  #bring(at: number, end: number): number {
    if (at >= this.#from && end <= this.#to) return end;
    const { room } = this.#finder;
    this.#from = at;
    this.#to = at + this.#bytes.copy(room, 0, at, at + room.length);
    return Math.min(end, this.#to);
  }

  #holdsSign(place: PlaceInText): boolean {
    const bytes = this.#bytes;
    if (isLongNumber(bytes, place)) return true;
    const candidates = signsByFirstByte[bytes[place.at] ?? 0];
    return candidates?.some((sign) => isSignAt(sign, bytes, place)) ?? false;
  }
}
