// Reads snappy's block format. The library that writes it loops for seconds on damaged lengths, so reading is done here, where
// every length is held against what is left. https://github.com/google/snappy/blob/main/format_description.txt

/** A block that cannot be read. */
export class MalformedSnappy extends Error {}

const longestVarint = 5;

/** How large a block says that it becomes. @throws MalformedSnappy */
export function readSnappyLength(block: Uint8Array): number {
  return readLength(block).length;
}

/** The plain bytes of a block. @throws MalformedSnappy for a damaged block, or one that says it becomes larger than `maxBytes` */
export function uncompressSnappy(block: Uint8Array, maxBytes: number): Buffer {
  const { length, end } = readLength(block);
  if (length > maxBytes) throw new MalformedSnappy(`it holds ${length} bytes, more than ${maxBytes}`);
  const plain = Buffer.alloc(length);
  let from = end;
  let to = 0;
  while (from < block.length) {
    const element = readElement(block, from);
    if (element.length > length - to) throw new MalformedSnappy('it holds more than it says');
    if (element.offset === 0) {
      if (element.length > block.length - element.end) throw new MalformedSnappy('it is cut off');
      plain.set(block.subarray(element.end, element.end + element.length), to);
      from = element.end + element.length;
    } else {
      if (element.offset > to) throw new MalformedSnappy('it refers to what is before its beginning');
      // A copy that overlaps itself repeats what it has just written.
      for (let i = 0; i < element.length; i++) plain[to + i] = plain[to + i - element.offset]!; // inside, as checked
      from = element.end;
    }
    to += element.length;
  }
  if (to !== length) throw new MalformedSnappy('it holds less than it says');
  return plain;
}

interface Element {
  readonly length: number;
  /** How far back the bytes are that it repeats; 0: they follow. */
  readonly offset: number;
  /** Behind its head. */
  readonly end: number;
}

function readElement(block: Uint8Array, at: number): Element {
  const tag = byteAt(block, at);
  const upper = tag >>> 2;
  switch (tag & 3) {
    case 0: {
      const extra = upper < 60 ? 0 : upper - 59;
      const length = extra === 0 ? upper : readLittleEndian(block, at + 1, extra);
      return { length: length + 1, offset: 0, end: at + 1 + extra };
    }
    case 1:
      return makeCopy((upper & 7) + 4, ((upper >>> 3) << 8) | byteAt(block, at + 1), at + 2);
    case 2:
      return makeCopy(upper + 1, readLittleEndian(block, at + 1, 2), at + 3);
    default:
      return makeCopy(upper + 1, readLittleEndian(block, at + 1, 4), at + 5);
  }
}

function makeCopy(length: number, offset: number, end: number): Element {
  if (offset === 0) throw new MalformedSnappy('it refers to itself');
  return { length, offset, end };
}

function readLength(block: Uint8Array): { length: number; end: number } {
  let length = 0;
  for (let i = 0; i < longestVarint; i++) {
    const byte = byteAt(block, i);
    length += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return { length, end: i + 1 };
  }
  throw new MalformedSnappy('its length does not end');
}

function readLittleEndian(block: Uint8Array, at: number, bytes: number): number {
  let value = 0;
  for (let i = 0; i < bytes; i++) value += byteAt(block, at + i) * 2 ** (8 * i);
  return value;
}

function byteAt(block: Uint8Array, at: number): number {
  const byte = block[at];
  if (byte === undefined) throw new MalformedSnappy('it is cut off');
  return byte;
}
