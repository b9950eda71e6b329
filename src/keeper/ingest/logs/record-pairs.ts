// The labels that one record brings along itself, side by side in columns and in the order of otlp-entries.ts: attributes,
// then the fields that become metadata. One object serves all records, one after the other.
import type { LogsBatch } from '../../../wire/otlp/logs-batch.ts';
import { valueKind } from '../../../wire/otlp/logs-columns.ts';
import type { Block } from '../../store/logs/block.ts';
import type { MetadataCodec } from '../../store/logs/metadata-codec.ts';
import { isPackedTime } from '../../store/logs/metadata-value.ts';
import { AttributeNames } from './attribute-names.ts';
import { type EncodedLabels, encodeLabels, writeEncoded } from './encoded-labels.ts';
import type { PairStep } from './metadata-plan.ts';
import type { RecordShapes, Shape } from './record-shapes.ts';

/** What the two numbers of a pair are: a range of bytes, the halves of a time, or a number and nothing. */
const pairKind = { text: 0, id: 1, time: 2, number: 3 } as const;

const maxPairs = 1024;
const maxNumbers = 4096;
const wordSize = 2 ** 32;
const [yes, no] = [Buffer.from('true'), Buffer.from('false')];

type FixedName =
  | 'observed_timestamp'
  | 'severity_number'
  | 'severity_text'
  | 'dropped_attributes_count'
  | 'flags'
  | 'trace_id'
  | 'span_id';

export class RecordPairs {
  length = 0;
  readonly #codec: MetadataCodec;
  readonly #names: AttributeNames;
  readonly #fixed: Readonly<Record<FixedName, number>>;
  readonly #kinds = new Uint8Array(maxPairs);
  readonly #sources: Buffer[] = [];
  readonly #starts = new Float64Array(maxPairs);
  readonly #ends = new Float64Array(maxPairs);
  // By the number of the name and the value in one.
  readonly #numbers = new Map<number, EncodedLabels>();
  #shapes: RecordShapes | undefined;
  #shape: Shape | undefined;

  constructor(codec: MetadataCodec) {
    this.#codec = codec;
    this.#names = new AttributeNames(codec);
    const id = (name: FixedName) => codec.nameIdOf(name);
    this.#fixed = {
      observed_timestamp: id('observed_timestamp'),
      severity_number: id('severity_number'),
      severity_text: id('severity_text'),
      dropped_attributes_count: id('dropped_attributes_count'),
      flags: id('flags'),
      trace_id: id('trace_id'),
      span_id: id('span_id'),
    };
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

  /** The text of a pair that is no number. */
  text(pair: number): Buffer {
    return this.#sources[pair]?.subarray(this.#starts[pair], this.#ends[pair]) ?? none;
  }

  /** The number of a pair; undefined if it is no number. */
  number(pair: number): number | undefined {
    return this.#kinds[pair] === pairKind.number ? this.#starts[pair] : undefined;
  }

  /** Writes a pair to the metadata of a block, under the name of its step. */
  write({ pair, name, nameId }: PairStep, block: Block): void {
    const source = this.#sources[pair]!; // pairs below `length` have all their columns
    const start = this.#starts[pair]!;
    const end = this.#ends[pair]!;
    const kind = this.#kinds[pair];
    if (kind === pairKind.number) {
      this.#writeNumber(name, nameId, start, block);
      return;
    }
    block.countName(nameId, name.length);
    if (kind === pairKind.text) this.#codec.writeText(block, nameId, source, start, end);
    else if (kind === pairKind.id) this.#codec.writeId(block, nameId, source, start, end);
    else this.#codec.writeTime(block, nameId, start, end);
  }

  #addAttributes({ bytes, records, attributes }: LogsBatch, row: number): void {
    const end = records.attributesEnd[row] ?? 0;
    for (let i = records.attributesStart[row] ?? 0; i < end; i++) {
      if (attributes.kind[i] === valueKind.text && attributes.valueStart[i] === attributes.valueEnd[i]) continue;
      const name = this.#names.of(bytes, attributes.keyStart[i] ?? 0, attributes.keyEnd[i] ?? 0);
      if (!this.#extend(name.id, name.text)) return;
      const value = attributes.valueStart[i] ?? 0;
      const kind = attributes.kind[i];
      if (kind === valueKind.text) this.#add(pairKind.text, bytes, value, attributes.valueEnd[i] ?? 0);
      else if (kind === valueKind.int) this.#add(pairKind.number, none, value, 0);
      else this.#addText(value === 0 ? no : yes);
    }
  }

  #addTime(high: number, low: number): void {
    if (high === 0 && low === 0) return;
    if (!this.#extendFixed('observed_timestamp')) return;
    if (isPackedTime(high)) this.#add(pairKind.time, none, high, low);
    else this.#addText(Buffer.from(String((BigInt(high) << 32n) | BigInt(low))));
  }

  #addNumber(name: FixedName, number: number): void {
    if (number !== 0 && this.#extendFixed(name)) this.#add(pairKind.number, none, number, 0);
  }

  #extendFixed(name: FixedName): boolean {
    return this.#extend(this.#fixed[name], name);
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

  #writeNumber(name: string, nameId: number, number: number, block: Block): void {
    const key = nameId * wordSize + number;
    let label = this.#numbers.get(key);
    if (label === undefined && this.#numbers.size < maxNumbers) {
      label = encodeLabels([[name, String(number)]], this.#codec);
      this.#numbers.set(key, label);
    }
    if (label === undefined) this.#codec.writeLabel(block, [name, String(number)]);
    else writeEncoded(label, block);
  }
}

const none = Buffer.alloc(0);
