// Structured metadata as bytes beside the lines: names and common values by number, rare values (trace ids) in full. So a
// million lines with a million trace ids cost no JavaScript objects.
import type { Label, Labels } from '../../../logql/values.ts';

/** Values of one name beyond this many are rare ones, written in full. */
const maxValuesPerName = 512;
/** Names beyond this many are refused a number; hostile senders make up names. */
const maxNames = 8192;
const maxDecoded = 4096;

const inlineName = 0;
const valueStride = maxValuesPerName + 1;

export class MetadataCodec {
  readonly #names: string[] = [''];
  readonly #nameIds = new Map<string, number>();
  readonly #values: string[][] = [[]];
  readonly #valueIds: Map<string, number>[] = [new Map()];
  readonly #decoded = new Map<string, Labels>();
  #scratch = Buffer.allocUnsafeSlow(1024);
  #size = 0;
  // Where reading stands; one set is read at a time.
  #at = 0;

  /**
   * Encodes a label set; the bytes are valid until the next call. `onText` is told of every name and value: the number
   * under which it is known (undefined: it is written in full) and its length.
   */
  encode(labels: Labels, onText: (id: number | undefined, length: number) => void = () => {}): Buffer {
    this.#size = 0;
    for (const [name, value] of labels) {
      const nameId = this.#nameId(name);
      this.#writeVarint(nameId);
      if (nameId === inlineName) this.#writeText(name);
      const valueId = this.#valueId(nameId, value);
      onText(nameId === inlineName ? undefined : nameId * valueStride, name.length);
      onText(valueId === undefined ? undefined : nameId * valueStride + valueId + 1, value.length);
      // Even numbers are known values, odd ones the length of a text that follows.
      if (valueId !== undefined) this.#writeVarint(valueId * 2);
      else this.#writeLong(value);
    }
    return this.#scratch.subarray(0, this.#size);
  }

  /** Decodes what `encode` wrote. */
  decode(bytes: Buffer, start: number, end: number): Labels {
    const key = bytes.toString('latin1', start, end);
    const known = this.#decoded.get(key);
    if (known !== undefined) return known;
    const labels = this.#read(bytes, start, end);
    if (this.#decoded.size >= maxDecoded) this.#decoded.clear();
    this.#decoded.set(key, labels);
    return labels;
  }

  /** The number of a name; undefined if no metadata has it. */
  findName(name: string): number | undefined {
    return this.#nameIds.get(name);
  }

  /** Calls `visit` with the number of each name in an encoded set. */
  nameIdsOf(labels: Labels, visit: (id: number) => void): void {
    for (const [name] of labels) visit(this.#nameIds.get(name) ?? inlineName);
  }

  /** One value of an encoded set; the others are skipped. */
  find(bytes: Buffer, range: { readonly start: number; readonly end: number }, name: string): string | undefined {
    const wanted = this.#nameIds.get(name);
    // A name without a number can only be found by reading.
    if (wanted === undefined) return this.decode(bytes, range.start, range.end).find((label) => label[0] === name)?.[1];
    this.#at = range.start;
    while (this.#at < range.end) {
      const nameId = this.#varint(bytes);
      if (nameId === inlineName) this.#at += this.#varint(bytes);
      const code = this.#varint(bytes);
      if (nameId === wanted) return this.#valueOf(bytes, nameId, code);
      if (code % 2 === 1) this.#at += (code - 1) / 2;
    }
    return undefined;
  }

  #read(bytes: Buffer, start: number, end: number): Labels {
    const labels: Label[] = [];
    this.#at = start;
    while (this.#at < end) {
      const nameId = this.#varint(bytes);
      const name = nameId === inlineName ? this.#text(bytes, this.#varint(bytes)) : (this.#names[nameId] ?? '');
      labels.push([name, this.#valueOf(bytes, nameId, this.#varint(bytes))]);
    }
    return labels;
  }

  #valueOf(bytes: Buffer, nameId: number, code: number): string {
    return code % 2 === 0 ? (this.#values[nameId]?.[code / 2] ?? '') : this.#text(bytes, (code - 1) / 2);
  }

  #varint(bytes: Buffer): number {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      const byte = bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  #text(bytes: Buffer, length: number): string {
    this.#at += length;
    return bytes.toString('utf8', this.#at - length, this.#at);
  }

  #nameId(name: string): number {
    const known = this.#nameIds.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= maxNames) return inlineName;
    this.#names.push(name);
    this.#values.push([]);
    this.#valueIds.push(new Map());
    this.#nameIds.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }

  #valueId(nameId: number, value: string): number | undefined {
    const ids = this.#valueIds[nameId];
    const values = this.#values[nameId];
    if (ids === undefined || values === undefined || nameId === inlineName) return undefined;
    const known = ids.get(value);
    if (known !== undefined || values.length >= maxValuesPerName || value.length > 256) return known;
    values.push(value);
    ids.set(value, values.length - 1);
    return values.length - 1;
  }

  #writeVarint(number: number): void {
    this.#reserve(8);
    let rest = number;
    while (rest >= 128) {
      this.#scratch[this.#size++] = (rest % 128) + 128;
      rest = Math.floor(rest / 128);
    }
    this.#scratch[this.#size++] = rest;
  }

  #writeText(text: string): void {
    const length = Buffer.byteLength(text);
    this.#writeVarint(length);
    this.#writeBytes(text, length);
  }

  #writeLong(text: string): void {
    const length = Buffer.byteLength(text);
    this.#writeVarint(length * 2 + 1);
    this.#writeBytes(text, length);
  }

  #writeBytes(text: string, length: number): void {
    this.#reserve(length);
    this.#size += this.#scratch.write(text, this.#size, 'utf8');
  }

  #reserve(more: number): void {
    if (this.#size + more <= this.#scratch.length) return;
    const larger = Buffer.allocUnsafeSlow(Math.max(this.#size + more, this.#scratch.length * 2));
    this.#scratch.copy(larger, 0, 0, this.#size);
    this.#scratch = larger;
  }
}
