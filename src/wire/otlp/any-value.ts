// AnyValue and KeyValue: the only part of OTLP that nests in itself, so the only one with a limit of depth.
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/common/v1/common.proto
import { type Codec, describeJson, locate, type MessageCodec, many, message, one } from './codec.ts';
import { MalformedOtlp } from './malformed.ts';
import { type ProtoReader, wireType } from './proto-reader.ts';
import type { ProtoWriter } from './proto-writer.ts';
import { bool, double, int64, name, text } from './scalars.ts';
import type { AnyValue, KeyValue } from './types.ts';

/** Lists and maps within each other; deeper ones are refused, before a stack runs out. */
export const maxValueDepth = 64;

type Kind = Exclude<AnyValue['kind'], 'empty'>;

interface Variant {
  readonly number: number;
  readonly jsonName: string;
  readonly kind: Kind;
  /** Used for values of `kind` only, which the tables below are keyed by. */
  readonly codec: Codec<unknown>;
}

const emptyValue: AnyValue = { kind: 'empty' };

const blob: Codec<Uint8Array> = {
  wire: wireType.bytes,
  fromProto: (reader) => reader.readBlob(),
  fromJson(json) {
    if (typeof json !== 'string') throw new MalformedOtlp(`expected base64, got ${describeJson(json)}`);
    return new Uint8Array(Buffer.from(json, 'base64'));
  },
  toProto: (value, writer) => writer.writeBytes(value),
  toJson: (value) => Buffer.from(value).toString('base64'),
  isUnset: () => false,
};

/** One value of any type. */
export const anyValue: Codec<AnyValue> = {
  wire: wireType.bytes,
  fromProto: readProto,
  fromJson: readJson,
  toProto: (value, writer) => writer.writeRawMessage(writeVariant as never, value),
  toJson(value) {
    const variant = byKind.get(value.kind);
    return variant === undefined ? {} : { [variant.jsonName]: variant.codec.toJson(contentOf(value)) };
  },
  isUnset: (value) => value.kind === 'empty',
};

/** An attribute. */
export const keyValue: MessageCodec<KeyValue> = message('KeyValue', () => ({ key: '', value: emptyValue }), [
  one(1, 'key', name),
  one<KeyValue, 'value'>(2, 'value', anyValue),
]);

const variants: readonly Variant[] = [
  { number: 1, jsonName: 'stringValue', kind: 'string', codec: text },
  { number: 2, jsonName: 'boolValue', kind: 'bool', codec: bool },
  { number: 3, jsonName: 'intValue', kind: 'int', codec: int64 },
  { number: 4, jsonName: 'doubleValue', kind: 'double', codec: double },
  { number: 5, jsonName: 'arrayValue', kind: 'array', codec: listOf('ArrayValue', anyValue) },
  { number: 6, jsonName: 'kvlistValue', kind: 'kvlist', codec: listOf('KeyValueList', keyValue) },
  { number: 7, jsonName: 'bytesValue', kind: 'bytes', codec: blob },
];
const byNumber: (Variant | undefined)[] = [];
for (const variant of variants) byNumber[variant.number] = variant;
const byKind = new Map<string, Variant>(variants.map((variant) => [variant.kind, variant]));
const byName = new Map<string, Variant>(
  variants.flatMap((variant) => [
    [variant.jsonName, variant],
    [variant.jsonName.replace('Value', '_value'), variant],
  ]),
);

function readProto(reader: ProtoReader, depth: number): AnyValue {
  checkDepth(depth);
  let value = emptyValue;
  const outerEnd = reader.enter();
  const { end } = reader;
  for (let number = reader.nextField(end); number !== 0; number = reader.nextField(end)) {
    const variant = byNumber[number];
    if (variant === undefined) continue;
    if (reader.type !== variant.codec.wire)
      throw new MalformedOtlp(`AnyValue.${variant.jsonName} has protobuf wire type ${reader.type}`);
    value = makeValue(variant, variant.codec.fromProto(reader, depth + 1));
  }
  reader.leave(outerEnd);
  return value;
}

function readJson(json: unknown, depth: number): AnyValue {
  checkDepth(depth);
  if (typeof json !== 'object' || json === null || Array.isArray(json))
    throw new MalformedOtlp(`expected an object (AnyValue), got ${describeJson(json)}`);
  let value = emptyValue;
  for (const [key, inner] of Object.entries(json)) {
    const variant = byName.get(key);
    if (variant === undefined || inner === null) continue;
    value = locate(key, () => makeValue(variant, variant.codec.fromJson(inner, depth + 1)));
  }
  return value;
}

function writeVariant(value: AnyValue, writer: ProtoWriter): void {
  const variant = byKind.get(value.kind);
  if (variant === undefined) return;
  writer.writeTag(variant.number, variant.codec.wire);
  variant.codec.toProto(contentOf(value), writer);
}

// A variant's codec yields what its kind holds; the table above is the proof that TypeScript cannot see.
function makeValue(variant: Variant, content: unknown): AnyValue {
  return { kind: variant.kind, value: content } as AnyValue;
}

function contentOf(value: AnyValue): unknown {
  return value.kind === 'empty' ? undefined : value.value;
}

function checkDepth(depth: number): void {
  if (depth > maxValueDepth)
    throw new MalformedOtlp(`values are nested more than ${maxValueDepth} levels deep (limit: otlp value depth)`);
}

// ArrayValue and KeyValueList are messages around one list; inside obs they are the list.
function listOf<V>(name: string, element: Codec<V>): Codec<readonly V[]> {
  const wrapper = message<{ readonly values: readonly V[] }>(name, () => ({ values: [] }), [
    many<{ readonly values: readonly V[] }, 'values', V>(1, 'values', element),
  ]);
  return {
    wire: wrapper.wire,
    fromProto: (reader, depth) => wrapper.fromProto(reader, depth).values,
    fromJson: (json, depth) => wrapper.fromJson(json, depth).values,
    toProto: (values, writer) => wrapper.toProto({ values }, writer),
    toJson: (values) => wrapper.toJson({ values }),
    isUnset: () => false,
  };
}
