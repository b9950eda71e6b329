// Codecs of single values. JSON forms follow the OTLP specification: 64-bit integers as decimal strings or numbers, ids
// in hex, bytes in base64, enums as numbers; names of enums and base64 ids (plain protobuf JSON) are taken as well.
// https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
import { type Codec, describeJson } from './codec.ts';
import { MalformedOtlp } from './malformed.ts';
import { wireType } from './proto-reader.ts';

export const text: Codec<string> = {
  wire: wireType.bytes,
  fromProto: (reader) => reader.readText(),
  fromJson(json) {
    if (typeof json !== 'string') throw expected('a string', json);
    return json;
  },
  toProto: (value, writer) => writer.writeString(value),
  toJson: (value) => value,
  isUnset: (value) => value === '',
};

/** Text that comes again and again in a body. */
export const name: Codec<string> = { ...text, fromProto: (reader) => reader.readName() };

export const bool: Codec<boolean> = {
  wire: wireType.varint,
  fromProto: (reader) => reader.readVarint() !== 0,
  fromJson(json) {
    if (typeof json !== 'boolean') throw expected('true or false', json);
    return json;
  },
  toProto: (value, writer) => writer.writeBoolean(value),
  toJson: (value) => value,
  isUnset: (value) => !value,
};

export const uint32: Codec<number> = {
  wire: wireType.varint,
  fromProto: (reader) => reader.readVarint() >>> 0,
  fromJson: (json) => readInteger(json, 0, 0xffff_ffff),
  toProto: (value, writer) => writer.writeVarint(value),
  toJson: (value) => value,
  isUnset: (value) => value === 0,
};

export const sint32: Codec<number> = {
  wire: wireType.varint,
  fromProto: (reader) => reader.readSVarint() | 0,
  fromJson: (json) => readInteger(json, -0x8000_0000, 0x7fff_ffff),
  toProto: (value, writer) => writer.writeSVarint(value),
  toJson: (value) => value,
  isUnset: (value) => value === 0,
};

export const fixed32: Codec<number> = {
  wire: wireType.fixed32,
  fromProto: (reader) => reader.readUint32(),
  fromJson: (json) => readInteger(json, 0, 0xffff_ffff),
  toProto: (value, writer) => writer.writeFixed32(value),
  toJson: (value) => value,
  isUnset: (value) => value === 0,
};

export const double: Codec<number> = {
  wire: wireType.fixed64,
  fromProto: (reader) => reader.readFloat64(),
  fromJson: readDouble,
  toProto: (value, writer) => writer.writeDouble(value),
  toJson: (value) => (Number.isFinite(value) ? value : String(value)),
  isUnset: (value) => Object.is(value, 0),
};

/** A double where "not there" and 0 are told apart (`optional` in the .proto). */
export const optionalDouble: Codec<number> = { ...double, isUnset: () => false };

/** fixed64 as a time in nanoseconds. */
export const timeNs: Codec<bigint> = {
  wire: wireType.fixed64,
  fromProto: (reader) => reader.readUint64(),
  fromJson: (json) => readBigint(json, 0n, 0xffff_ffff_ffff_ffffn),
  toProto: (value, writer) => writer.writeUint64(value),
  toJson: (value) => String(value),
  isUnset: (value) => value === 0n,
};

/** sfixed64: a number when it is safe, else a bigint. */
export const sfixed64: Codec<number | bigint> = {
  wire: wireType.fixed64,
  fromProto: (reader) => narrow(reader.readInt64Fixed()),
  fromJson: readInt64,
  toProto: (value, writer) => writer.writeInt64Fixed(BigInt(value)),
  toJson: (value) => String(value),
  isUnset: () => false,
};

/** int64 as a varint: a number when it is safe, else a bigint. */
export const int64: Codec<number | bigint> = {
  wire: wireType.varint,
  fromProto: (reader) => reader.readInt64(),
  fromJson: readInt64,
  toProto: (value, writer) => writer.writeInt64(value),
  toJson: (value) => String(value),
  isUnset: (value) => Number(value) === 0,
};

/** fixed64 as a count: a number, inexact beyond 2^53. */
export const count64: Codec<number> = {
  wire: wireType.fixed64,
  fromProto: (reader) => Number(reader.readUint64()),
  fromJson: (json) => Number(timeNs.fromJson(json, 0)),
  toProto: (value, writer) => writer.writeUint64(BigInt(value)),
  toJson: (value) => String(BigInt(value)),
  isUnset: (value) => value === 0,
};

/** uint64 varint as a count (bucket counts of exponential histograms): a number, inexact beyond 2^53. */
export const countVarint: Codec<number> = {
  ...count64,
  wire: wireType.varint,
  fromProto: (reader) => reader.readVarint(),
  toProto: (value, writer) => writer.writeInt64(value > Number.MAX_SAFE_INTEGER ? BigInt(value) : value),
};

/** An enum: its number, or in JSON also one of `names` (index is the number). */
export function enumeration(names: readonly string[]): Codec<number> {
  return {
    ...uint32,
    fromProto: (reader) => reader.readVarint() | 0,
    fromJson(json) {
      const named = typeof json === 'string' ? names.indexOf(json) : -1;
      return named >= 0 ? named : readInteger(json, -0x8000_0000, 0x7fff_ffff);
    },
    toProto: (value, writer) => writer.writeInt64(value),
  };
}

/** A trace or span id of `sizeBytes`, as lower-case hex; all zeros is "not set", as the specification has it. */
export function hexId(sizeBytes: 8 | 16): Codec<string> {
  const zeros = '00'.repeat(sizeBytes);
  const check = (hex: string): string => {
    if (hex === zeros || hex === '') return '';
    if (hex.length !== zeros.length)
      throw new MalformedOtlp(`expected an id of ${sizeBytes} bytes, got ${hex.length / 2}`);
    return hex;
  };
  return {
    wire: wireType.bytes,
    fromProto: (reader) => check(reader.readHex()),
    fromJson(json) {
      if (typeof json !== 'string') throw expected('an id in hex', json);
      if (json === '') return '';
      if (json.length === zeros.length && /^[0-9a-fA-F]+$/.test(json)) return check(json.toLowerCase());
      // The lengths of hex and base64 differ for both sizes, so neither can be taken for the other.
      const bytes = /^[0-9A-Za-z+/]+=*$/.test(json) ? Buffer.from(json, 'base64') : Buffer.alloc(0);
      if (bytes.length !== sizeBytes) throw expected(`an id of ${sizeBytes} bytes in hex`, json);
      return check(bytes.toString('hex'));
    },
    toProto: (value, writer) => writer.writeHex(value),
    toJson: (value) => value,
    isUnset: (value) => value === '',
  };
}

function expected(what: string, json: unknown): MalformedOtlp {
  return new MalformedOtlp(`expected ${what}, got ${describeJson(json)}`);
}

function readInteger(json: unknown, min: number, max: number): number {
  const value = typeof json === 'string' && /^-?\d+$/.test(json) ? Number(json) : json;
  if (typeof value !== 'number' || !Number.isInteger(value) || value < min || value > max)
    throw expected(`an integer from ${min} to ${max}`, json);
  return value;
}

function readDouble(json: unknown): number {
  if (typeof json === 'number') return json;
  if (typeof json === 'string' && (/^-?(Infinity|\d[\d.eE+-]*)$/.test(json) || json === 'NaN')) {
    const value = Number(json);
    if (json === 'NaN' || !Number.isNaN(value)) return value;
  }
  throw expected('a number', json);
}

function readBigint(json: unknown, min: bigint, max: bigint): bigint {
  const whole = (typeof json === 'string' && /^-?\d{1,20}$/.test(json)) || Number.isInteger(json);
  if (!whole) throw expected('a 64-bit integer', json);
  const value = BigInt(json as string | number); // `whole` says it is one of the two
  if (value < min || value > max) throw expected(`an integer from ${min} to ${max}`, json);
  return value;
}

function readInt64(json: unknown): number | bigint {
  if (typeof json === 'number' && Number.isSafeInteger(json)) return json;
  return narrow(readBigint(json, -(2n ** 63n), 2n ** 63n - 1n));
}

function narrow(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
