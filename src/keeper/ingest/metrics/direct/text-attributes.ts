// Reads attributes in the form in which nearly all come: short, their values texts.
import type { KeyValue } from '../../../../wire/otlp/types.ts';

/** Of KeyValue { key = 1, value = 2 { string_value = 1 } }. */
const tag = { key: 0x0a, value: 0x12, text: 0x0a } as const;
/** Every length is one byte: those of more begin with at least this, and so do tags of more. */
const firstOfSeveral = 0x80;
const lengthDelimited = 2;

/** The attributes that stand in `bytes[start … end)` one behind the other; undefined if any has another form. */
export function readTextAttributes(bytes: Buffer, start: number, end: number): KeyValue[] | undefined {
  const found: KeyValue[] = [];
  for (let at = start; at < end; ) {
    // A byte that is not there is undefined, which makes the comparisons below fail.
    const keyAt = at + 4;
    const attributeEnd = at + 2 + bytes[at + 1]!;
    const keyEnd = keyAt + bytes[at + 3]!;
    const textAt = keyEnd + 4;
    const isPlain =
      bytes[at]! < firstOfSeveral &&
      (bytes[at]! & 7) === lengthDelimited &&
      bytes[at + 1]! < firstOfSeveral &&
      attributeEnd <= end &&
      textAt <= attributeEnd &&
      bytes[at + 2] === tag.key &&
      bytes[keyEnd] === tag.value &&
      bytes[keyEnd + 1] === attributeEnd - keyEnd - 2 &&
      bytes[keyEnd + 2] === tag.text &&
      bytes[keyEnd + 3] === attributeEnd - textAt;
    if (!isPlain) return undefined;
    const value = { kind: 'string', value: bytes.toString('utf8', textAt, attributeEnd) } as const;
    found.push({ key: bytes.toString('utf8', keyAt, keyEnd), value });
    at = attributeEnd;
  }
  return found;
}
