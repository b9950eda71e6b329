// The kit from which the OTLP messages are described once and then read and written as protobuf and as JSON.
// A codec knows one type of value in both forms; a message is a table of numbered fields, each with its codec.
import { MalformedOtlp } from './malformed.ts';
import type { ProtoReader, WireType } from './proto-reader.ts';
import { wireType } from './proto-reader.ts';
import type { ProtoWriter } from './proto-writer.ts';

/** One type of value. `depth` counts nested AnyValues on the way down, so that their number can be bounded. */
export interface Codec<V> {
  readonly wire: WireType;
  fromProto(reader: ProtoReader, depth: number): V;
  /** Never called with null, which means "not set" in JSON. @throws MalformedOtlp */
  fromJson(json: unknown, depth: number): V;
  toProto(value: V, writer: ProtoWriter): void;
  toJson(value: V): unknown;
  /** Is it the value of a field that is not there? Such fields are not written. */
  isUnset(value: V): boolean;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** One field of a message: how it gets into the object and out of it again. */
export interface Field<T> {
  readonly number: number;
  readonly jsonName: string;
  readonly wire: WireType;
  /** Repeated scalars come packed or one by one. */
  readonly packable: boolean;
  readProto(target: Mutable<T>, reader: ProtoReader, depth: number): void;
  readJson(target: Mutable<T>, json: unknown, depth: number): void;
  writeProto(source: T, writer: ProtoWriter): void;
  writeJson(source: T, out: Record<string, unknown>): void;
}

export interface MessageCodec<T> extends Codec<T> {
  /** Reads fields until `end`: the body of a request has no length before it. */
  readFields(reader: ProtoReader, end: number, depth: number): T;
  writeFields(value: T, writer: ProtoWriter): void;
}

/** A field that holds one value. */
export function one<T, K extends keyof T & string>(
  number: number,
  key: K,
  codec: Codec<NonNullable<T[K]>>,
  jsonName: string = key,
): Field<T> {
  // A field that is undefined is not set; the codec sees only values that are.
  const isSet = (value: T[K]): value is NonNullable<T[K]> => value !== undefined && !codec.isUnset(value!);
  return {
    number,
    jsonName,
    wire: codec.wire,
    packable: false,
    readProto(target, reader, depth) {
      target[key] = codec.fromProto(reader, depth);
    },
    readJson(target, json, depth) {
      target[key] = codec.fromJson(json, depth);
    },
    writeProto(source, writer) {
      const value = source[key];
      if (!isSet(value)) return;
      writer.writeTag(number, codec.wire);
      codec.toProto(value, writer);
    },
    writeJson(source, out) {
      const value = source[key];
      if (isSet(value)) out[jsonName] = codec.toJson(value);
    },
  };
}

/** A repeated field; scalars (everything but messages) may come packed, and are written so. */
export function many<T, K extends keyof T & string, V>(
  number: number,
  key: T[K] extends readonly V[] ? K : never,
  codec: Codec<V>,
  jsonName: string = key,
): Field<T> {
  const packable = codec.wire !== wireType.bytes;
  // The type of `key` says that the property is a list of V; each message makes a fresh one for itself.
  const listOf = (target: T) => target[key] as unknown as V[];
  return {
    number,
    jsonName,
    wire: codec.wire,
    packable,
    readProto(target, reader, depth) {
      const list = listOf(target as T);
      if (packable && reader.type === wireType.bytes) {
        const outerEnd = reader.enter();
        while (reader.pos < reader.end) list.push(codec.fromProto(reader, depth));
        reader.leave(outerEnd);
      } else list.push(codec.fromProto(reader, depth));
    },
    readJson(target, json, depth) {
      if (!Array.isArray(json)) throw new MalformedOtlp(`expected an array, got ${describeJson(json)}`);
      const list = listOf(target as T);
      for (let i = 0; i < json.length; i++) list.push(locate(i, () => codec.fromJson(json[i] ?? {}, depth)));
    },
    writeProto(source, writer) {
      const list = listOf(source);
      if (list.length === 0) return;
      if (packable) writer.writeMessage(number, writeAll, { list, codec });
      else
        for (const value of list) {
          writer.writeTag(number, codec.wire);
          codec.toProto(value, writer);
        }
    },
    writeJson(source, out) {
      const list = listOf(source);
      if (list.length > 0) out[jsonName] = list.map((value) => codec.toJson(value));
    },
  };
}

/** A message: `fresh` makes one with every field at its default, and with lists of its own. */
export function message<T extends object>(name: string, fresh: () => T, fields: readonly Field<T>[]): MessageCodec<T> {
  const byNumber: (Field<T> | undefined)[] = [];
  for (const field of fields) byNumber[field.number] = field;
  const byName = new Map(fields.map((field) => [field.jsonName, field]));

  const readFields = (reader: ProtoReader, end: number, depth: number): T => {
    const target = fresh() as Mutable<T>;
    for (let number = reader.nextField(end); number !== 0; number = reader.nextField(end)) {
      const field = byNumber[number];
      if (field === undefined) continue;
      if (reader.type !== field.wire && !(field.packable && reader.type === wireType.bytes))
        throw new MalformedOtlp(`${name}.${field.jsonName} has protobuf wire type ${reader.type}, not ${field.wire}`);
      field.readProto(target, reader, depth);
    }
    return target;
  };
  const writeFields = (value: T, writer: ProtoWriter): void => {
    for (const field of fields) field.writeProto(value, writer);
  };
  return {
    wire: wireType.bytes,
    readFields,
    writeFields,
    fromProto(reader, depth) {
      const outerEnd = reader.enter();
      const value = readFields(reader, reader.end, depth);
      reader.leave(outerEnd);
      return value;
    },
    fromJson(json, depth) {
      if (typeof json !== 'object' || json === null || Array.isArray(json))
        throw new MalformedOtlp(`expected an object (${name}), got ${describeJson(json)}`);
      const target = fresh() as Mutable<T>;
      for (const [key, value] of Object.entries(json)) {
        if (value === null) continue;
        const field = byName.get(key) ?? (key.includes('_') ? byName.get(toCamelCase(key)) : undefined);
        if (field !== undefined) locate(key, () => field.readJson(target, value, depth));
      }
      return target;
    },
    toProto: (value, writer) => writer.writeRawMessage(writeFields as never, value),
    toJson(value) {
      const out: Record<string, unknown> = {};
      for (const field of fields) field.writeJson(value, out);
      return out;
    },
    isUnset: () => false,
  };
}

/** Runs `read` and puts `segment` into the path of what it throws. */
export function locate<V>(segment: string | number, read: () => V): V {
  try {
    return read();
  } catch (error) {
    throw error instanceof MalformedOtlp ? error.within(segment) : error;
  }
}

/** What a JSON value is, for messages. */
export function describeJson(json: unknown): string {
  if (json === null) return 'null';
  if (Array.isArray(json)) return 'an array';
  if (typeof json === 'object') return 'an object';
  const text = JSON.stringify(json);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}

function writeAll<V>(of: { list: readonly V[]; codec: Codec<V> }, writer: unknown): void {
  // pbf hands back the very writer that writeMessage was called on.
  for (const value of of.list) of.codec.toProto(value, writer as ProtoWriter);
}

// Protobuf's JSON mapping lets readers take the original field names, too: resource_logs.
function toCamelCase(key: string): string {
  return key.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
