// A whole trace as protobuf, which is what Grafana and tempo-cli ask for: straight from the columns of the store, with no object
// made of a span on the way.
// Fields: https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
import { typeCodes } from '../../../traceql/source.ts';
import { encodeMessage, keyValue, newSpan, resourceCodec, scopeCodec, spanCodec } from '../../../wire/otlp/messages.ts';
import type { AnyValue, Span } from '../../../wire/otlp/types.ts';
import type { OpenTrace } from '../../store/traces/trace-store.ts';
import { type Piece, pieceOf } from './byte-writer.ts';
import { MessageWriter, varintLength, wire } from './message-writer.ts';

const field = {
  traceOfAnswer: 1,
  metricsOfAnswer: 2,
  resourceSpans: 1,
  resource: 1,
  scopeSpans: 2,
  scope: 1,
  span: 2,
  spanId: 2,
  parentSpanId: 4,
  start: 7,
  end: 8,
  attribute: 9,
  value: 2,
} as const;
const valueField = { string: 1 } as const;
const wordSize = 2 ** 32;
const wordBits = 32;
const nanosPerSecond = 1e9;
const bytesAtLeast = 4096;
const bytesOfSpan = 320;
const likelySpan = 200;
const likelyGroup = 20_000;
const plainSpan = newSpan();
// An empty status is written, too: a message that is there.
const emptyStatus = encodeMessage(spanCodec, plainSpan);

/** The trace itself; `isWrapped`: within a TraceByIDResponse, as v2 answers. */
export function writeTraceProtobuf(trace: OpenTrace, { isWrapped }: { readonly isWrapped: boolean }): Buffer {
  const rows = trace.groups.reduce((sum, { scopes }) => scopes.reduce((n, scope) => n + scope.rows.length, sum), 0);
  const expected = bytesAtLeast + rows * bytesOfSpan;
  const out = new MessageWriter(expected);
  const body = new BodyWriter(trace, out);
  if (isWrapped) {
    out.message(field.traceOfAnswer, expected, () => body.write());
    out.field(field.metricsOfAnswer, Buffer.alloc(0));
  } else body.write();
  return out.finish();
}

interface Words {
  readonly high: number;
  readonly low: number;
}

class BodyWriter {
  private readonly trace: OpenTrace;
  private readonly out: MessageWriter;
  private readonly traceId: Piece;
  /** By number: the key as a field of an attribute. */
  private readonly keys: Piece[] = [];
  private readonly doubleHeads: Piece[] = [];
  private readonly heads = new Map<number, Piece>();
  private readonly statuses = new Map<number, Piece>();
  private readonly seconds = new Map<number, Words>();
  /** Attributes as they are written, and by number of a value: from where (0: nowhere yet), up to where, and with which key. */
  private readonly attributes = new MessageWriter();
  private readonly starts: Uint32Array;
  private readonly stops: Uint32Array;
  private readonly keyOf: Uint32Array;

  constructor(trace: OpenTrace, out: MessageWriter) {
    this.trace = trace;
    this.out = out;
    this.attributes.tag(0, 0); // so that nothing begins at 0
    this.starts = new Uint32Array(trace.valueCount);
    this.stops = new Uint32Array(trace.valueCount);
    this.keyOf = new Uint32Array(trace.valueCount);
    this.traceId = pieceOf(
      encodeMessage(spanCodec, { ...plainSpan, traceId: trace.traceId }).subarray(0, -emptyStatus.length),
    );
  }

  write(): void {
    const { out, trace } = this;
    for (const { resource, scopes } of trace.groups) {
      out.message(field.resourceSpans, likelyGroup, () => {
        out.field(field.resource, encodeMessage(resourceCodec, resource));
        for (const { scope, rows } of scopes) {
          out.message(field.scopeSpans, likelyGroup, () => {
            out.field(field.scope, encodeMessage(scopeCodec, scope));
            for (const row of rows) this.writeSpan(row);
          });
        }
      });
    }
  }

  private writeSpan(row: number): void {
    const { out, trace } = this;
    if (!trace.isPlain(row)) {
      out.field(field.span, encodeMessage(spanCodec, trace.read(row)));
      return;
    }
    out.tag(field.span, wire.bytes);
    const start = out.begin(likelySpan);
    this.writePlain(row);
    out.end(start, likelySpan);
  }

  private writePlain(row: number): void {
    const { out } = this;
    const { columns: c, flags } = this.trace;
    // Rows of an open trace are in all columns.
    out.piece(this.traceId);
    out.id(field.spanId, c.idHigh[row]!, c.idLow[row]!);
    if (c.hasParent[row]) out.id(field.parentSpanId, c.parentHigh[row]!, c.parentLow[row]!);
    this.writeHead(c.name[row]!, c.kind[row]!, flags[row]!);
    const sec = c.startSec[row]!;
    const nano = c.startNano[row]!;
    const wholeSec = Math.floor(c.durationNs[row]! / nanosPerSecond);
    this.writeTime(field.start, sec, nano);
    this.writeTime(field.end, sec + wholeSec, nano + (c.durationNs[row]! - wholeSec * nanosPerSecond));
    const { starts, keys, values } = c.attributes;
    for (let i = starts[row]!; i < starts[row + 1]!; i++) this.writeAttribute(keys[i]!, values[i]!);
    this.writeStatus(c.status[row]!, c.statusMessage[row]!);
  }

  // What stands between the parent and the times; kinds are of one byte.
  private writeHead(name: number, kind: number, flags: number): void {
    const { out, heads } = this;
    if (flags !== 0) out.raw(this.fieldsOf({ flags }));
    const known = heads.get(name * 256 + kind);
    const made = known ?? pieceOf(this.fieldsOf({ name: this.textOf(name), kind }));
    if (!known) heads.set(name * 256 + kind, made);
    out.piece(made);
  }

  private writeStatus(code: number, message: number): void {
    const { out, statuses } = this;
    const known = statuses.get(message * 256 + code);
    const made =
      known ?? pieceOf(encodeMessage(spanCodec, { ...plainSpan, status: { code, message: this.textOf(message) } }));
    if (!known) statuses.set(message * 256 + code, made);
    out.piece(made);
  }

  private fieldsOf(some: Partial<Span>): Buffer {
    return encodeMessage(spanCodec, { ...plainSpan, ...some }).subarray(0, -emptyStatus.length);
  }

  // The words of a whole second are worked out once; nanoseconds are added to the lower one.
  private writeTime(number: number, sec: number, nano: number): void {
    const second = this.seconds.get(sec) ?? this.addSecond(sec);
    const low = second.low + nano;
    const carry = Math.floor(low / wordSize);
    if (second.high + low === 0) return;
    this.out.fixed64(number, second.high + carry, low - carry * wordSize);
  }

  private addSecond(sec: number): Words {
    const nanos = BigInt(sec) * BigInt(nanosPerSecond);
    const made = { high: Number(nanos >> BigInt(wordBits)), low: Number(BigInt.asUintN(wordBits, nanos)) };
    this.seconds.set(sec, made);
    return made;
  }

  private writeAttribute(key: number, value: number): void {
    const { trace, out } = this;
    // Values are numbered below their count.
    if (trace.valueTypes[value] === typeCodes.float) {
      out.piece(this.doubleHeads[key] ?? this.addDoubleHead(key));
      out.double(trace.valueNumbers[value]!);
    } else this.copyAttribute(key, value);
  }

  // The same values come again and again. They are written once, apart, since messages of `out` may be moved.
  private copyAttribute(key: number, value: number): void {
    const { attributes, starts, stops, keyOf } = this;
    if (starts[value] === 0 || keyOf[value] !== key) {
      starts[value] = attributes.position;
      this.writeNew(key, this.trace.value(value));
      stops[value] = attributes.position;
      keyOf[value] = key;
    }
    this.out.copyOf(attributes, starts[value]!, stops[value]!); // as above
  }

  private writeNew(key: number, value: AnyValue): void {
    const { attributes: out } = this;
    if (value.kind !== 'string') {
      out.field(field.attribute, encodeMessage(keyValue, { key: this.trace.key(key), value }));
      return;
    }
    const keyField = this.keys[key] ?? this.addKey(key);
    const size = Buffer.byteLength(value.value);
    const inner = 1 + varintLength(size) + size;
    out.tag(field.attribute, wire.bytes);
    out.varint(keyField.length + 1 + varintLength(inner) + inner);
    out.piece(keyField);
    out.tag(field.value, wire.bytes);
    out.varint(inner);
    out.tag(valueField.string, wire.bytes);
    out.varint(size);
    if (size === value.value.length) out.ascii(value.value);
    else out.text(value.value);
  }

  // An attribute up to the eight bytes of its number.
  private addDoubleHead(key: number): Piece {
    const made = new MessageWriter();
    made.field(
      field.attribute,
      encodeMessage(keyValue, { key: this.trace.key(key), value: { kind: 'double', value: 0 } }),
    );
    const piece = pieceOf(made.finish().subarray(0, -Float64Array.BYTES_PER_ELEMENT));
    this.doubleHeads[key] = piece;
    return piece;
  }

  private addKey(id: number): Piece {
    const made = pieceOf(encodeMessage(keyValue, { key: this.trace.key(id), value: { kind: 'empty' } }));
    this.keys[id] = made;
    return made;
  }

  private textOf(id: number): string {
    const value = this.trace.value(id);
    return value.kind === 'string' ? value.value : '';
  }
}
