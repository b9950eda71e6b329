// A whole trace as Tempo's JSON, from the columns of the store: traces of ten thousand spans are asked for, and making
// each an object first would take ten times as long.
import type { AnyValue } from '../../../wire/otlp/types.ts';
import { anyValueToJson } from '../../../wire/tempo/any-value.ts';
import { kinds, statuses, TraceWriter } from '../../../wire/tempo/trace-json.ts';
import type { OpenTrace } from '../../store/traces/trace-store.ts';
import { ByteWriter, makePiece, type Piece } from './byte-writer.ts';
import type { SpareRoom } from './spare-room.ts';

const nanosPerSecond = 1e9;
const bytesAtLeast = 4096;
const bytesOfSpan = 600;
const comma = makePiece(',');
const endOfQuoted = makePiece('"');
const parentSpanId = makePiece('","parentSpanId":"');
const endTime = makePiece('","endTimeUnixNano":"');
const attributes = makePiece('","attributes":[');
const endOfList = makePiece(']');
const endOfAttribute = makePiece('}');
const stringValue = makePiece('{"stringValue":');
const intValue = makePiece('{"intValue":"');
const doubleValue = makePiece('{"doubleValue":');
const endOfInt = makePiece('"}');

interface Options {
  /** What stands before and after the list that v1 calls `batches` and v2 `resourceSpans`. */
  readonly head: string;
  readonly tail: string;
  readonly spare: SpareRoom;
}

/** The trace as a body that stands in the spare room. */
export function writeTrace(trace: OpenTrace, { head, tail, spare }: Options): Buffer {
  const out = new ByteWriter(spare.take(bytesAtLeast + countSpans(trace) * bytesOfSpan));
  out.text(head);
  new BodyWriter(trace, out).write();
  out.text(tail);
  return out.finish();
}

function countSpans({ groups }: OpenTrace): number {
  return groups.reduce((sum, { scopes }) => scopes.reduce((inner, { rows }) => inner + rows.length, sum), 0);
}

class BodyWriter {
  private readonly trace: OpenTrace;
  private readonly out: ByteWriter;
  private readonly parts = new TraceWriter();
  private readonly start: Piece;
  /** By number: `{"key":"…","value":`, `"name":"…"` and what follows up to the start time. */
  private readonly keys: Piece[] = [];
  private readonly names = new Map<number, Piece>();
  /** By number of a value: where it was written first (0: nowhere yet), and how many bytes. */
  private readonly valueStarts: Uint32Array;
  private readonly valueLengths: Uint32Array;
  private readonly ends = new Map<number, Piece>();

  constructor(trace: OpenTrace, out: ByteWriter) {
    this.trace = trace;
    this.out = out;
    this.valueStarts = new Uint32Array(trace.valueCount);
    this.valueLengths = new Uint32Array(trace.valueCount);
    this.start = makePiece(`{"traceId":"${Buffer.from(trace.traceId, 'hex').toString('base64')}","spanId":"`);
  }

  write(): void {
    const { out, parts, trace } = this;
    out.text('[');
    trace.groups.forEach(({ resource, scopes }, i) => {
      out.text(`${i === 0 ? '' : ','}{"resource":${parts.resource(resource)},"scopeSpans":[`);
      scopes.forEach(({ scope, rows }, k) => {
        out.text(`${k === 0 ? '' : ','}{"scope":${parts.scope(scope)},"spans":[`);
        rows.forEach((row, n) => {
          if (n > 0) out.piece(comma);
          if (trace.isPlain(row)) this.writePlain(row);
          else out.text(parts.span(trace.read(row)));
        });
        out.text(']}');
      });
      out.text(']}');
    });
    out.text(']');
  }

  private writePlain(row: number): void {
    const { out } = this;
    const { columns: c } = this.trace;
    // Rows of an open trace are in all columns.
    out.piece(this.start);
    out.spanId(c.idHigh[row]!, c.idLow[row]!);
    if (c.hasParent[row]) {
      out.piece(parentSpanId);
      out.spanId(c.parentHigh[row]!, c.parentLow[row]!);
    }
    out.piece(this.nameAndKind(c.name[row]!, c.kind[row]!));
    const sec = c.startSec[row]!;
    const nano = c.startNano[row]!;
    out.nanos(sec, nano);
    out.piece(endTime);
    const wholeSec = Math.floor(c.durationNs[row]! / nanosPerSecond);
    const endNano = nano + (c.durationNs[row]! - wholeSec * nanosPerSecond);
    const carry = endNano >= nanosPerSecond ? 1 : 0;
    out.nanos(sec + wholeSec + carry, endNano - carry * nanosPerSecond);
    this.writeAttributes(row);
    out.piece(this.end(c.status[row]!, c.statusMessage[row]!));
  }

  private writeAttributes(row: number): void {
    const { out } = this;
    const { starts, keys, values } = this.trace.columns.attributes;
    // Owners have a start and an end, and attributes between them.
    const first = starts[row]!;
    const end = starts[row + 1]!;
    if (first === end) {
      out.piece(endOfQuoted);
      return;
    }
    out.piece(attributes);
    for (let i = first; i < end; i++) {
      if (i > first) out.piece(comma);
      this.writeAttribute(keys[i]!, values[i]!);
    }
    out.piece(endOfList);
  }

  // The same values come again and again; what was written once is copied.
  private writeAttribute(key: number, value: number): void {
    const { out, valueStarts, valueLengths } = this;
    out.piece(this.keys[key] ?? this.addKey(key));
    const known = valueStarts[value]!; // values are numbered below their count
    if (known !== 0) {
      out.again(known, known + valueLengths[value]!);
      return;
    }
    const start = out.position;
    this.writeValue(this.trace.value(value));
    out.piece(endOfAttribute);
    valueStarts[value] = start;
    valueLengths[value] = out.position - start;
  }

  private writeValue(value: AnyValue): void {
    const { out } = this;
    if (value.kind === 'string') {
      out.piece(stringValue);
      out.quoted(value.value);
      out.piece(endOfAttribute);
    } else if (value.kind === 'int') {
      out.piece(intValue);
      out.number(value.value);
      out.piece(endOfInt);
    } else if (value.kind === 'double' && Number.isFinite(value.value)) {
      out.piece(doubleValue);
      out.ascii(String(value.value + 0)); // no sign before 0, as in JSON.stringify
      out.piece(endOfAttribute);
    } else out.text(JSON.stringify(anyValueToJson(value)));
  }

  private addKey(id: number): Piece {
    const made = makePiece(`{"key":${JSON.stringify(this.trace.key(id))},"value":`);
    this.keys[id] = made;
    return made;
  }

  // Kinds are of one byte.
  private nameAndKind(name: number, kind: number): Piece {
    return remember(this.names, name * 256 + kind, () => {
      const text = this.trace.text(name);
      const nameField = text === '' ? '' : `"name":${JSON.stringify(text)},`;
      const kindField = kind === 0 ? '' : `"kind":"SPAN_KIND_${kinds[kind] ?? kind}",`;
      return `",${nameField}${kindField}"startTimeUnixNano":"`;
    });
  }

  private end(status: number, message: number): Piece {
    return remember(this.ends, message * 256 + status, () => {
      const text = this.trace.text(message);
      const fields = [
        ...(text === '' ? [] : [`"message":${JSON.stringify(text)}`]),
        ...(status === 0 ? [] : [`"code":"${statuses[status] ?? status}"`]),
      ];
      return `,"status":{${fields.join(',')}}}`;
    });
  }
}

function remember(known: Map<number, Piece>, id: number, make: () => string): Piece {
  const found = known.get(id);
  if (found !== undefined) return found;
  const made = makePiece(make());
  known.set(id, made);
  return made;
}
