// A whole trace as protobuf, which is what Grafana and tempo-cli ask for: straight from the columns of the store, with no object
// made of a span on the way, and from its last span to its first. Long runs of spans are read back from the log.
// Fields: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
import { typeCodes } from '../../../traceql/source.ts';
import { encodeMessage, keyValue, newSpan, resourceCodec, scopeCodec, spanCodec } from '../../../wire/otlp/messages.ts';
import type { Span } from '../../../wire/otlp/types.ts';
import type { OpenTrace } from '../../store/traces/trace-store.ts';
import { MessageWriter, makePart, type Part, tagOf } from './message-writer.ts';
import { findRun } from './runs-of-rows.ts';
import type { SpareRoom } from './spare-room.ts';

const tag = {
  traceOfAnswer: tagOf.bytes(1),
  metricsOfAnswer: tagOf.bytes(2),
  resourceSpans: tagOf.bytes(1),
  resource: tagOf.bytes(1),
  scopeSpans: tagOf.bytes(2),
  scope: tagOf.bytes(1),
  span: tagOf.bytes(2),
  spanId: tagOf.bytes(2),
  parentSpanId: tagOf.bytes(4),
  start: tagOf.fixed64(7),
  end: tagOf.fixed64(8),
  attribute: tagOf.bytes(9),
  value: tagOf.bytes(2),
  string: tagOf.bytes(1),
  int: tagOf.varint(3),
} as const;
const wordSize = 2 ** 32;
const nanosPerSecond = 1e9;
const bytesAtLeast = 4096;
const bytesOfSpan = 220;
/** Attributes written before are remembered in so many places of four words; a later one takes an earlier one's place. */
const places = 4096;
const placeWords = 4;
const keyShift = 5;
const plainSpan = newSpan();
// An empty status is written, too: a message that is there.
const emptyStatus = encodeMessage(spanCodec, plainSpan);

interface Options {
  /** Within a TraceByIDResponse, as v2 answers. */
  readonly isWrapped: boolean;
  readonly spare: SpareRoom;
}

/** The trace as a body that stands in the spare room. */
export function writeTraceProtobuf(trace: OpenTrace, { isWrapped, spare }: Options): Buffer {
  const rows = trace.groups.reduce((sum, { scopes }) => scopes.reduce((n, scope) => n + scope.rows.length, sum), 0);
  const out = new MessageWriter(spare.take(bytesAtLeast + rows * bytesOfSpan));
  const metrics = isWrapped ? out.wrap(tag.metricsOfAnswer, 0, 0) : 0;
  const size = new BodyWriter(trace, out).write(metrics);
  return out.finish(isWrapped ? out.wrap(tag.traceOfAnswer, metrics, size) : size);
}

/** As a writer's, methods take the size so far and say the one after. */
class BodyWriter {
  private readonly trace: OpenTrace;
  private readonly out: MessageWriter;
  private readonly traceId: Part;
  /** By number: the key as a field of an attribute. */
  private readonly keys: Part[] = [];
  /** By number of a key: an attribute up to the eight bytes of its number. */
  private readonly doubleHeads: Part[] = [];
  private readonly heads = new Map<number, Part>();
  private readonly statuses = new Map<number, Part>();
  /** Of each place: a value's number + 1, its key's, the size when the attribute had been written, and its length. */
  private readonly written = new Int32Array(places * placeWords);

  constructor(trace: OpenTrace, out: MessageWriter) {
    this.trace = trace;
    this.out = out;
    this.traceId = makePart(fieldsOf({ traceId: trace.traceId }));
  }

  write(start: number): number {
    const { out } = this;
    let size = start;
    for (const { resource, scopes } of backwards(this.trace.groups)) {
      const end = size;
      for (const { scope, rows } of backwards(scopes)) {
        const scopeEnd = size;
        size = this.writeSpans(rows, size);
        size = this.writeField(tag.scope, encodeMessage(scopeCodec, scope), size);
        size = out.wrap(tag.scopeSpans, scopeEnd, size);
      }
      size = this.writeField(tag.resource, encodeMessage(resourceCodec, resource), size);
      size = out.wrap(tag.resourceSpans, end, size);
    }
    return size;
  }

  // What the log holds side by side is read back from there.
  private writeSpans(rows: readonly number[], end: number): number {
    let size = end;
    for (let i = rows.length - 1; i >= 0; i--) {
      const run = findRun(this.trace, rows, i);
      const after = run && this.out.filled(run.length, size, (target) => run.read(target, 0));
      if (run !== undefined && after !== undefined) i -= run.spans - 1;
      size = after ?? this.writeSpan(rows[i]!, size); // below its length
    }
    return size;
  }

  private writeField(fieldTag: number, bytes: Buffer, end: number): number {
    return this.out.wrap(fieldTag, end, this.out.raw(bytes, end));
  }

  private writeSpan(row: number, end: number): number {
    const { out, trace } = this;
    if (!trace.isPlain(row)) return this.writeField(tag.span, encodeMessage(spanCodec, trace.read(row)), end);
    return out.wrap(tag.span, end, this.writePlain(row, end));
  }

  private writePlain(row: number, end: number): number {
    const { out } = this;
    const { columns: c, flags } = this.trace;
    // Rows of an open trace are in all columns.
    let size = out.part(this.status(c.status[row]!, c.statusMessage[row]!), end);
    size = this.writeAttributes(row, size);
    size = this.writeTimes(row, size);
    size = out.part(this.head(c.name[row]!, c.kind[row]!), size);
    if (flags[row] !== 0) size = out.raw(fieldsOf({ flags: flags[row]! }), size);
    if (c.hasParent[row]) size = out.id(tag.parentSpanId, { high: c.parentHigh[row]!, low: c.parentLow[row]! }, size);
    size = out.id(tag.spanId, { high: c.idHigh[row]!, low: c.idLow[row]! }, size);
    return out.part(this.traceId, size);
  }

  // What stands between the parent and the times; kinds are of one byte.
  private head(name: number, kind: number): Part {
    const known = this.heads.get(name * 256 + kind);
    if (known !== undefined) return known;
    const made = makePart(fieldsOf({ name: this.trace.text(name), kind }));
    this.heads.set(name * 256 + kind, made);
    return made;
  }

  private status(code: number, message: number): Part {
    const known = this.statuses.get(message * 256 + code);
    if (known !== undefined) return known;
    const made = makePart(
      encodeMessage(spanCodec, { ...plainSpan, status: { code, message: this.trace.text(message) } }),
    );
    this.statuses.set(message * 256 + code, made);
    return made;
  }

  // Nanoseconds of 64 bits as two words: the lower one exactly; from it follows the upper one, for which a float is exact enough.
  private writeTimes(row: number, end: number): number {
    const { startSec, startNano, durationNs } = this.trace.columns;
    const sec = startSec[row]!; // as above
    const nano = startNano[row]!;
    const duration = durationNs[row]!;
    const low = (Math.imul(sec, nanosPerSecond) + nano) >>> 0;
    const high = Math.round((sec * nanosPerSecond + nano - low) / wordSize);
    const endLow = low + (duration >>> 0);
    const endHigh = high + Math.floor(duration / wordSize) + (endLow >= wordSize ? 1 : 0);
    return this.writeTime(tag.start, { high, low }, this.writeTime(tag.end, { high: endHigh, low: endLow | 0 }, end));
  }

  private writeTime(fieldTag: number, { high, low }: { readonly high: number; readonly low: number }, end: number) {
    const { out } = this;
    return high === 0 && low === 0 ? end : out.byte(fieldTag, out.fixed64(high, low, end));
  }

  private writeAttributes(row: number, end: number): number {
    const { valueTypes, valueNumbers, columns } = this.trace;
    const { starts, keys, values } = columns.attributes;
    const { out } = this;
    let size = end;
    const first = starts[row]!; // owners have a start and an end, and attributes between them
    for (let i = starts[row + 1]! - 1; i >= first; i--) {
      const key = keys[i]!;
      const value = values[i]!;
      if (valueTypes[value] === typeCodes.float)
        size = out.part(this.doubleHeads[key] ?? this.addDoubleHead(key), out.double(valueNumbers[value]!, size));
      else size = this.writeAttribute(key, value, size);
    }
    return size;
  }

  // The same values come again and again, mostly with the same key; what was written before is copied.
  private writeAttribute(key: number, value: number, end: number): number {
    const { written } = this;
    const place = ((value ^ (key << keyShift)) & (places - 1)) * placeWords;
    // The mask keeps a place inside.
    if (written[place] === value + 1 && written[place + 1] === key)
      return this.out.again(written[place + 2]!, written[place + 3]!, end);
    const size = this.writeNew(key, value, end);
    written[place] = value + 1;
    written[place + 1] = key;
    written[place + 2] = size;
    written[place + 3] = size - end;
    return size;
  }

  private writeNew(key: number, value: number, end: number): number {
    const { trace, out } = this;
    const type = trace.valueTypes[value];
    const number = trace.valueNumbers[value]!; // values are numbered below their count
    let size: number;
    if (type === typeCodes.string) size = out.wrap(tag.string, end, out.text(this.trace.text(value), end));
    else if (type === typeCodes.int && number >= 0) size = out.byte(tag.int, out.varint(number, end));
    else return this.writeField(tag.attribute, this.encodeAttribute(key, value), end);
    size = out.wrap(tag.value, end, size);
    return out.wrap(tag.attribute, end, out.part(this.keys[key] ?? this.addKey(key), size));
  }

  private encodeAttribute(key: number, value: number): Buffer {
    return encodeMessage(keyValue, { key: this.trace.key(key), value: this.trace.value(value) });
  }

  private addKey(id: number): Part {
    const made = makePart(encodeMessage(keyValue, { key: this.trace.key(id), value: { kind: 'empty' } }));
    this.keys[id] = made;
    return made;
  }

  private addDoubleHead(key: number): Part {
    const out = new MessageWriter();
    const attribute = encodeMessage(keyValue, { key: this.trace.key(key), value: { kind: 'double', value: 0 } });
    const size = out.wrap(tag.attribute, 0, out.raw(attribute, 0));
    const made = makePart(out.finish(size).subarray(0, -Float64Array.BYTES_PER_ELEMENT));
    this.doubleHeads[key] = made;
    return made;
  }
}

function fieldsOf(some: Partial<Span>): Buffer {
  return encodeMessage(spanCodec, { ...plainSpan, ...some }).subarray(0, -emptyStatus.length);
}

function backwards<T>(list: readonly T[]): T[] {
  return [...list].reverse();
}
