// Reads a protobuf logs export straight into columns: one pass over the bytes, no object per record. What it does not
// understand at once (a malformed body, a field of another wire type) it leaves to the decoder of request.ts, whose word
// on right and wrong is the only one; single records with unusual values are left to it as well.
import { BytesMap } from '../../std/bytes-map.ts';
import { resourceCodec, scopeCodec } from './common.ts';
import { logRecord } from './logs.ts';
import { AttributeColumns, RecordColumns, valueKind } from './logs-columns.ts';
import { MalformedOtlp } from './malformed.ts';
import { ProtoReader } from './proto-reader.ts';
import type { LogRecord, Resource, Scope } from './types.ts';

/** Records `from … to` of one scope of one resource. Equal resources of one reader are one object, equal scopes too. */
export interface LogsSpan {
  readonly resource: Resource;
  readonly scope: Scope;
  readonly from: number;
  readonly to: number;
}

/**
 * One export. Columns are valid until the reader reads the next one. Texts are bytes as they came: a sender may have put
 * there what is no UTF-8.
 */
export interface LogsBatch {
  readonly bytes: Buffer;
  readonly view: DataView;
  readonly spans: readonly LogsSpan[];
  readonly records: RecordColumns;
  readonly attributes: AttributeColumns;
  /** The unusual records by row. */
  readonly objects: Map<number, LogRecord>;
}

const maxInterned = 1024;
const emptyResource: Resource = { attributes: [], droppedAttributesCount: 0 };
const emptyScope: Scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 };

/** A field is its number and wire type in one byte; all fields of these messages that are read have numbers below 16. */
const tag = {
  group: 0x0a,
  resource: 0x0a,
  scopeLogs: 0x12,
  scope: 0x0a,
  record: 0x12,
  time: 0x09,
  severityNumber: 0x10,
  severityText: 0x1a,
  body: 0x2a,
  attribute: 0x32,
  droppedAttributes: 0x38,
  flags: 0x45,
  traceId: 0x4a,
  spanId: 0x52,
  observedTime: 0x59,
  eventName: 0x62,
  schemaUrl: 0x1a,
  key: 0x0a,
  value: 0x12,
  stringValue: 0x0a,
  boolValue: 0x10,
  intValue: 0x18,
} as const;

/** A body that this reader leaves to the decoder. */
class LeftToDecoder extends Error {}

/** Reads exports one after the other; each makes the columns of the one before invalid. */
export class LogsReader {
  readonly #records = new RecordColumns();
  readonly #attributes = new AttributeColumns();
  readonly #resources = new Interned<Resource>((bytes) => decode(resourceCodec, bytes));
  readonly #scopes = new Interned<Scope>((bytes) => decode(scopeCodec, bytes));
  #bytes: Buffer = Buffer.alloc(0);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #at = 0;
  #spans: LogsSpan[] = [];
  #objects = new Map<number, LogRecord>();

  /** The columns of an export; undefined: decode it the other way, which also tells what is wrong with it. */
  read(bytes: Buffer): LogsBatch | undefined {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    this.#at = 0;
    this.#spans = [];
    this.#objects = new Map();
    this.#records.length = 0;
    this.#attributes.length = 0;
    try {
      while (this.#at < bytes.length) {
        this.#expect(tag.group);
        this.#readGroup(this.#enter(bytes.length));
      }
    } catch (error) {
      if (error instanceof LeftToDecoder || error instanceof MalformedOtlp) return undefined;
      throw error;
    }
    return {
      bytes,
      view: this.#view,
      spans: this.#spans,
      records: this.#records,
      attributes: this.#attributes,
      objects: this.#objects,
    };
  }

  // The resource may stand behind the records, so it is looked for first.
  #readGroup(end: number): void {
    const start = this.#at;
    let resource = emptyResource;
    while (this.#at < end) {
      const field = this.#byte();
      const inner = this.#enter(end);
      if (field === tag.resource) resource = this.#resources.get(this.#bytes, this.#at, inner);
      else if (field !== tag.scopeLogs && field !== tag.schemaUrl) throw new LeftToDecoder();
      this.#at = inner;
    }
    this.#leaveAt(end);
    this.#at = start;
    while (this.#at < end) {
      const field = this.#byte();
      const inner = this.#enter(end);
      if (field === tag.scopeLogs) this.#readScope(inner, resource);
      this.#at = inner;
    }
  }

  #readScope(end: number, resource: Resource): void {
    const from = this.#records.length;
    let scope = emptyScope;
    while (this.#at < end) {
      const field = this.#byte();
      const inner = this.#enter(end);
      if (field === tag.record) this.#readRecord(inner);
      else if (field === tag.scope) scope = this.#scopes.get(this.#bytes, this.#at, inner);
      else if (field !== tag.schemaUrl) throw new LeftToDecoder();
      this.#at = inner;
    }
    this.#leaveAt(end);
    this.#spans.push({ resource, scope, from, to: this.#records.length });
  }

  #readRecord(end: number): void {
    const records = this.#records;
    const row = records.add();
    records.start[row] = this.#at;
    records.end[row] = end;
    records.attributesStart[row] = this.#attributes.length;
    while (this.#at < end) this.#readField(row, end);
    this.#leaveAt(end);
    records.attributesEnd[row] = this.#attributes.length;
    if (records.unusual[row] === 1) this.#objects.set(row, decodeRecord(this.#bytes, records, row));
  }

  #readField(row: number, end: number): void {
    const records = this.#records;
    switch (this.#byte()) {
      case tag.time:
        records.timeLow[row] = this.#fixed32(end);
        records.timeHigh[row] = this.#fixed32(end);
        return;
      case tag.observedTime:
        records.observedLow[row] = this.#fixed32(end);
        records.observedHigh[row] = this.#fixed32(end);
        return;
      case tag.severityNumber:
        records.severityNumber[row] = this.#small();
        return;
      case tag.severityText:
        records.severityTextEnd[row] = this.#enter(end);
        records.severityTextStart[row] = this.#at;
        this.#at = records.severityTextEnd[row] ?? 0;
        return;
      case tag.body:
        this.#readBody(row, this.#enter(end));
        return;
      case tag.attribute:
        this.#readAttribute(row, this.#enter(end));
        return;
      case tag.droppedAttributes:
        records.droppedAttributes[row] = this.#small();
        return;
      case tag.flags:
        records.flags[row] = this.#fixed32(end);
        return;
      case tag.traceId:
        records.traceIdStart[row] = this.#id(end, 16);
        return;
      case tag.spanId:
        records.spanIdStart[row] = this.#id(end, 8);
        return;
      case tag.eventName:
        this.#at = this.#enter(end);
        return;
      default:
        throw new LeftToDecoder();
    }
  }

  #readBody(row: number, end: number): void {
    const records = this.#records;
    if (this.#at === end) {
      records.bodyEnd[row] = records.bodyStart[row] = 0;
      return;
    }
    if (this.#bytes[this.#at] === tag.stringValue) {
      this.#at++;
      const textEnd = this.#enter(end);
      if (textEnd === end) {
        records.bodyStart[row] = this.#at;
        records.bodyEnd[row] = end;
        this.#at = end;
        return;
      }
    }
    this.#leave(row, end);
  }

  #readAttribute(row: number, end: number): void {
    const attributes = this.#attributes;
    const at = attributes.add();
    if (this.#bytes[this.#at] !== tag.key) {
      this.#leave(row, end);
      return;
    }
    this.#at++;
    const keyStop = this.#enter(end);
    attributes.keyStart[at] = this.#at;
    attributes.keyEnd[at] = keyStop;
    this.#at = keyStop;
    if (this.#at === end || this.#bytes[this.#at] !== tag.value) {
      this.#leave(row, end);
      return;
    }
    this.#at++;
    if (this.#enter(end) !== end) {
      this.#leave(row, end);
      return;
    }
    this.#readValue(row, at, end);
  }

  #readValue(row: number, at: number, end: number): void {
    const attributes = this.#attributes;
    const kind = this.#at < end ? this.#bytes[this.#at++] : undefined;
    if (kind === tag.stringValue) {
      if (this.#enter(end) !== end) {
        this.#leave(row, end);
        return;
      }
      attributes.kind[at] = valueKind.text;
      attributes.valueStart[at] = this.#at;
      attributes.valueEnd[at] = end;
      this.#at = end;
      return;
    }
    if ((kind !== tag.intValue && kind !== tag.boolValue) || end - this.#at > 4) {
      this.#leave(row, end);
      return;
    }
    attributes.kind[at] = kind === tag.intValue ? valueKind.int : valueKind.bool;
    attributes.valueStart[at] = this.#varint();
    if (this.#at !== end) this.#leave(row, end);
  }

  // The decoder of objects sees to this record, and refuses the export if it is malformed.
  #leave(row: number, end: number): void {
    this.#records.unusual[row] = 1;
    this.#at = end;
  }

  #id(end: number, sizeBytes: number): number {
    const idEnd = this.#enter(end);
    const start = this.#at;
    if (idEnd - start !== sizeBytes && idEnd !== start) throw new LeftToDecoder();
    this.#at = idEnd;
    for (let i = start; i < idEnd; i++) if (this.#bytes[i] !== 0) return start;
    return -1;
  }

  #leaveAt(end: number): void {
    if (this.#at !== end) throw new LeftToDecoder();
  }

  #expect(wanted: number): void {
    if (this.#byte() !== wanted) throw new LeftToDecoder();
  }

  /** Reads the length of what follows; says where that ends. */
  #enter(end: number): number {
    const length = this.#varint();
    const inner = this.#at + length;
    if (inner > end) throw new LeftToDecoder();
    return inner;
  }

  #byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  #fixed32(end: number): number {
    if (this.#at + 4 > end) throw new LeftToDecoder();
    this.#at += 4;
    return this.#view.getUint32(this.#at - 4, true);
  }

  #small(): number {
    const value = this.#varint();
    if (value > 0xffff) throw new LeftToDecoder();
    return value;
  }

  // Up to 28 bits: no part of a body is larger.
  #varint(): number {
    let value = this.#byte();
    if (value < 0x80) return value;
    value &= 0x7f;
    for (let shift = 7; shift < 28; shift += 7) {
      const byte = this.#byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw new LeftToDecoder();
  }
}

/** From now on the record is read from the object that the decoder makes of it. @throws MalformedOtlp */
export function leaveToDecoder({ bytes, records, objects }: LogsBatch, row: number): void {
  records.unusual[row] = 1;
  objects.set(row, decodeRecord(bytes, records, row));
}

/** A record as an object. @throws MalformedOtlp unless it is among the unusual ones, which were decoded already. */
export function readRecord({ bytes, records, objects }: LogsBatch, row: number): LogRecord {
  return objects.get(row) ?? decodeRecord(bytes, records, row);
}

function decodeRecord(bytes: Buffer, records: RecordColumns, row: number): LogRecord {
  return decode(logRecord, bytes.subarray(records.start[row], records.end[row]));
}

function decode<T>(codec: { readFields(reader: ProtoReader, end: number, depth: number): T }, bytes: Buffer): T {
  try {
    const reader = new ProtoReader(bytes);
    const value = codec.readFields(reader, bytes.length, 0);
    if (reader.pos !== bytes.length) throw new MalformedOtlp(`protobuf message is cut off at byte ${bytes.length}`);
    return value;
  } catch (error) {
    if (error instanceof MalformedOtlp) throw error;
    throw new MalformedOtlp(`no protobuf message: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Decoded messages by their bytes: senders repeat resource and scope in every export. */
class Interned<T extends object> {
  readonly #decode: (bytes: Buffer) => T;
  readonly #known = new BytesMap<T>();

  constructor(decodeOne: (bytes: Buffer) => T) {
    this.#decode = decodeOne;
  }

  get(bytes: Buffer, start: number, end: number): T {
    const known = this.#known.get(0, bytes, start, end);
    if (known !== undefined) return known;
    const made = this.#decode(bytes.subarray(start, end));
    if (this.#known.size >= maxInterned || end - start > 64 * 1024) this.#known.clear();
    this.#known.set(0, { bytes, start, end }, made);
    return made;
  }
}
