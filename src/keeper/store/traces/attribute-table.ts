// Attributes of many owners in three columns; used for spans, events, links, resources and scopes.
import type { AttributeColumns } from '../../../traceql/source.ts';
import type { KeyValue } from '../../../wire/otlp/types.ts';
import { uint32 } from './column.ts';
import type { Dictionary } from './dictionary.ts';

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

  /** Adds the attributes of the next owner. */
  append(attributes: readonly KeyValue[], dictionary: Dictionary): void {
    for (const { key, value } of attributes) {
      this.keys.push(dictionary.internKey(key));
      this.values.push(dictionary.intern(value));
    }
    this.starts.push(this.keys.length);
  }

  /** The same from numbers of the dictionary: those from `start` up to `end`. */
  appendIds(
    { keys, values }: { readonly keys: Uint32Array; readonly values: Uint32Array },
    start: number,
    end: number,
  ): void {
    for (let i = start; i < end; i++) {
      this.keys.push(keys[i]!); // callers name places inside
      this.values.push(values[i]!);
    }
    this.starts.push(this.keys.length);
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
