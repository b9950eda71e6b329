// A whole trace as Tempo's JSON: traces of ten thousand spans are asked for, and making each an object first would take ten
// times as long. Long runs of spans are printed from their bytes in the log, all others from the columns of the store.
import type { AnyValue } from '../../../wire/otlp/types.ts';
import { anyValueToJson } from '../../../wire/tempo/any-value.ts';
import { kinds, statuses, TraceWriter } from '../../../wire/tempo/trace-json.ts';
import type { LoggedRun } from '../../store/traces/logged-runs.ts';
import type { OpenTrace } from '../../store/traces/trace-store.ts';
import { ByteWriter, makePiece, type Piece } from './byte-writer.ts';
import { listRuns } from './runs-of-rows.ts';
import { useSpanPrinter } from './span-printer.ts';
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

/** By number of a value: where it was written first (0: nowhere yet), and how many bytes. */
interface WrittenValues {
  readonly starts: Uint32Array;
  readonly lengths: Uint32Array;
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
  private written: WrittenValues | undefined;
  private readonly ends = new Map<number, Piece>();

  constructor(trace: OpenTrace, out: ByteWriter) {
    this.trace = trace;
    this.out = out;
    this.start = makePiece(`{"traceId":"${Buffer.from(trace.traceId, 'hex').toString('base64')}","spanId":"`);
  }

  write(): void {
    const { out, parts, trace } = this;
    out.text('[');
    trace.groups.forEach(({ resource, scopes }, i) => {
      out.text(`${i === 0 ? '' : ','}{"resource":${parts.resource(resource)},"scopeSpans":[`);
      scopes.forEach(({ scope, rows }, k) => {
        out.text(`${k === 0 ? '' : ','}{"scope":${parts.scope(scope)},"spans":[`);
        this.writeSpans(rows);
        out.text(']}');
      });
      out.text(']}');
    });
    out.text(']');
  }

  private writeSpans(rows: readonly number[]): void {
    const runs = listRuns(this.trace, rows);
    for (let i = 0; i < rows.length; ) {
      const run = runs.get(i);
      const printed = run === undefined ? 0 : this.printRun(run, rows, i);
      if (printed === 0) this.writeSpan(rows[i]!); // below its length
      i += Math.max(printed, 1);
    }
    this.out.takeBack(1); // the last comma: a group has rows
  }

  // Says how many of its rows were written: not all if the log has them no more.
  private printRun(run: LoggedRun, rows: readonly number[], first: number): number {
    const printer = useSpanPrinter();
    if (printer === undefined) return 0;
    printer.begin(this.trace.traceId);
    let count = 0;
    for (let from = 0; from < run.length; ) {
      const piece = printer.piece.subarray(0, Math.min(printer.piece.length, run.length - from));
      if (!run.read(piece, from)) break;
      let at = 0;
      while (at < piece.length) {
        const printed = printer.print(at, piece.length);
        this.out.raw(printed.text);
        count += printed.count;
        at = printed.end;
        const isCut = printed.nextEnd > piece.length && at > 0;
        if (isCut || at === piece.length) break;
        this.writeSpan(rows[first + count++]!); // the run has as many rows
        at = printed.nextEnd;
      }
      from += at;
    }
    return count;
  }

  // With a comma behind it.
  private writeSpan(row: number): void {
    if (this.trace.isPlain(row)) this.writePlain(row);
    else this.out.text(this.parts.span(this.trace.read(row)));
    this.out.piece(comma);
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
    const { out } = this;
    out.piece(this.keys[key] ?? this.addKey(key));
    this.written ??= noneWritten(this.trace.valueCount);
    const { starts, lengths } = this.written;
    const known = starts[value]!; // values are numbered below their count
    if (known !== 0) {
      out.again(known, known + lengths[value]!);
      return;
    }
    const start = out.position;
    this.writeValue(this.trace.value(value));
    out.piece(endOfAttribute);
    starts[value] = start;
    lengths[value] = out.position - start;
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

function noneWritten(valueCount: number): WrittenValues {
  return { starts: new Uint32Array(valueCount), lengths: new Uint32Array(valueCount) };
}

function remember(known: Map<number, Piece>, id: number, make: () => string): Piece {
  const found = known.get(id);
  if (found !== undefined) return found;
  const made = makePiece(make());
  known.set(id, made);
  return made;
}
