// Dates in templates: now, date, toDate, unixEpoch and their kin.
import { formatGoTime, parseGoTime } from '../../std/go-time.ts';
import type { TemplateFunction } from './call.ts';
import { GoTime, type Value } from './value.ts';

// Go's zero time, 0001-01-01, which a text that does not fit its layout becomes.
const zeroTimeNs = -62135596800n * 1_000_000_000n;

export const timeFunctions: Readonly<Record<string, TemplateFunction>> = {
  // The wall clock is what a template asks for here; nothing else in the language reads it.
  now: { parameters: [], run: () => new GoTime(BigInt(Date.now()) * 1_000_000n) },
  date: { parameters: ['string', 'any'], run: (layout: string, at: Value) => formatGoTime(toNs(at), layout) },
  toDate: {
    parameters: ['string', 'string'],
    run: (layout: string, text: string) => new GoTime(parseGoTime(layout, text) ?? zeroTimeNs),
  },
  toDateInZone: {
    parameters: ['string', 'string', 'string'],
    run: (layout: string, zone: string, text: string) =>
      new GoTime(parseGoTime(layout, text, zone) ?? zeroTimeNs, zone),
  },
  unixEpoch: { parameters: ['time'], run: (time: GoTime) => String(floorDivide(time.ns, 1_000_000_000n)) },
  unixEpochMillis: { parameters: ['time'], run: (time: GoTime) => String(floorDivide(time.ns, 1_000_000n)) },
  unixEpochNanos: { parameters: ['time'], run: (time: GoTime) => String(time.ns) },
  unixToTime: { parameters: ['string'], run: unixToTime },
};

function toNs(at: Value): bigint {
  if (at instanceof GoTime) return at.ns;
  // Integers are seconds; anything else means now.
  return typeof at === 'bigint' ? at * 1_000_000_000n : BigInt(Date.now()) * 1_000_000n;
}

function floorDivide(ns: bigint, by: bigint): bigint {
  return ns / by - (ns % by < 0n ? 1n : 0n);
}

// The number of digits tells the unit: days, seconds, milliseconds, microseconds, nanoseconds.
const unitByDigits: ReadonlyMap<number, bigint> = new Map([
  [5, 86_400_000_000_000n],
  [10, 1_000_000_000n],
  [13, 1_000_000n],
  [16, 1_000n],
  [19, 1n],
]);

function unixToTime(text: string): GoTime {
  if (!/^[+-]?[0-9]+$/.test(text)) {
    throw new Error(
      `unable to parse time '${text}': strconv.ParseInt: parsing ${JSON.stringify(text)}: invalid syntax`,
    );
  }
  const unit = unitByDigits.get(text.length);
  if (unit === undefined) throw new Error(`unable to parse time '${text}': unsupported length`);
  return new GoTime(BigInt(text) * unit);
}
