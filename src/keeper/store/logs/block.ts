// A block of a stream: up to 64 k entries in columns. Appended to until it is full, then sealed.
import type { LogBlock } from '../../../logql/source.ts';
import type { Labels } from '../../../logql/values.ts';
import { GrowingBytes } from './growing-bytes.ts';
import type { MetadataCodec } from './metadata-codec.ts';

const maxRows = 65_536;
const maxLineBytes = 8 << 20;
const maxOffsetNs = 2 ** 53 - 1;
/** What a row costs besides its text: time, line start, metadata start. */
const rowBytes = 16;
/** What Loki counts for a pair of structured metadata besides its texts. */
const pairBytes = 8;

export class Block implements LogBlock {
  rowCount = 0;
  readonly baseNs: bigint;
  minOffsetNs = Number.POSITIVE_INFINITY;
  maxOffsetNs = Number.NEGATIVE_INFINITY;
  lineStarts = new Uint32Array(17);
  offsetsNs = new Float64Array(16);
  readonly #codec: MetadataCodec;
  readonly #lines = new GrowingBytes(4096);
  readonly #metadata = new GrowingBytes(1024);
  #metadataStarts = new Uint32Array(17);
  readonly #names = new Set<number>();
  #volumeBytes = 0;
  // Bytes of texts in the entry in hand that the block had not met.
  #textBytes = 0;
  readonly #countText = (id: number | undefined, length: number) => {
    if (id === undefined || !this.#counted?.has(id)) this.#textBytes += length;
    if (id !== undefined) this.#counted?.add(id);
  };
  // Names and values already counted in the volume while the block is open.
  #counted: Set<number> | undefined = new Set();
  #sorted = true;
  #order: Uint32Array | undefined;
  // Rows by time while the block is open, to notice an entry that was sent twice.
  #rowsByTime: Map<number, number | number[]> | undefined = new Map();

  constructor(baseNs: bigint, codec: MetadataCodec) {
    this.baseNs = baseNs;
    this.#codec = codec;
  }

  get bytes(): Buffer {
    return this.#lines.bytes;
  }

  get sizeBytes(): number {
    return this.#lines.length + this.#metadata.length + this.rowCount * rowBytes;
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

  /** Can it take one more entry of this time? */
  accepts(timeNs: bigint): boolean {
    const delta = timeNs - this.baseNs;
    const near = delta < BigInt(maxOffsetNs) && delta > -BigInt(maxOffsetNs);
    return near && this.rowCount < maxRows && this.#lines.length < maxLineBytes;
  }

  /** Appends an entry; false: the very same entry is there already. */
  append(timeNs: bigint, line: string, metadata: Labels): boolean {
    const offset = Number(timeNs - this.baseNs);
    const lineStart = this.#lines.length;
    const metadataStart = this.#metadata.length;
    this.#lines.writeText(line);
    this.#textBytes = 0;
    this.#metadata.writeBytes(this.#codec.encode(metadata, this.#countText));
    if (offset <= this.maxOffsetNs && this.#isDuplicate(offset, lineStart, metadataStart)) {
      this.#lines.length = lineStart;
      this.#metadata.length = metadataStart;
      return false;
    }
    this.#codec.nameIdsOf(metadata, (id) => this.#names.add(id));
    this.#volumeBytes += this.#lines.length - lineStart + metadata.length * pairBytes + this.#textBytes;
    this.#addRow(offset);
    return true;
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
    return this.#codec.decode(this.#metadata.bytes, start, end);
  }

  metadataValue(row: number, name: string): string | undefined {
    if (!this.mayHaveMetadata(name)) return undefined;
    const { start, end } = this.#metadataRange(row);
    return this.#codec.find(this.#metadata.bytes, { start, end }, name);
  }

  metadataKey(row: number): string {
    const { start, end } = this.#metadataRange(row);
    return this.#metadata.bytes.toString('latin1', start, end);
  }

  mayHaveMetadata(name: string): boolean {
    const id = this.#codec.findName(name);
    return this.#names.has(0) || (id !== undefined && this.#names.has(id));
  }

  /** No entry will follow: gives back what was reserved. */
  seal(): void {
    this.#rowsByTime = undefined;
    this.#counted = undefined;
    this.#lines.shrink();
    this.#metadata.shrink();
    this.lineStarts = this.lineStarts.slice(0, this.rowCount + 1);
    this.#metadataStarts = this.#metadataStarts.slice(0, this.rowCount + 1);
    this.offsetsNs = this.offsetsNs.slice(0, this.rowCount);
  }

  #addRow(offset: number): void {
    if (this.rowCount === this.offsetsNs.length) this.#growColumns();
    const row = this.rowCount++;
    this.offsetsNs[row] = offset;
    this.lineStarts[row + 1] = this.#lines.length;
    this.#metadataStarts[row + 1] = this.#metadata.length;
    if (offset < this.maxOffsetNs) this.#sorted = false;
    this.#order = undefined;
    this.minOffsetNs = Math.min(this.minOffsetNs, offset);
    this.maxOffsetNs = Math.max(this.maxOffsetNs, offset);
    const same = this.#rowsByTime?.get(offset);
    if (Array.isArray(same)) same.push(row);
    else this.#rowsByTime?.set(offset, same === undefined ? row : [same, row]);
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

  // Compares what was just written behind the last row with the rows of the same time.
  #isDuplicate(offset: number, lineStart: number, metadataStart: number): boolean {
    const rows = [this.#rowsByTime?.get(offset) ?? []].flat();
    const line = this.#lines.bytes.subarray(lineStart, this.#lines.length);
    const metadata = this.#metadata.bytes.subarray(metadataStart, this.#metadata.length);
    return rows.some((row) => {
      const { start, end } = this.#metadataRange(row);
      return (
        line.equals(this.#lines.bytes.subarray(this.lineStarts[row], this.lineStarts[row + 1])) &&
        metadata.equals(this.#metadata.bytes.subarray(start, end))
      );
    });
  }

  #metadataRange(row: number): { start: number; end: number } {
    return { start: this.#metadataStarts[row] ?? 0, end: this.#metadataStarts[row + 1] ?? 0 };
  }
}
