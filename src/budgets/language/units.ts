// Units of limits: how a number is written, what it measures, and what it comes to in the base unit of its dimension
// (milliseconds, bytes, fraction).
import type { Quantity } from './ast.ts';

export type Dimension = 'time' | 'size' | 'share' | 'plain';

interface Unit {
  readonly dimension: Dimension;
  /** One of it, in the base unit. */
  readonly factor: number;
}

const units: ReadonlyMap<string, Unit> = new Map<string, Unit>([
  ['', { dimension: 'plain', factor: 1 }],
  ['ns', { dimension: 'time', factor: 1e-6 }],
  ['us', { dimension: 'time', factor: 1e-3 }],
  ['µs', { dimension: 'time', factor: 1e-3 }],
  ['ms', { dimension: 'time', factor: 1 }],
  ['s', { dimension: 'time', factor: 1000 }],
  ['m', { dimension: 'time', factor: 60_000 }],
  ['min', { dimension: 'time', factor: 60_000 }],
  ['h', { dimension: 'time', factor: 3_600_000 }],
  ['d', { dimension: 'time', factor: 86_400_000 }],
  ['B', { dimension: 'size', factor: 1 }],
  ['kB', { dimension: 'size', factor: 1e3 }],
  ['KB', { dimension: 'size', factor: 1e3 }],
  ['MB', { dimension: 'size', factor: 1e6 }],
  ['GB', { dimension: 'size', factor: 1e9 }],
  ['KiB', { dimension: 'size', factor: 1024 }],
  ['MiB', { dimension: 'size', factor: 1024 ** 2 }],
  ['GiB', { dimension: 'size', factor: 1024 ** 3 }],
  ['%', { dimension: 'share', factor: 0.01 }],
]);

/** Every unit that a limit may carry, without the empty one. */
export const unitNames: readonly string[] = [...units.keys()].filter((name) => name !== '');

export function isUnit(text: string): boolean {
  return text !== '' && units.has(text);
}

/** What a unit measures. @param name one of `unitNames`, or '' */
export function dimensionOf(name: string): Dimension {
  return findUnit(name).dimension;
}

/** A quantity in the base unit of its dimension: milliseconds, bytes, fraction, or the plain number. */
export function toBase(quantity: Quantity): number {
  return quantity.value * findUnit(quantity.unit).factor;
}

/** A value in the base unit, said in `unit`. */
export function fromBase(value: number, unit: string): Quantity {
  return { value: value / findUnit(unit).factor, unit };
}

/** What a limit means beside a raw query's value: seconds, bytes, a fraction, or the number itself. */
export function toRaw(quantity: Quantity): number {
  return dimensionOf(quantity.unit) === 'time' ? toBase(quantity) / 1000 : toBase(quantity);
}

/** A raw query's value, said in the unit of the limit it is held to. */
export function fromRaw(value: number, unit: string): Quantity {
  return fromBase(dimensionOf(unit) === 'time' ? value * 1000 : value, unit);
}

/** A quantity as people read it: `412 ms`, `1.2 %`, `3`. */
export function formatQuantity({ value, unit }: Quantity): string {
  const rounded = Number.isInteger(value) ? String(value) : String(Number(value.toPrecision(4)));
  return unit === '' ? rounded : `${rounded}${unit === '%' ? '' : ' '}${unit}`;
}

function findUnit(name: string): Unit {
  const unit = units.get(name);
  if (unit === undefined) throw new Error(`no such unit: ${JSON.stringify(name)}`);
  return unit;
}
