// Attributes and texts of spans as numbers of the dictionary. Each text is looked at for secrets when it is first met;
// as long as it is remembered, its bytes are all that is compared.
import { anyValue } from '../../../wire/otlp/any-value.ts';
import { ProtoReader, wireType } from '../../../wire/otlp/proto-reader.ts';
import type { AnyValue } from '../../../wire/otlp/types.ts';
import type { Masker } from '../../mask/mask-request.ts';
import type { Dictionary } from '../../store/traces/dictionary.ts';
import { limitText } from '../../store/traces/limit-attributes.ts';
import type { SpanBatch } from '../../store/traces/span-batch.ts';
import { TakesLongWay } from './takes-long-way.ts';
import { longestRemembered, TextNumbers } from './text-numbers.ts';

/** Fields of AnyValue. */
const field = { string: 1, bool: 2, int: 3, double: 4 } as const;
const emptyValue: AnyValue = { kind: 'empty' };

export class AttributeReader {
  private readonly dictionary: Dictionary;
  private readonly masker: Masker;
  private readonly keys = new TextNumbers();
  private readonly texts = new TextNumbers();
  /** Numbers of keys whose values are secrets whatever they look like. */
  private readonly sensitiveKeys = new Set<number>();
  /** Long texts that were found to be free of secrets, by number. */
  private readonly cleanTexts = new Set<number>();
  /** Do the bytes of all that was read say the same as what was read: nothing cut, mended, unknown or said twice? The caller sets it. */
  isVerbatim = true;
  private proto = new ProtoReader(Buffer.alloc(0));

  constructor(dictionary: Dictionary, masker: Masker) {
    this.dictionary = dictionary;
    this.masker = masker;
  }

  /** Reads from this body from now on. */
  begin(proto: ProtoReader): void {
    this.proto = proto;
  }

  /** Reads a KeyValue and adds it to the span begun last. @throws TakesLongWay for a secret */
  read(batch: SpanBatch): void {
    const { proto } = this;
    const outerEnd = proto.enter();
    const { end } = proto;
    let key = -1;
    let value = -1;
    for (let number = proto.nextField(end); number !== 0; number = proto.nextField(end)) {
      if (number > 2) {
        this.isVerbatim = false;
        continue;
      }
      if (proto.type !== wireType.bytes) throw new TakesLongWay();
      if (number === 1 ? key !== -1 : value !== -1) this.isVerbatim = false;
      if (number === 1) key = this.readKey();
      else if (key === -1)
        throw new TakesLongWay(); // the name decides how a value is read
      else value = this.isSensitive(key) ? this.readNamedSecret(key) : this.readValue();
    }
    proto.leave(outerEnd);
    if (key === -1) key = this.dictionary.internKey('');
    if (value === -1) value = this.dictionary.intern(emptyValue);
    batch.addAttribute(key, value);
  }

  /** The number of a text outside of attributes, which no length limits. @throws TakesLongWay for a secret */
  readText(): number {
    return this.readString((text) => text);
  }

  private readKey(): number {
    const { proto } = this;
    const end = proto.readEnd();
    const start = proto.pos;
    proto.pos = end;
    const known = this.keys.find(proto.dataView, start, end);
    if (known !== -1) return known;
    const text = proto.bytes.toString('utf8', start, end);
    const limited = limitText(text);
    const number = this.dictionary.internKey(limited);
    if (this.masker.isSensitiveKey(text)) this.sensitiveKeys.add(number);
    if (!isWhole(text, limited)) this.isVerbatim = false;
    else this.keys.remember(proto.bytes.subarray(start, end), number);
    return number;
  }

  // The usual AnyValue has one field; any other is read again by the general codec.
  private readValue(): number {
    const { proto } = this;
    const start = proto.pos;
    const outerEnd = proto.enter();
    const { end } = proto;
    const number = proto.nextField(end);
    const id = this.readPlain(number);
    if (id !== -1 && proto.pos === end) {
      proto.leave(outerEnd);
      return id;
    }
    proto.end = outerEnd;
    proto.pos = start;
    return this.readOther();
  }

  // -1 for what is not plain.
  private readPlain(number: number): number {
    const { proto, dictionary } = this;
    const { type } = proto;
    if (number === field.string && type === wireType.bytes) return this.readString(limitText);
    if (number === field.int && type === wireType.varint) return dictionary.internInt(proto.readInt64());
    if (number === field.bool && type === wireType.varint) return dictionary.internBool(this.readBool());
    if (number === field.double && type === wireType.fixed64) return dictionary.internDouble(proto.readFloat64());
    return -1;
  }

  private readBool(): boolean {
    const { proto } = this;
    const start = proto.pos;
    const value = proto.readVarint();
    if (proto.pos - start > 1) this.isVerbatim = false;
    return value !== 0;
  }

  private readOther(): number {
    this.isVerbatim = false;
    const value = anyValue.fromProto(this.proto, 0);
    const attributes = [{ key: '', value }];
    if (this.masker.maskAttributes(attributes) !== attributes) throw new TakesLongWay();
    return this.dictionary.intern(value.kind === 'string' ? { ...value, value: limitText(value.value) } : value);
  }

  private readString(limit: (text: string) => string): number {
    const { proto } = this;
    const end = proto.readEnd();
    const start = proto.pos;
    proto.pos = end;
    const isShort = end - start <= longestRemembered;
    const known = isShort ? this.texts.find(proto.dataView, start, end) : -1;
    if (known !== -1) return known;
    const text = proto.bytes.toString('utf8', start, end);
    const limited = limit(text);
    const isVerbatim = isWhole(text, limited);
    if (!isVerbatim) this.isVerbatim = false;
    const seen = isShort ? undefined : this.dictionary.stringId(text);
    if (seen !== undefined && this.cleanTexts.has(seen)) return seen;
    if (this.masker.maskText(text) !== text) throw new TakesLongWay();
    const number = this.dictionary.internString(limited);
    if (!isShort) {
      if (limited === text) this.cleanTexts.add(number);
    } else if (isVerbatim) this.texts.remember(proto.bytes.subarray(start, end), number);
    return number;
  }

  // What is secret under such a name is for the masker to say: numbers mostly are not.
  private readNamedSecret(number: number): number {
    this.isVerbatim = false;
    const value = anyValue.fromProto(this.proto, 0);
    const attributes = [{ key: this.dictionary.key(number), value }];
    if (this.masker.maskAttributes(attributes) !== attributes) throw new TakesLongWay();
    return this.dictionary.intern(value);
  }

  private isSensitive(key: number): boolean {
    return this.sensitiveKeys.size > 0 && this.sensitiveKeys.has(key);
  }
}

// Bytes that are no UTF-8 are read as the character that stands for them.
function isWhole(text: string, limited: string): boolean {
  return limited.length === text.length && text.indexOf('\ufffd') === -1;
}
