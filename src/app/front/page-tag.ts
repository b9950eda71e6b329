// Puts the loader's script tag into a page on its way to the browser, as the first thing in its head, so that it sees the
// page's own scripts fetch. Bytes are looked at as Latin-1: tags read the same in every encoding that contains ASCII.
import { Transform, type TransformCallback } from 'node:stream';

/** A page whose head has not begun by then gets the tag where it best can. */
const maxLookBytes = 64 * 1024;
const head = /<head(?:\s[^>]*)?>/i;
/** Once one of these has begun, no head will. */
const content = /<(?:body|title|meta|link|script|style|base|main|div|p|h1)[\s>]/i;
/** Nothing may come before the doctype: the browser would lay the page out as in the nineties. */
const prologue = /^\s*(?:<!doctype[^>]*>)?\s*(?:<html[^>]*>)?/i;

/** Passes a page on with `tag` in it. */
export class PageTag extends Transform {
  readonly #tag: Buffer;
  #seen: Buffer = Buffer.alloc(0);
  #isDone = false;

  constructor(tag: string) {
    super();
    this.#tag = Buffer.from(tag);
  }

  override _transform(chunk: Buffer, _: BufferEncoding, done: TransformCallback): void {
    if (this.#isDone) this.push(chunk);
    else this.#look(Buffer.concat([this.#seen, chunk]));
    done();
  }

  override _flush(done: TransformCallback): void {
    if (!this.#isDone && this.#seen.length > 0) this.#insert(findPlace(this.#seen.toString('latin1'), true) ?? 0);
    done();
  }

  #look(seen: Buffer): void {
    this.#seen = seen;
    const at = findPlace(seen.toString('latin1'), seen.length >= maxLookBytes);
    if (at !== undefined) this.#insert(at);
  }

  #insert(at: number): void {
    this.#isDone = true;
    this.push(this.#seen.subarray(0, at));
    this.push(this.#tag);
    this.push(this.#seen.subarray(at));
  }
}

/** Where the tag belongs; undefined while that may still come. */
function findPlace(text: string, isLast: boolean): number | undefined {
  const found = head.exec(text);
  if (found !== null) return found.index + found[0].length;
  return isLast || content.test(text) ? (prologue.exec(text)?.[0].length ?? 0) : undefined;
}
