// A whole trace as Tempo's JSON, from the columns of the store: traces of ten thousand spans are asked for, and making
// each an object first would take ten times as long.
import type { AnyValue } from '../../../wire/otlp/types.ts';
import { anyValueToJson } from '../../../wire/tempo/any-value.ts';
import { kinds, statuses, TraceWriter } from '../../../wire/tempo/trace-json.ts';
import type { OpenTrace } from '../../store/traces/trace-store.ts';
import { ByteWriter } from './byte-writer.ts';

const nanosPerSecond = 1e9;
const bytesAtLeast = 4096;
const bytesOfSpan = 600;
const maxAttributeText = 65_536;
const comma = Buffer.from(',');
const endOfQuoted = Buffer.from('"');
const parentSpanId = Buffer.from('","parentSpanId":"');
const endTime = Buffer.from('","endTimeUnixNano":"');
const attributes = Buffer.from('","attributes":[');
const endOfList = Buffer.from(']');
const endOfAttribute = Buffer.from('}');
const stringValue = Buffer.from('{"stringValue":');
const intValue = Buffer.from('{"intValue":"');
const doubleValue = Buffer.from('{"doubleValue":');
const endOfInt = Buffer.from('"}');

/** `head`, the list that v1 calls `batches` and v2 `resourceSpans`, and `tail`. */
export function writeTrace(trace: OpenTrace, head: string, tail: string): Buffer {
  const out = new ByteWriter(bytesAtLeast + countSpans(trace) * bytesOfSpan);
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
  private readonly start: Buffer;
  /** By number: `{"key":"…","value":`, `"name":"…"` and what follows up to the start time. */
  private readonly keys = new Map<number, Buffer>();
  private readonly names = new Map<number, Buffer>();
  /** By key and value: where the attribute was written first, and its length. */
  private readonly attributes = new Map<number, number>();
  private readonly ends = new Map<number, Buffer>();

  constructor(trace: OpenTrace, out: ByteWriter) {
    this.trace = trace;
    this.out = out;
    this.start = Buffer.from(`{"traceId":"${Buffer.from(trace.traceId, 'hex').toString('base64')}","spanId":"`);
  }

  write(): void {
    const { out, parts, trace } = this;
    out.text('[');
    trace.groups.forEach(({ resource, scopes }, i) => {
      out.text(`${i === 0 ? '' : ','}{"resource":${parts.resource(resource)},"scopeSpans":[`);
      scopes.forEach(({ scope, rows }, k) => {
        out.text(`${k === 0 ? '' : ','}{"scope":${parts.scope(scope)},"spans":[`);
        rows.forEach((row, n) => {
          if (n > 0) out.raw(comma);
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
    out.raw(this.start);
    out.spanId(c.idHigh[row]!, c.idLow[row]!);
    if (c.hasParent[row]) {
      out.raw(parentSpanId);
      out.spanId(c.parentHigh[row]!, c.parentLow[row]!);
    }
    out.raw(this.nameAndKind(c.name[row]!, c.kind[row]!));
    const sec = c.startSec[row]!;
    const nano = c.startNano[row]!;
    out.nanos(sec, nano);
    out.raw(endTime);
    const wholeSec = Math.floor(c.durationNs[row]! / nanosPerSecond);
    const endNano = nano + (c.durationNs[row]! - wholeSec * nanosPerSecond);
    const carry = endNano >= nanosPerSecond ? 1 : 0;
    out.nanos(sec + wholeSec + carry, endNano - carry * nanosPerSecond);
    this.writeAttributes(row);
    out.raw(this.end(c.status[row]!, c.statusMessage[row]!));
  }

  private writeAttributes(row: number): void {
    const { out } = this;
    const { starts, keys, values } = this.trace.columns.attributes;
    // Owners have a start and an end, and attributes between them.
    const first = starts[row]!;
    const end = starts[row + 1]!;
    if (first === end) {
      out.raw(endOfQuoted);
      return;
    }
    out.raw(attributes);
    for (let i = first; i < end; i++) {
      if (i > first) out.raw(comma);
      this.writeAttribute(keys[i]!, values[i]!);
    }
    out.raw(endOfList);
  }

  // The same attribute comes again and again; what was written once is copied.
  private writeAttribute(key: number, value: number): void {
    const { out } = this;
    const code = key * this.trace.valueCount + value;
    const known = this.attributes.get(code);
    if (known !== undefined) {
      const start = Math.floor(known / maxAttributeText);
      out.again(start, start + (known % maxAttributeText));
      return;
    }
    const start = out.position;
    out.raw(this.key(key));
    this.writeValue(this.trace.value(value));
    out.raw(endOfAttribute);
    const length = out.position - start;
    if (length < maxAttributeText) this.attributes.set(code, start * maxAttributeText + length);
  }

  private writeValue(value: AnyValue): void {
    const { out } = this;
    if (value.kind === 'string') {
      out.raw(stringValue);
      out.quoted(value.value);
      out.raw(endOfAttribute);
    } else if (value.kind === 'int') {
      out.raw(intValue);
      out.number(value.value);
      out.raw(endOfInt);
    } else if (value.kind === 'double' && Number.isFinite(value.value)) {
      out.raw(doubleValue);
      out.text(String(value.value + 0)); // no sign before 0, as in JSON.stringify
      out.raw(endOfAttribute);
    } else out.text(JSON.stringify(anyValueToJson(value)));
  }

  private key(id: number): Buffer {
    return remember(this.keys, id, () => `{"key":${JSON.stringify(this.trace.key(id))},"value":`);
  }

  // Kinds are of one byte.
  private nameAndKind(name: number, kind: number): Buffer {
    return remember(this.names, name * 256 + kind, () => {
      const text = this.textOf(name);
      const nameField = text === '' ? '' : `"name":${JSON.stringify(text)},`;
      const kindField = kind === 0 ? '' : `"kind":"SPAN_KIND_${kinds[kind] ?? kind}",`;
      return `",${nameField}${kindField}"startTimeUnixNano":"`;
    });
  }

  private end(status: number, message: number): Buffer {
    return remember(this.ends, message * 256 + status, () => {
      const text = this.textOf(message);
      const fields = [
        ...(text === '' ? [] : [`"message":${JSON.stringify(text)}`]),
        ...(status === 0 ? [] : [`"code":"${statuses[status] ?? status}"`]),
      ];
      return `,"status":{${fields.join(',')}}}`;
    });
  }

  private textOf(id: number): string {
    const value = this.trace.value(id);
    return value.kind === 'string' ? value.value : '';
  }
}

function remember(known: Map<number, Buffer>, id: number, make: () => string): Buffer {
  const found = known.get(id);
  if (found !== undefined) return found;
  const made = Buffer.from(make());
  known.set(id, made);
  return made;
}
