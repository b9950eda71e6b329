// Reading JSON of unknown shape: each reader answers a harmless value where the shape is another, because protocols send
// fields of newer versions and leave out those that are empty.

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value as an object; empty if it is none. */
export function asRecord(value: unknown): JsonRecord {
  // An object that is no array and not null has string keys.
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};
}

/** The value as a list; empty if it is none. */
export function asArray(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The value as a text; numbers and booleans as they print, `fallback` for the rest. */
export function asText(value: unknown, fallback = ''): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint'
    ? String(value)
    : fallback;
}

/** The value as a number, read from a text if need be (`"NaN"`, `"+Inf"` and `"-Inf"` too); `fallback` for the rest. */
export function asNumber(value: unknown, fallback = 0): number {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || value.trim() === '') return fallback;
  const special = specialNumbers[value];
  if (special !== undefined) return special;
  const number = Number(value);
  return Number.isNaN(number) ? fallback : number;
}

const specialNumbers: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  '+Inf': Infinity,
  Inf: Infinity,
  '-Inf': -Infinity,
};

/** The value as an integer of any size, read from decimal digits; 0n for the rest. */
export function asBigInt(value: unknown): bigint {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return BigInt(value);
  return typeof value === 'string' && /^-?\d+$/.test(value) ? BigInt(value) : 0n;
}

/** The texts of a record by name; what is no text is printed. */
export function asTextRecord(value: unknown): Record<string, string> {
  return Object.fromEntries(Object.entries(asRecord(value)).map(([key, one]) => [key, asText(one)]));
}

/** The texts of a list. */
export function asTexts(value: unknown): string[] {
  return asArray(value).filter((one): one is string => typeof one === 'string');
}
