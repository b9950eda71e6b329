// Attributes of many owners in three columns; used for spans, events, links, resources and scopes.
import type { AttributeColumns } from '../../../traceql/source.ts';
import type { KeyValue } from '../../../wire/otlp/types.ts';
import { uint32 } from './column.ts';
import type { Dictionary } from './dictionary.ts';

/** Attributes of owner `i` are at `attributeStarts[i]` up to `attributeStarts[i + 1]`. */
interface AttributeRun {
  readonly attributeStarts: Uint32Array;
  readonly keys: Uint32Array;
  readonly values: Uint32Array;
}

export class AttributeTable {
  private readonly starts = uint32();
  private readonly keys = uint32();
  private readonly values = uint32();

  constructor() {
    this.starts.push(0);
  }

  get bytes(): number {
    return this.starts.bytes + this.keys.bytes + this.values.bytes;
  }

  /** Makes room for as many attributes as another table has room for. */
  reserveAs(other: AttributeTable): void {
    this.starts.reserve(other.starts.data.length);
    this.keys.reserve(other.keys.data.length);
    this.values.reserve(other.values.data.length);
  }

  /** Adds the attributes of the next owner. */
  append(attributes: readonly KeyValue[], dictionary: Dictionary): void {
    for (const { key, value } of attributes) {
      this.keys.push(dictionary.internKey(key));
      this.values.push(dictionary.intern(value));
    }
    this.starts.push(this.keys.length);
  }

  /** Adds the attributes of the owners from `start` up to `end` of a batch: numbers of the dictionary. */
  appendRun({ attributeStarts, keys, values }: AttributeRun, start: number, end: number): void {
    const first = attributeStarts[start]!; // owners have a start and an end
    const shift = this.keys.length - first;
    this.keys.pushFrom(keys, first, attributeStarts[end]!);
    this.values.pushFrom(values, first, attributeStarts[end]!);
    for (let owner = start; owner < end; owner++) this.starts.push(attributeStarts[owner + 1]! + shift);
  }

  snapshot(): AttributeColumns {
    return { starts: this.starts.data, keys: this.keys.data, values: this.values.data };
  }

  /** The attributes of one owner as they came. */
  read(owner: number, dictionary: Dictionary): KeyValue[] {
    const { starts, keys, values } = this.snapshot();
    const attributes: KeyValue[] = [];
    // `owner` was appended before, so both starts and all places between them are set.
    for (let i = starts[owner]!; i < starts[owner + 1]!; i++)
      attributes.push({ key: dictionary.key(keys[i]!), value: dictionary.rawValue(values[i]!) });
    return attributes;
  }
}
