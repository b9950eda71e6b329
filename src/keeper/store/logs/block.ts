// A block of a stream: up to 64 k entries in columns. Appended to until it is full, then sealed.
import type { LogBlock } from '../../../logql/source.ts';
import type { Labels } from '../../../logql/values.ts';
import { EntryIndex, hashEntry } from './entry-index.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { MetadataCodec, MetadataTarget } from './metadata-codec.ts';

const firstRows = 16;
const firstLineBytes = 1024;
const firstMetadataBytes = 256;
const maxRows = 65_536;
const maxLineBytes = 8 << 20;
/** A full block holds one line more than is allowed. */
const usualLineBytes = maxLineBytes + 64 * 1024;
const maxOffsetNs = 2 ** 53 - 1;
const wordSize = 2 ** 32;
/** What a row costs besides its text: time, line start, metadata start. */
const rowBytes = 16;
/** What a block costs before its first row, with the stream it begins: most of it for objects. */
const emptyBytes = 4096;
/** What Loki counts for a pair of structured metadata besides its texts. */
const pairBytes = 8;

export class Block implements LogBlock, MetadataTarget {
  rowCount = 0;
  readonly baseNs: bigint;
  minOffsetNs = Number.POSITIVE_INFINITY;
  maxOffsetNs = Number.NEGATIVE_INFINITY;
  lineStarts: Uint32Array;
  offsetsNs: Float64Array;
  /** Metadata of the rows, and of an entry that is on its way in. */
  readonly metadataBytes: GrowingBytes;
  readonly #codec: MetadataCodec;
  // The base in two words, so that times in two words need no bigint.
  readonly #baseHigh: number;
  readonly #baseLow: number;
  readonly #lines: GrowingBytes;
  #metadataStarts: Uint32Array;
  // Which names and known values occur; values while the block is open.
  #names = new Uint8Array(64);
  #countedValues: Uint8Array = new Uint8Array(64);
  #volumeBytes = 0;
  // Bytes that the entry in hand adds to the volume: its pairs, and texts that the block had not met.
  #newVolumeBytes = 0;
  #sorted = true;
  #order: Uint32Array | undefined;
  // While the block is open, and only once an entry came that may have come before.
  #index: EntryIndex | undefined;

  /** `before`: the block of the same stream that it comes after; what that one took is room that this one will need. */
  constructor(baseNs: bigint, codec: MetadataCodec, before?: Block) {
    const rows = Math.max(firstRows, before?.rowCount ?? 0);
    this.lineStarts = new Uint32Array(rows + 1);
    this.offsetsNs = new Float64Array(rows);
    this.#metadataStarts = new Uint32Array(rows + 1);
    this.metadataBytes = new GrowingBytes(Math.max(firstMetadataBytes, before?.metadataBytes.length ?? 0));
    this.#lines = new GrowingBytes(
      Math.max(firstLineBytes, before === undefined ? 0 : before.#lines.length),
      usualLineBytes,
    );
    this.baseNs = baseNs;
    this.#baseHigh = Number(baseNs >> 32n);
    this.#baseLow = Number(baseNs & 0xffff_ffffn);
    this.#codec = codec;
  }

  get bytes(): Buffer {
    return this.#lines.bytes;
  }

  get sizeBytes(): number {
    return emptyBytes + this.#lines.length + this.metadataBytes.length + this.rowCount * rowBytes;
  }

  /** What Loki would count for the block: lines, eight bytes for each metadata pair, and each of their texts once. */
  get volumeBytes(): number {
    return this.#volumeBytes;
  }

  get newestNs(): bigint {
    return this.rowCount === 0 ? this.baseNs : this.baseNs + BigInt(this.maxOffsetNs);
  }

  get oldestNs(): bigint {
    return this.rowCount === 0 ? this.baseNs : this.baseNs + BigInt(this.minOffsetNs);
  }

  /** Can it take one more entry of this time (nanoseconds in two words)? */
  accepts(high: number, low: number): boolean {
    return (
      Math.abs(this.#offsetOf(high, low)) < maxOffsetNs && this.rowCount < maxRows && this.#lines.length < maxLineBytes
    );
  }

  /** Appends an entry; false: the very same entry is there already. */
  append(timeNs: bigint, line: string, metadata: Labels): boolean {
    for (const label of metadata) this.#codec.writeLabel(this, label);
    const lineStart = this.#lines.length;
    this.#lines.writeText(line);
    return this.#commit(Number(timeNs - this.baseNs), lineStart);
  }

  /**
   * Appends an entry with a line of `source[start … end)`, whose metadata were written to the block just before; false:
   * the very same entry is there already.
   */
  appendBytes(
    time: { readonly high: number; readonly low: number },
    source: Buffer,
    start: number,
    end: number,
  ): boolean {
    const lineStart = this.#lines.length;
    this.#lines.writeRange(source, start, end);
    return this.#commit(this.#offsetOf(time.high, time.low), lineStart);
  }

  countName(nameId: number, textBytes: number): void {
    if (nameId >= this.#names.length) this.#names = grown(this.#names, nameId);
    this.#newVolumeBytes += pairBytes + (this.#names[nameId] === 0 || nameId === 0 ? textBytes : 0);
    this.#names[nameId] = 1;
  }

  countValue(valueId: number, textBytes: number): void {
    if (valueId === -1) {
      this.#newVolumeBytes += textBytes;
      return;
    }
    if (valueId >= this.#countedValues.length) this.#countedValues = grown(this.#countedValues, valueId);
    if (this.#countedValues[valueId] === 0) this.#newVolumeBytes += textBytes;
    this.#countedValues[valueId] = 1;
  }

  get order(): Uint32Array | undefined {
    if (this.#sorted) return undefined;
    this.#order ??= Uint32Array.from({ length: this.rowCount }, (_, row) => row).sort((a, b) => {
      return (this.offsetsNs[a] ?? 0) - (this.offsetsNs[b] ?? 0) || a - b;
    });
    return this.#order;
  }

  metadata(row: number): Labels {
    const { start, end } = this.#metadataRange(row);
    return this.#codec.decode(this.metadataBytes.bytes, start, end);
  }

  metadataValue(row: number, name: string): string | undefined {
    if (!this.mayHaveMetadata(name)) return undefined;
    const { start, end } = this.#metadataRange(row);
    return this.#codec.find(this.metadataBytes.bytes, { start, end }, name);
  }

  metadataKey(row: number): string {
    const { start, end } = this.#metadataRange(row);
    return this.metadataBytes.bytes.toString('latin1', start, end);
  }

  mayHaveMetadata(name: string): boolean {
    const id = this.#codec.findName(name);
    return this.#names[0] === 1 || (id !== undefined && this.#names[id] === 1);
  }

  /** No entry will follow: gives back what was reserved. */
  seal(): void {
    this.#index = undefined;
    this.#countedValues = new Uint8Array(0);
    this.#lines.shrink();
    this.metadataBytes.shrink();
    this.lineStarts = this.lineStarts.slice(0, this.rowCount + 1);
    this.#metadataStarts = this.#metadataStarts.slice(0, this.rowCount + 1);
    this.offsetsNs = this.offsetsNs.slice(0, this.rowCount);
  }

  #offsetOf(high: number, low: number): number {
    return (high - this.#baseHigh) * wordSize + (low - this.#baseLow);
  }

  // Line and metadata stand behind those of the last row.
  #commit(offset: number, lineStart: number): boolean {
    const added = this.#lines.length - lineStart + this.#newVolumeBytes;
    this.#newVolumeBytes = 0;
    if (offset <= this.maxOffsetNs) this.#index ??= this.#makeIndex();
    const hash = this.#index && hashEntry(offset, this.#lines.bytes, lineStart, this.#lines.length);
    if (hash !== undefined && this.#isDuplicate(offset, hash)) {
      this.#lines.length = lineStart;
      this.metadataBytes.length = this.#metadataStarts[this.rowCount] ?? 0;
      return false;
    }
    this.#volumeBytes += added;
    if (hash !== undefined) this.#index?.add(this.rowCount, hash);
    this.#addRow(offset);
    return true;
  }

  #addRow(offset: number): void {
    if (this.rowCount === this.offsetsNs.length) this.#growColumns();
    const row = this.rowCount++;
    this.offsetsNs[row] = offset;
    this.lineStarts[row + 1] = this.#lines.length;
    this.#metadataStarts[row + 1] = this.metadataBytes.length;
    if (offset < this.maxOffsetNs) this.#sorted = false;
    else this.maxOffsetNs = offset;
    if (offset < this.minOffsetNs) this.minOffsetNs = offset;
    this.#order = undefined;
  }

  #growColumns(): void {
    const capacity = this.offsetsNs.length * 2;
    const [offsets, lines, metadata] = [this.offsetsNs, this.lineStarts, this.#metadataStarts];
    this.offsetsNs = new Float64Array(capacity);
    this.lineStarts = new Uint32Array(capacity + 1);
    this.#metadataStarts = new Uint32Array(capacity + 1);
    this.offsetsNs.set(offsets);
    this.lineStarts.set(lines);
    this.#metadataStarts.set(metadata);
  }

  #makeIndex(): EntryIndex {
    const index = new EntryIndex();
    const { bytes } = this.#lines;
    for (let row = 0; row < this.rowCount; row++) {
      const [start, end] = [this.lineStarts[row] ?? 0, this.lineStarts[row + 1] ?? 0];
      index.add(row, hashEntry(this.offsetsNs[row] ?? 0, bytes, start, end));
    }
    return index;
  }

  // Compares what was just written behind the last row with the rows of the same time.
  #isDuplicate(offset: number, hash: number): boolean {
    const index = this.#index;
    if (index === undefined) return false;
    for (let row = index.first(hash); row !== -1; row = index.next(row, hash)) {
      if (this.offsetsNs[row] === offset && this.#equalsLast(row)) return true;
    }
    return false;
  }

  #equalsLast(row: number): boolean {
    const lines = this.#lines;
    const metadata = this.metadataBytes;
    const { start, end } = this.#metadataRange(row);
    const line = lines.bytes.subarray(this.lineStarts[row], this.lineStarts[row + 1]);
    return (
      line.equals(lines.bytes.subarray(this.lineStarts[this.rowCount], lines.length)) &&
      metadata.bytes
        .subarray(start, end)
        .equals(metadata.bytes.subarray(this.#metadataStarts[this.rowCount], metadata.length))
    );
  }

  #metadataRange(row: number): { start: number; end: number } {
    return { start: this.#metadataStarts[row] ?? 0, end: this.#metadataStarts[row + 1] ?? 0 };
  }
}

function grown(from: Uint8Array, place: number): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(Math.max(place + 1, from.length * 2));
  made.set(from);
  return made;
}
