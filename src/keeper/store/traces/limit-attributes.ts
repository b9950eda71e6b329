// Long attribute keys and strings are cut as Tempo's distributor cuts them, so that no single span eats the store.
import type { KeyValue } from '../../../wire/otlp/types.ts';

/** Tempo's max_attribute_bytes. */
export const maxAttributeBytes = 2048;

/** Cuts keys and plain string values to 2,048 bytes; other values stay as they are. */
export function limitAttributes(attributes: readonly KeyValue[]): readonly KeyValue[] {
  return attributes.some(isTooLong) ? attributes.map(limitAttribute) : attributes;
}

function isTooLong({ key, value }: KeyValue): boolean {
  return mayExceed(key) || (value.kind === 'string' && mayExceed(value.value));
}

// UTF-8 takes at most three bytes per UTF-16 unit.
function mayExceed(text: string): boolean {
  return text.length * 3 > maxAttributeBytes && Buffer.byteLength(text) > maxAttributeBytes;
}

function limitAttribute(attribute: KeyValue): KeyValue {
  const { key, value } = attribute;
  return {
    key: limitText(key),
    value: value.kind === 'string' ? { kind: 'string', value: limitText(value.value) } : value,
  };
}

/** The first 2,048 bytes of a text, and never a part of a character. */
export function limitText(text: string): string {
  if (!mayExceed(text)) return text;
  const bytes = Buffer.from(text);
  let end = maxAttributeBytes;
  while (end > 0 && (bytes[end]! & 0xc0) === 0x80) end--; // a longer text has a byte there
  return bytes.toString('utf8', 0, end);
}
