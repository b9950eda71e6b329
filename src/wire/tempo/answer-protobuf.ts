// Answers of Tempo's API as protobuf, made from what they are as JSON. Field numbers are those of tempopb,
// https://github.com/grafana/tempo/blob/main/pkg/tempopb/tempo.proto
import { keyValue } from '../otlp/any-value.ts';
import { ProtoWriter } from '../otlp/proto-writer.ts';

type Kind = 'string' | 'uint' | 'attribute';
/** A field's number and what it holds: one, a list, or a map from texts to messages. */
type Field =
  | { readonly number: number; readonly kind: Kind }
  | { readonly number: number; readonly message: Message }
  | { readonly number: number; readonly values: Message };
/** Fields by their names in JSON, in the order of their numbers. */
export type Message = Readonly<Record<string, Field>>;

const text = (number: number): Field => ({ number, kind: 'string' });
const uint = (number: number): Field => ({ number, kind: 'uint' });
const attributes = (number: number): Field => ({ number, kind: 'attribute' });

const span: Message = {
  spanID: text(1),
  name: text(2),
  startTimeUnixNano: uint(3),
  durationNanos: uint(4),
  attributes: attributes(5),
};
const spanSet: Message = { spans: { number: 1, message: span }, matched: uint(2), attributes: attributes(3) };

/** /api/search */
export const searchResponse: Message = {
  traces: {
    number: 1,
    message: {
      traceID: text(1),
      rootServiceName: text(2),
      rootTraceName: text(3),
      startTimeUnixNano: uint(4),
      durationMs: uint(5),
      spanSet: { number: 6, message: spanSet },
      spanSets: { number: 7, message: spanSet },
      serviceStats: { number: 8, values: { spanCount: uint(1), errorCount: uint(2) } },
    },
  },
  metrics: { number: 2, message: { inspectedTraces: uint(1), completedJobs: uint(4), totalJobs: uint(5) } },
};

const metrics: Field = { number: 2, message: {} };
/** /api/search/tags */
export const tagNamesResponse: Message = { tagNames: text(1), metrics };
/** /api/v2/search/tags */
export const scopedTagNamesResponse: Message = {
  scopes: { number: 1, message: { name: text(1), tags: text(2) } },
  metrics,
};
/** /api/search/tag/<name>/values */
export const tagValuesResponse: Message = { tagValues: text(1), metrics };
/** /api/v2/search/tag/<name>/values */
export const typedTagValuesResponse: Message = {
  tagValues: { number: 1, message: { type: text(1), value: text(2) } },
  metrics,
};

/** The protobuf of an answer; `answer` is its JSON value. */
export function encodeAnswer(message: Message, answer: object): Buffer {
  const writer = new ProtoWriter();
  writeFields({ message, value: answer }, writer);
  const bytes = writer.finish();
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

interface Part {
  readonly message: Message;
  readonly value: object;
}

function writeFields({ message, value }: Part, writer: ProtoWriter): void {
  for (const [name, field] of Object.entries(message)) {
    const held: unknown = (value as Record<string, unknown>)[name]; // JSON objects are read by name
    if (held !== undefined) for (const one of Array.isArray(held) ? held : [held]) writeField(field, one, writer);
  }
}

function writeField(field: Field, value: unknown, writer: ProtoWriter): void {
  if ('message' in field) writeMessage(field.number, { message: field.message, value: asObject(value) }, writer);
  else if ('values' in field) {
    const entry: Message = { key: text(1), value: { number: 2, message: field.values } };
    for (const [key, one] of Object.entries(asObject(value)))
      writeMessage(field.number, { message: entry, value: { key, value: one } }, writer);
  } else if (field.kind === 'string') writer.writeStringField(field.number, String(value));
  else if (field.kind === 'uint') writeUint(field.number, value, writer);
  else writer.writeMessage(field.number, writeAttribute, value);
}

function writeMessage(number: number, part: Part, writer: ProtoWriter): void {
  // The writer that calls back is the one that was called.
  writer.writeMessage(number, (inner, pbf) => writeFields(inner, pbf as ProtoWriter), part);
}

// Numbers of 64 bits are texts in JSON.
function writeUint(number: number, value: unknown, writer: ProtoWriter): void {
  const whole = BigInt(typeof value === 'number' || typeof value === 'string' ? value : 0);
  if (whole === 0n) return;
  writer.writeTag(number, 0);
  writer.writeInt64(whole);
}

function writeAttribute(value: unknown, writer: unknown): void {
  keyValue.writeFields(keyValue.fromJson(value, 0), writer as ProtoWriter); // as above
}

function asObject(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
