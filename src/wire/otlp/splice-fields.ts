// A protobuf message with the contents of some of its fields replaced, at whatever depth, and everything else byte for byte as it
// came: what becomes of an export when a few texts in it were masked.

import { wireType } from './proto-reader.ts';
import { ProtoWriter } from './proto-writer.ts';

/** What stands in place of `bytes[start … end)`, which is all of the content of one length-prefixed field. */
export interface Replacement {
  readonly start: number;
  readonly end: number;
  readonly content: Uint8Array;
}

/** Pieces of the new message, and how long they are together. */
interface Pieces {
  readonly list: Uint8Array[];
  length: number;
}

/** Splices one message after the other; each makes the result of the one before invalid. */
export class FieldSplicer {
  #room: Buffer = Buffer.alloc(0);
  #bytes: Buffer = Buffer.alloc(0);
  #replacements: readonly Replacement[] = [];
  #next = 0;
  #at = 0;

  /** `replacements` in rising order, of a message that was read without fault before. */
  splice(bytes: Buffer, replacements: readonly Replacement[]): Buffer {
    this.#bytes = bytes;
    this.#replacements = replacements;
    this.#next = 0;
    const { list, length } = this.#rewrite(0, bytes.length);
    if (this.#room.length < length) this.#room = Buffer.allocUnsafeSlow(length * 2);
    let at = 0;
    for (const piece of list) {
      this.#room.set(piece, at);
      at += piece.length;
    }
    return this.#room.subarray(0, length);
  }

  #rewrite(start: number, end: number): Pieces {
    const pieces: Pieces = { list: [], length: 0 };
    let copied = start;
    this.#at = start;
    while (this.#at < end && (this.#replacements[this.#next]?.start ?? end) < end) {
      const type = this.#varint() & 7;
      if (type !== wireType.bytes) {
        this.#skip(type);
        continue;
      }
      const lengthAt = this.#at;
      const length = this.#varint();
      const content = { start: this.#at, end: this.#at + length };
      const replaced = this.#replace(content);
      if (replaced !== undefined) {
        add(pieces, this.#bytes.subarray(copied, lengthAt), encodeLength(replaced.length), ...replaced.list);
        copied = content.end;
      }
      this.#at = content.end;
    }
    add(pieces, this.#bytes.subarray(copied, end));
    return pieces;
  }

  // Undefined: nothing in this field is replaced. An empty field may stand where the next one that is replaced begins.
  #replace({ start, end }: { readonly start: number; readonly end: number }): Pieces | undefined {
    const next = this.#replacements[this.#next];
    if (next === undefined || next.start >= end) return undefined;
    if (next.start > start || next.end < end) return this.#rewrite(start, end);
    this.#next++;
    return { list: [next.content], length: next.content.length };
  }

  #skip(type: number): void {
    if (type === wireType.varint) this.#varint();
    else this.#at += type === wireType.fixed64 ? 8 : 4;
  }

  #varint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
  }
}

function add(to: Pieces, ...pieces: readonly Uint8Array[]): void {
  for (const piece of pieces) {
    to.list.push(piece);
    to.length += piece.length;
  }
}

function encodeLength(length: number): Uint8Array {
  const writer = new ProtoWriter();
  writer.writeVarint(length);
  return writer.finish();
}
