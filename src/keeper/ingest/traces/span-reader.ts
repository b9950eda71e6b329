// The short way of spans: from the bytes of a protobuf export into a batch of columns, without an object per span.
// Whatever is malformed, holds a secret or is too odd for it throws, and the export goes the long way, which decides.
import { MalformedOtlp } from '../../../wire/otlp/malformed.ts';
import { ProtoReader, wireType } from '../../../wire/otlp/proto-reader.ts';
import { spanEvent, spanLink } from '../../../wire/otlp/traces.ts';
import type { Resource, Scope, SpanEvent, SpanLink } from '../../../wire/otlp/types.ts';
import type { Masker } from '../../mask/mask-request.ts';
import type { Dictionary } from '../../store/traces/dictionary.ts';
import type { SpanBatch } from '../../store/traces/span-batch.ts';
import { AttributeReader } from './attribute-reader.ts';
import { OwnerReader } from './owner-reader.ts';
import { TakesLongWay } from './takes-long-way.ts';

const traceIdBytes = 16;
const spanIdBytes = 8;
const largestEnum = 255;
const longestEnum = 2;
/** Field 2 of ScopeSpans. */
const spanTag = 0x12;
const emptyResource: Resource = { attributes: [], droppedAttributesCount: 0 };
const emptyScope: Scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 };

/** How one field of a span is read. The span it belongs to is `at` in the batch. */
interface SpanField {
  readonly wire: number;
  readonly read: (reader: SpanReader, at: number) => void;
}

/** A scope's spans, before their resource is known: it may come after them. */
interface ScopeSpans {
  readonly scope: Scope;
  readonly end: number;
}

export class SpanReader {
  private readonly masker: Masker;
  readonly attributes: AttributeReader;
  private readonly owners: OwnerReader;
  private readonly emptyText: number;
  /** Those of the body being read. */
  batch: SpanBatch;
  proto = new ProtoReader(Buffer.alloc(0));

  /** Numbers in `batch` are those of `dictionary`. */
  constructor(parts: { readonly dictionary: Dictionary; readonly masker: Masker; readonly batch: SpanBatch }) {
    const { dictionary, masker, batch } = parts;
    this.masker = masker;
    this.batch = batch;
    this.attributes = new AttributeReader(dictionary, masker);
    this.owners = new OwnerReader(masker);
    this.emptyText = dictionary.internString('');
  }

  /** Fills the batch. @throws MalformedOtlp, TakesLongWay and what broken bytes make `pbf` and DataView throw */
  read(body: Buffer): void {
    this.batch.clear();
    const proto = new ProtoReader(body);
    this.proto = proto;
    this.attributes.begin(proto);
    for (let number = proto.nextField(body.length); number !== 0; number = proto.nextField(body.length))
      if (number === 1) this.readResourceSpans();
    if (proto.pos !== body.length) throw new MalformedOtlp('protobuf message is cut off');
    if (proto.hasLongNumber) this.batch.forgetBytes();
  }

  private readResourceSpans(): void {
    const { proto, batch } = this;
    const outerEnd = this.enterMessage();
    const { end } = proto;
    let resource = emptyResource;
    const scopes: ScopeSpans[] = [];
    for (let number = proto.nextField(end); number !== 0; number = proto.nextField(end)) {
      if (number === 1) resource = this.owners.readResource(proto);
      else if (number === 2) scopes.push(this.readScopeSpans());
      else if (number === 3) expectWire(proto, wireType.bytes);
    }
    proto.leave(outerEnd);
    for (const { scope, end: scopeEnd } of scopes) batch.groups.push({ resource, scope, end: scopeEnd });
  }

  private readScopeSpans(): ScopeSpans {
    const { proto } = this;
    const outerEnd = this.enterMessage();
    const { end } = proto;
    let scope = emptyScope;
    for (let number = proto.nextField(end); number !== 0; number = proto.nextField(end)) {
      if (number === 2) this.readSpan();
      else if (number === 1) scope = this.owners.readScope(proto);
      else if (number === 3) expectWire(proto, wireType.bytes);
    }
    proto.leave(outerEnd);
    return { scope, end: this.batch.count };
  }

  private readSpan(): void {
    const { proto, batch, attributes } = this;
    const start = proto.pos - 1;
    attributes.isVerbatim = proto.bytes[start] === spanTag;
    const outerEnd = this.enterMessage();
    const { end } = proto;
    const at = batch.begin();
    let hasTraceId = false;
    batch.idHigh[at] = 0;
    batch.idLow[at] = 0;
    batch.name[at] = this.emptyText;
    batch.statusMessage[at] = this.emptyText;
    for (let number = proto.nextField(end); number !== 0; number = proto.nextField(end)) {
      const field = spanFields[number];
      if (field === undefined) {
        attributes.isVerbatim = false;
        continue;
      }
      if (proto.type !== field.wire) throw new TakesLongWay();
      field.read(this, at);
      if (number === 1) hasTraceId = true;
    }
    proto.leave(outerEnd);
    if (attributes.isVerbatim && batch.extrasOf(at) === undefined) {
      batch.bytesStart[at] = start;
      batch.bytesEnd[at] = end;
    }
    if (!hasTraceId || (batch.idHigh[at] === 0 && batch.idLow[at] === 0)) throw new TakesLongWay();
  }

  readTraceId(at: number): void {
    const { proto, batch } = this;
    const end = proto.readEnd();
    if (end - proto.pos !== traceIdBytes) throw new TakesLongWay();
    let anyBits = 0;
    for (let word = at * 4; word < at * 4 + 4; word++) {
      const bits = proto.dataView.getUint32(proto.pos);
      batch.traceId[word] = bits;
      anyBits |= bits;
      proto.pos += 4;
    }
    if (anyBits === 0) throw new TakesLongWay();
  }

  /** The id's halves go to `high` and `low`; says whether there is one: all zeros is none. */
  readSpanId(at: number, high: Uint32Array, low: Uint32Array): boolean {
    const { proto } = this;
    const end = proto.readEnd();
    high[at] = 0;
    low[at] = 0;
    if (end === proto.pos) return false;
    if (end - proto.pos !== spanIdBytes) throw new TakesLongWay();
    high[at] = proto.dataView.getUint32(proto.pos);
    low[at] = proto.dataView.getUint32(proto.pos + 4);
    proto.pos = end;
    const isThere = high[at] !== 0 || low[at] !== 0;
    if (!isThere) this.attributes.isVerbatim = false;
    return isThere;
  }

  readTime(at: number, high: Uint32Array, low: Uint32Array): void {
    low[at] = this.proto.readUint32();
    high[at] = this.proto.readUint32();
  }

  /** Kinds and status codes are small; what is not goes the long way. */
  readEnum(): number {
    const start = this.proto.pos;
    const value = this.proto.readVarint();
    if (this.proto.pos - start > longestEnum) this.attributes.isVerbatim = false;
    if (value > largestEnum) throw new TakesLongWay();
    return value;
  }

  readCount(): number {
    return this.proto.readVarint() >>> 0;
  }

  readStatus(at: number): void {
    const { proto, batch } = this;
    const outerEnd = proto.enter();
    const { end } = proto;
    if (batch.status[at] !== 0 || batch.statusMessage[at] !== this.emptyText) this.attributes.isVerbatim = false;
    batch.status[at] = 0;
    batch.statusMessage[at] = this.emptyText;
    for (let number = proto.nextField(end); number !== 0; number = proto.nextField(end)) {
      if (number === 2) batch.statusMessage[at] = this.readText();
      else if (number === 3) {
        expectWire(proto, wireType.varint);
        batch.status[at] = this.readEnum();
      } else this.attributes.isVerbatim = false;
    }
    proto.leave(outerEnd);
  }

  /** The number of a text that may hold a secret. */
  readText(): number {
    expectWire(this.proto, wireType.bytes);
    return this.attributes.readText();
  }

  readEvent(at: number): void {
    const event = spanEvent.fromProto(this.proto, 0);
    this.failOnSecrets(event);
    if (this.masker.maskText(event.name) !== event.name) throw new TakesLongWay();
    this.batch.makeExtras(at).events.push(event);
  }

  readLink(at: number): void {
    const link = spanLink.fromProto(this.proto, 0);
    this.failOnSecrets(link);
    this.batch.makeExtras(at).links.push(link);
  }

  private failOnSecrets({ attributes }: SpanEvent | SpanLink): void {
    if (this.masker.maskAttributes(attributes) !== attributes) throw new TakesLongWay();
  }

  private enterMessage(): number {
    expectWire(this.proto, wireType.bytes);
    return this.proto.enter();
  }
}

// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
const spanFields: readonly (SpanField | undefined)[] = list({
  1: { wire: wireType.bytes, read: (reader, at) => reader.readTraceId(at) },
  2: { wire: wireType.bytes, read: (reader, at) => reader.readSpanId(at, reader.batch.idHigh, reader.batch.idLow) },
  3: {
    wire: wireType.bytes,
    read: (reader, at) => {
      reader.batch.makeExtras(at).traceState = reader.proto.readText();
    },
  },
  4: {
    wire: wireType.bytes,
    read: (reader, at) => {
      const { parentHigh, parentLow, hasParent } = reader.batch;
      hasParent[at] = reader.readSpanId(at, parentHigh, parentLow) ? 1 : 0;
    },
  },
  5: {
    wire: wireType.bytes,
    read: (reader, at) => {
      reader.batch.name[at] = reader.readText();
    },
  },
  6: {
    wire: wireType.varint,
    read: (reader, at) => {
      reader.batch.kind[at] = reader.readEnum();
    },
  },
  7: {
    wire: wireType.fixed64,
    read: (reader, at) => reader.readTime(at, reader.batch.startHigh, reader.batch.startLow),
  },
  8: {
    wire: wireType.fixed64,
    read: (reader, at) => reader.readTime(at, reader.batch.endHigh, reader.batch.endLow),
  },
  9: { wire: wireType.bytes, read: (reader) => reader.attributes.read(reader.batch) },
  10: {
    wire: wireType.varint,
    read: (reader, at) => {
      reader.batch.makeExtras(at).droppedAttributesCount = reader.readCount();
    },
  },
  11: { wire: wireType.bytes, read: (reader, at) => reader.readEvent(at) },
  12: {
    wire: wireType.varint,
    read: (reader, at) => {
      reader.batch.makeExtras(at).droppedEventsCount = reader.readCount();
    },
  },
  13: { wire: wireType.bytes, read: (reader, at) => reader.readLink(at) },
  14: {
    wire: wireType.varint,
    read: (reader, at) => {
      reader.batch.makeExtras(at).droppedLinksCount = reader.readCount();
    },
  },
  15: { wire: wireType.bytes, read: (reader, at) => reader.readStatus(at) },
  16: {
    wire: wireType.fixed32,
    read: (reader, at) => {
      reader.batch.flags[at] = reader.proto.readUint32();
    },
  },
});

function list(fields: Readonly<Record<number, SpanField>>): readonly (SpanField | undefined)[] {
  return Array.from({ length: Math.max(...Object.keys(fields).map(Number)) + 1 }, (_, number) => fields[number]);
}

function expectWire(proto: ProtoReader, wire: number): void {
  if (proto.type !== wire) throw new TakesLongWay();
}
