// Structured metadata as bytes beside the lines: names and common values by number, rare values (trace ids) in full. So a
// million lines with a million trace ids cost no JavaScript objects.
import type { Label, Labels } from '../../../logql/values.ts';
import { ByteTable } from '../../../std/byte-table.ts';
import type { GrowingBytes } from './growing-bytes.ts';
import { formOf, packInto, textBytesOf, unpack, type ValueForm, valueForm } from './metadata-value.ts';

/** Values of one name beyond this many are rare ones, written in full. */
const maxValuesPerName = 512;
/** So are further ones of all names together: they are kept for as long as the keeper runs. */
const maxValues = 32_768;
/** Longer values are rare ones, too. */
const maxKnownBytes = 256;
/** Names beyond this many are refused a number; hostile senders make up names. */
const maxNames = 8192;
const maxDecoded = 4096;

/** Stands before a name that has no number and is written in full. */
const inlineName = 0;
/** A value is written as a number whose remainder by this is its form; 0 is that of a known value. */
const forms = 4;

/** What is written to: the metadata of a block. It is told of each name and value, for its statistics. */
export interface MetadataTarget {
  readonly metadataBytes: GrowingBytes;
  countName(nameId: number, textBytes: number): void;
  /** A rare value has the number -1. */
  countValue(valueId: number, textBytes: number): void;
}

export class MetadataCodec {
  readonly #names: string[] = [''];
  readonly #nameIds = new Map<string, number>();
  readonly #valueCounts: number[] = [0];
  readonly #values = new ByteTable();
  readonly #valueTexts: string[] = [];
  readonly #decoded = new Map<string, Labels>();
  readonly #packed = Buffer.alloc(16);
  #scratch = Buffer.allocUnsafeSlow(1024);
  // Where reading stands; one set is read at a time.
  #at = 0;

  /** The number of a name; 0 when there are too many of them. */
  nameIdOf(name: string): number {
    const known = this.#nameIds.get(name);
    if (known !== undefined) return known;
    if (this.#names.length >= maxNames) return inlineName;
    this.#names.push(name);
    this.#valueCounts.push(0);
    this.#nameIds.set(name, this.#names.length - 1);
    return this.#names.length - 1;
  }

  /** The number of a name; undefined if no metadata has it. */
  findName(name: string): number | undefined {
    return this.#nameIds.get(name);
  }

  /** Appends a label to a set that is being written. */
  writeLabel(target: MetadataTarget, [name, value]: Label): void {
    const out = target.metadataBytes;
    const nameId = this.nameIdOf(name);
    target.countName(nameId, name.length);
    out.writeVarint(nameId);
    if (nameId === inlineName) {
      out.writeVarint(Buffer.byteLength(name));
      out.writeText(name);
    }
    if (this.#scratch.length < value.length * 3) this.#scratch = Buffer.allocUnsafeSlow(value.length * 3);
    const length = this.#scratch.write(value, 0, 'utf8');
    this.#writeText(target, nameId, this.#scratch, 0, length);
  }

  /** Appends a label whose value is the text `source[start … end)`; its name must have a number. */
  writeText(target: MetadataTarget, nameId: number, source: Buffer, start: number, end: number): void {
    target.metadataBytes.writeVarint(nameId);
    this.#writeText(target, nameId, source, start, end);
  }

  /** Appends a label whose value is the hex of an id of 8 or 16 bytes. */
  writeId(target: MetadataTarget, nameId: number, source: Buffer, start: number, end: number): void {
    target.metadataBytes.writeVarint(nameId);
    this.#write(target, nameId * forms + valueForm.id, source, start, end);
  }

  /** Appends a label whose value is a time of 19 digits. */
  writeTime(target: MetadataTarget, nameId: number, high: number, low: number): void {
    target.metadataBytes.writeVarint(nameId);
    this.#packed.writeUInt32LE(low, 0);
    this.#packed.writeUInt32LE(high, 4);
    this.#write(target, nameId * forms + valueForm.time, this.#packed, 0, 8);
  }

  /** Decodes what was written. */
  decode(bytes: Buffer, start: number, end: number): Labels {
    const key = bytes.toString('latin1', start, end);
    const known = this.#decoded.get(key);
    if (known !== undefined) return known;
    const labels = this.#read(bytes, start, end);
    if (this.#decoded.size >= maxDecoded) this.#decoded.clear();
    this.#decoded.set(key, labels);
    return labels;
  }

  /** One value of a written set; the others are skipped. */
  find(bytes: Buffer, range: { readonly start: number; readonly end: number }, name: string): string | undefined {
    const wanted = this.#nameIds.get(name);
    // A name without a number can only be found by reading.
    if (wanted === undefined) return this.decode(bytes, range.start, range.end).find((label) => label[0] === name)?.[1];
    this.#at = range.start;
    while (this.#at < range.end) {
      const nameId = this.#varint(bytes);
      if (nameId === inlineName) this.#at += this.#varint(bytes);
      const code = this.#varint(bytes);
      if (nameId === wanted) return this.#valueOf(bytes, code);
      if (code % forms !== 0) this.#at += Math.floor(code / forms);
    }
    return undefined;
  }

  #read(bytes: Buffer, start: number, end: number): Labels {
    const labels: Label[] = [];
    this.#at = start;
    while (this.#at < end) {
      const nameId = this.#varint(bytes);
      const name = nameId === inlineName ? this.#text(bytes, this.#varint(bytes)) : (this.#names[nameId] ?? '');
      labels.push([name, this.#valueOf(bytes, this.#varint(bytes))]);
    }
    return labels;
  }

  #valueOf(bytes: Buffer, code: number): string {
    const rest = Math.floor(code / forms);
    if (code % forms === 0) return this.#valueTexts[rest] ?? '';
    this.#at += rest;
    // The remainder of a code that was written is 0 or a form.
    return unpack((code % forms) as ValueForm, bytes, this.#at - rest, this.#at);
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

  #writeText(target: MetadataTarget, nameId: number, source: Buffer, start: number, end: number): void {
    const form = formOf(source, start, end);
    if (form === valueForm.text) {
      this.#write(target, nameId * forms + form, source, start, end);
      return;
    }
    const length = packInto(this.#packed, form, source.subarray(start, end));
    this.#write(target, nameId * forms + form, this.#packed, 0, length);
  }

  // `kind` is the number of the name and the form in one.
  #write(target: MetadataTarget, kind: number, source: Buffer, start: number, end: number): void {
    const out = target.metadataBytes;
    const valueId = this.#valueId(kind, source, start, end);
    // The remainder of a kind is a form.
    target.countValue(valueId, textBytesOf((kind % forms) as ValueForm, end - start));
    if (valueId !== -1) {
      out.writeVarint(valueId * forms);
      return;
    }
    out.writeVarint((end - start) * forms + (kind % forms));
    out.writeRange(source, start, end);
  }

  #valueId(kind: number, source: Buffer, start: number, end: number): number {
    const nameId = Math.floor(kind / forms);
    if (nameId === inlineName || end - start > maxKnownBytes) return -1;
    const known = this.#values.find(kind, source, start, end);
    if (known !== -1) return known;
    const count = this.#valueCounts[nameId] ?? 0;
    if (count >= maxValuesPerName || this.#values.size >= maxValues) return -1;
    const id = this.#values.add(kind, source, start, end);
    if (id === -1) return id;
    this.#valueCounts[nameId] = count + 1;
    this.#valueTexts[id] = unpack((kind % forms) as ValueForm, source, start, end); // as above
    return id;
  }
}
