// The labels that one record brings along itself, side by side in columns and in the order of otlp-entries.ts: attributes,
// then the fields that become metadata. One object serves all records, one after the other.
import type { LogsBatch } from '../../../wire/otlp/logs-batch.ts';
import { valueKind } from '../../../wire/otlp/logs-columns.ts';
import type { Block } from '../../store/logs/block.ts';
import type { MetadataCodec } from '../../store/logs/metadata-codec.ts';
import { isPackedTime } from '../../store/logs/metadata-value.ts';
import { AttributeNames } from './attribute-names.ts';
import type { RecordShapes, Shape } from './record-shapes.ts';

/** What the two numbers of a pair are: a range of bytes, or the halves of a time. */
const pairKind = { text: 0, id: 1, time: 2 } as const;

const maxPairs = 1024;
const maxNumberTexts = 4096;
const [yes, no] = [Buffer.from('true'), Buffer.from('false')];

export class RecordPairs {
  length = 0;
  readonly #codec: MetadataCodec;
  readonly #names: AttributeNames;
  readonly #fixed: ReadonlyMap<string, number>;
  readonly #kinds = new Uint8Array(maxPairs);
  readonly #sources: Buffer[] = [];
  readonly #starts = new Float64Array(maxPairs);
  readonly #ends = new Float64Array(maxPairs);
  readonly #numberTexts = new Map<number, Buffer>();
  #shapes: RecordShapes | undefined;
  #shape: Shape | undefined;

  constructor(codec: MetadataCodec) {
    this.#codec = codec;
    this.#names = new AttributeNames(codec);
    const fixed = [
      'observed_timestamp',
      'severity_number',
      'severity_text',
      'dropped_attributes_count',
      'flags',
      'trace_id',
      'span_id',
    ]; // prettier-ignore
    this.#fixed = new Map(fixed.map((name) => [name, codec.nameIdOf(name)]));
  }

  /** Collects the pairs of a record and finds their shape; undefined when it cannot be had. */
  collect(batch: LogsBatch, row: number, shapes: RecordShapes): Shape | undefined {
    this.length = 0;
    this.#shapes = shapes;
    this.#shape = shapes.root;
    const { bytes, records } = batch;
    this.#addAttributes(batch, row);
    if (records.timeLow[row] !== 0 || records.timeHigh[row] !== 0)
      this.#addTime(records.observedHigh[row] ?? 0, records.observedLow[row] ?? 0);
    this.#addNumber('severity_number', records.severityNumber[row] ?? 0);
    const textStart = records.severityTextStart[row] ?? 0;
    const textEnd = records.severityTextEnd[row] ?? 0;
    if (textEnd > textStart && this.#extendFixed('severity_text')) this.#add(pairKind.text, bytes, textStart, textEnd);
    this.#addNumber('dropped_attributes_count', records.droppedAttributes[row] ?? 0);
    this.#addNumber('flags', records.flags[row] ?? 0);
    const traceId = records.traceIdStart[row] ?? -1;
    if (traceId !== -1 && this.#extendFixed('trace_id')) this.#add(pairKind.id, bytes, traceId, traceId + 16);
    const spanId = records.spanIdStart[row] ?? -1;
    if (spanId !== -1 && this.#extendFixed('span_id')) this.#add(pairKind.id, bytes, spanId, spanId + 8);
    return this.#shape;
  }

  /** The text of a pair. */
  text(pair: number): Buffer {
    return this.#sources[pair]?.subarray(this.#starts[pair], this.#ends[pair]) ?? Buffer.alloc(0);
  }

  /** Writes a pair to the metadata of a block. */
  write(pair: number, nameId: number, block: Block): void {
    const source = this.#sources[pair]!; // pairs below `length` have all their columns
    const start = this.#starts[pair]!;
    const end = this.#ends[pair]!;
    const kind = this.#kinds[pair];
    if (kind === pairKind.text) this.#codec.writeText(block, nameId, source, start, end);
    else if (kind === pairKind.id) this.#codec.writeId(block, nameId, source, start, end);
    else this.#codec.writeTime(block, nameId, start, end);
  }

  #addAttributes({ bytes, records, attributes }: LogsBatch, row: number): void {
    const end = records.attributesEnd[row] ?? 0;
    for (let i = records.attributesStart[row] ?? 0; i < end; i++) {
      const name = this.#names.of(bytes, attributes.keyStart[i] ?? 0, attributes.keyEnd[i] ?? 0);
      if (!this.#extend(name.id, name.text)) return;
      const value = attributes.valueStart[i] ?? 0;
      const kind = attributes.kind[i];
      if (kind === valueKind.text) this.#add(pairKind.text, bytes, value, attributes.valueEnd[i] ?? 0);
      else this.#addText(kind === valueKind.bool ? (value === 0 ? no : yes) : this.#textOf(value));
    }
  }

  #addTime(high: number, low: number): void {
    if (high === 0 && low === 0) return;
    if (!this.#extendFixed('observed_timestamp')) return;
    if (isPackedTime(high)) this.#add(pairKind.time, none, high, low);
    else this.#addText(Buffer.from(String((BigInt(high) << 32n) | BigInt(low))));
  }

  #addNumber(name: string, number: number): void {
    if (number !== 0 && this.#extendFixed(name)) this.#addText(this.#textOf(number));
  }

  #extendFixed(name: string): boolean {
    return this.#extend(this.#fixed.get(name) ?? 0, name);
  }

  #extend(nameId: number, name: string): boolean {
    const shape = this.#shape;
    if (shape === undefined || this.#shapes === undefined) return false;
    this.#shape =
      this.length < maxPairs ? (shape.next.get(nameId) ?? this.#shapes.extend(shape, nameId, name)) : undefined;
    return this.#shape !== undefined;
  }

  #addText(text: Buffer): void {
    this.#add(pairKind.text, text, 0, text.length);
  }

  #add(kind: number, source: Buffer, start: number, end: number): void {
    const pair = this.length++;
    this.#kinds[pair] = kind;
    this.#sources[pair] = source;
    this.#starts[pair] = start;
    this.#ends[pair] = end;
  }

  #textOf(number: number): Buffer {
    const known = this.#numberTexts.get(number);
    if (known !== undefined) return known;
    const made = Buffer.from(String(number));
    if (this.#numberTexts.size < maxNumberTexts) this.#numberTexts.set(number, made);
    return made;
  }
}

const none = Buffer.alloc(0);
