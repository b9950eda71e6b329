// A logs export with some of its records replaced, and everything else byte for byte as it came: what goes to the log when a
// few of its records were masked.

import { logRecord } from './logs.ts';
import type { LogsBatch } from './logs-batch.ts';
import { ProtoWriter } from './proto-writer.ts';
import type { LogRecord } from './types.ts';

interface Replacement {
  /** The record in the export, without tag and length. */
  readonly start: number;
  readonly bytes: Uint8Array;
}

/** How deep the messages are nested: resource, scope, record. */
const recordDepth = 2;

/** The export of a batch, whose records at these rows (in rising order) give way to others. */
export function replaceRecords(batch: LogsBatch, records: ReadonlyMap<number, LogRecord>): Buffer {
  const replacements = [...records].map(([row, record]) => ({
    start: batch.records.start[row]!, // rows are those of the batch
    bytes: encodeRecord(record),
  }));
  return new Splicer(batch.bytes, replacements).rewrite(0, batch.bytes.length, 0);
}

// The reader of the batch has gone the same way before: every field above a record is a message or text of one byte tag.
class Splicer {
  readonly #bytes: Buffer;
  readonly #replacements: readonly Replacement[];
  #next = 0;
  #at = 0;

  constructor(bytes: Buffer, replacements: readonly Replacement[]) {
    this.#bytes = bytes;
    this.#replacements = replacements;
  }

  rewrite(start: number, end: number, depth: number): Buffer {
    const parts: Uint8Array[] = [];
    let copied = start;
    this.#at = start;
    while (this.#at < end) {
      const fieldStart = this.#at;
      const field = this.#bytes[this.#at++] ?? 0;
      const length = this.#length();
      const inner = this.#at;
      const innerEnd = inner + length;
      const next = this.#replacements[this.#next];
      if (next === undefined || next.start >= innerEnd) {
        this.#at = innerEnd;
        continue;
      }
      const made = depth === recordDepth ? this.#take(next) : this.rewrite(inner, innerEnd, depth + 1);
      parts.push(this.#bytes.subarray(copied, fieldStart), encodeHead(field, made.length), made);
      copied = innerEnd;
      this.#at = innerEnd;
    }
    parts.push(this.#bytes.subarray(copied, end));
    return Buffer.concat(parts);
  }

  #take({ bytes }: Replacement): Uint8Array {
    this.#next++;
    return bytes;
  }

  #length(): number {
    let length = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      length |= (byte & 0x7f) << shift;
      if (byte < 0x80) return length;
    }
  }
}

function encodeRecord(record: LogRecord): Uint8Array {
  const writer = new ProtoWriter();
  logRecord.writeFields(record, writer);
  return writer.finish();
}

function encodeHead(field: number, length: number): Uint8Array {
  const writer = new ProtoWriter();
  writer.writeVarint(field);
  writer.writeVarint(length);
  return writer.finish();
}
