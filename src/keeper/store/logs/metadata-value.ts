// The forms in which a value of structured metadata is kept: as text, and where the text allows it as the eight bytes of a
// time in nanoseconds or the raw bytes of an id, which take half the room. Every text has exactly one form.

export const valueForm = { text: 1, time: 2, id: 3 } as const;
export type ValueForm = (typeof valueForm)[keyof typeof valueForm];

const timeDigits = 19;
const traceIdDigits = 32;
const spanIdDigits = 16;

/** The form of a text that stands in bytes as UTF-8. */
export function formOf(bytes: Uint8Array, start: number, end: number): ValueForm {
  const length = end - start;
  if (length === timeDigits) return isTime(bytes, start, end) ? valueForm.time : valueForm.text;
  if (length === traceIdDigits || length === spanIdDigits)
    return isHex(bytes, start, end) ? valueForm.id : valueForm.text;
  return valueForm.text;
}

/** Writes the packed bytes of a text that has such a form into `target`; says how many there are. */
export function packInto(target: Buffer, form: 2 | 3, text: Buffer): number {
  if (form === valueForm.id) return target.write(text.toString('latin1'), 'hex');
  target.writeBigUInt64LE(BigInt(text.toString('latin1')));
  return 8;
}

/** How long the text of a value is that takes `length` bytes in its form. */
export function textBytesOf(form: ValueForm, length: number): number {
  if (form === valueForm.time) return timeDigits;
  return form === valueForm.id ? length * 2 : length;
}

/** The text of a value in its form. */
export function unpack(form: ValueForm, bytes: Buffer, start: number, end: number): string {
  if (form === valueForm.text) return bytes.toString('utf8', start, end);
  return form === valueForm.id ? bytes.toString('hex', start, end) : String(bytes.readBigUInt64LE(start));
}

/** Does a number of nanoseconds in two halves have the digits of the form `time`? */
export function isPackedTime(high: number): boolean {
  // 10^18 is 0x0de0b6b3_a7640000 and 10^19 is 0x8ac72304_89e80000; times in between (2001 to 2286) have 19 digits.
  return high > 0x0de0_b6b3 && high < 0x8ac7_2304;
}

function isTime(bytes: Uint8Array, start: number, end: number): boolean {
  if (bytes[start] === 0x30) return false;
  for (let i = start; i < end; i++) if ((bytes[i] ?? 0) < 0x30 || (bytes[i] ?? 0) > 0x39) return false;
  return true;
}

function isHex(bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = start; i < end; i++) {
    const byte = bytes[i] ?? 0;
    if ((byte < 0x30 || byte > 0x39) && (byte < 0x61 || byte > 0x66)) return false;
  }
  return true;
}
