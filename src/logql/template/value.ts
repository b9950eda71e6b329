// Values inside a template. JavaScript's own types stand for Go's: bigint for int, number for float64.

/** A point in time and the zone it is shown in. */
export class GoTime {
  readonly ns: bigint;
  readonly zone: string;

  constructor(ns: bigint, zone = 'UTC') {
    this.ns = ns;
    this.zone = zone;
  }
}

export type Value =
  | string
  | boolean
  | bigint
  | number
  | null
  | undefined
  | GoTime
  | readonly Value[]
  | ReadonlyMap<string, Value>;

/** Go's name of a value's type, as its errors print it. */
export function typeName(value: Value): string {
  if (value === null || value === undefined) return 'nil';
  if (typeof value === 'bigint') return 'int';
  if (typeof value === 'number') return 'float64';
  if (typeof value === 'boolean') return 'bool';
  if (value instanceof GoTime) return 'time.Time';
  if (value instanceof Map) return 'map[string]interface {}';
  return typeof value === 'string' ? 'string' : '[]interface {}';
}

/** Is it what `if` takes for true? */
export function isTruthy(value: Value): boolean {
  if (value === null || value === undefined) return false;
  if (value instanceof GoTime) return true;
  if (value instanceof Map) return value.size > 0;
  if (Array.isArray(value)) return value.length > 0;
  return Boolean(value);
}
