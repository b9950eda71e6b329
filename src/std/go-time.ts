// Times printed and read by Go's layouts, such as "2006-01-02T15:04:05Z07:00". https://pkg.go.dev/time#pkg-constants

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
]; // prettier-ignore
const days = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

const directives =
  /January|Jan|Monday|Mon|MST|2006|Z07:00:00|Z07:00|Z0700|Z07|-07:00:00|-07:00|-0700|-07|002|01|02|03|04|05|06|15|PM|pm|_2006|__2|_2|[.,]0+(?![0-9])|[.,]9+(?![0-9])|1|2|3|4|5/g;

interface Fields {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  nanos: number;
  /** Minutes east of Greenwich; undefined: not given. */
  offset: number | undefined;
  pm: boolean | undefined;
}

/** Minutes east of Greenwich in a zone at a time; UTC for unknown zones. */
export function zoneOffset(zone: string, epochMs: number): number {
  if (zone === 'UTC' || zone === '' || zone === 'Local') return 0;
  try {
    const format = new Intl.DateTimeFormat('en-US', { timeZone: zone, timeZoneName: 'longOffset' });
    const name = format.formatToParts(new Date(epochMs)).find(({ type }) => type === 'timeZoneName')?.value ?? '';
    const found = /GMT([+-])(\d{2}):(\d{2})/.exec(name);
    return found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
  } catch {
    return 0;
  }
}

/** Prints nanoseconds since 1970 in a layout, in a zone. */
export function formatGoTime(ns: bigint, layout: string, zone = 'UTC'): string {
  const epochMs = Number(ns / 1_000_000n);
  const offset = zoneOffset(zone, epochMs);
  const shifted = new Date(epochMs + offset * 60_000);
  const nanos = Number(((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n);
  return layout.replace(directives, (name) => printDirective(name, { date: shifted, nanos, offset, zone }));
}

function printDirective(name: string, of: { date: Date; nanos: number; offset: number; zone: string }): string {
  const { date, nanos, offset } = of;
  if (/^[.,][09]/.test(name)) return printFraction(name, nanos);
  if (/^[Z-]07/.test(name)) return printOffset(name, offset);
  const hour = date.getUTCHours();
  const two = (value: number) => String(value).padStart(2, '0');
  const twelve = hour % 12 === 0 ? 12 : hour % 12;
  const yearDay =
    Math.floor(
      (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) - Date.UTC(date.getUTCFullYear(), 0, 1)) /
        86_400_000,
    ) + 1; // prettier-ignore
  const printers: Readonly<Record<string, () => string>> = {
    January: () => months[date.getUTCMonth()] ?? '',
    Jan: () => (months[date.getUTCMonth()] ?? '').slice(0, 3),
    Monday: () => days[date.getUTCDay()] ?? '',
    Mon: () => (days[date.getUTCDay()] ?? '').slice(0, 3),
    MST: () => (offset === 0 ? 'UTC' : printOffset('-07', offset)),
    '2006': () => String(date.getUTCFullYear()).padStart(4, '0'),
    '06': () => two(date.getUTCFullYear() % 100),
    '01': () => two(date.getUTCMonth() + 1),
    '1': () => String(date.getUTCMonth() + 1),
    '02': () => two(date.getUTCDate()),
    _2: () => String(date.getUTCDate()).padStart(2),
    '2': () => String(date.getUTCDate()),
    '002': () => String(yearDay).padStart(3, '0'),
    __2: () => String(yearDay).padStart(3),
    '15': () => two(hour),
    '03': () => two(twelve),
    '3': () => String(twelve),
    '04': () => two(date.getUTCMinutes()),
    '4': () => String(date.getUTCMinutes()),
    '05': () => two(date.getUTCSeconds()),
    '5': () => String(date.getUTCSeconds()),
    PM: () => (hour < 12 ? 'AM' : 'PM'),
    pm: () => (hour < 12 ? 'am' : 'pm'),
  };
  return printers[name]?.() ?? name;
}

function printFraction(name: string, nanos: number): string {
  const digits = String(nanos)
    .padStart(9, '0')
    .slice(0, name.length - 1);
  if (name[1] === '0') return name[0] + digits;
  const trimmed = digits.replace(/0+$/, '');
  return trimmed === '' ? '' : name[0] + trimmed;
}

function printOffset(name: string, offset: number): string {
  if (name.startsWith('Z') && offset === 0) return 'Z';
  const abs = Math.abs(offset);
  const hours = String(Math.floor(abs / 60)).padStart(2, '0');
  const minutes = String(abs % 60).padStart(2, '0');
  const sign = offset < 0 ? '-' : '+';
  if (name.endsWith(':00:00')) return `${sign}${hours}:${minutes}:00`;
  if (name.includes(':')) return `${sign}${hours}:${minutes}`;
  return name.length > 3 ? `${sign}${hours}${minutes}` : sign + hours;
}

type Reader = readonly [pattern: string, read: (fields: Fields, text: string) => void];

const numberReader = (pattern: string, key: 'year' | 'month' | 'day' | 'hour' | 'minute' | 'second'): Reader => [
  pattern,
  (fields, text) => {
    fields[key] = Number(text.trim());
  },
];
const readOffset: Reader[1] = (fields, text) => {
  const found = /([+-])(\d{2}):?(\d{2})?/.exec(text);
  fields.offset = found ? (found[1] === '-' ? -1 : 1) * (Number(found[2]) * 60 + Number(found[3] ?? 0)) : 0;
};
const monthReader = (names: readonly string[]): Reader => [
  names.join('|'),
  (fields, text) => {
    fields.month = names.findIndex((name) => name.toLowerCase() === text.toLowerCase()) + 1;
  },
];

const readers: Readonly<Record<string, Reader>> = {
  January: monthReader(months),
  Jan: monthReader(months.map((name) => name.slice(0, 3))),
  Monday: [days.join('|'), () => {}],
  Mon: [days.map((name) => name.slice(0, 3)).join('|'), () => {}],
  MST: [
    '[A-Z]{3,4}',
    (fields) => {
      fields.offset ??= 0;
    },
  ], // prettier-ignore
  '2006': numberReader('\\d{4}', 'year'),
  '06': [
    '\\d{2}',
    (fields, text) => {
      fields.year = Number(text) + (Number(text) >= 69 ? 1900 : 2000);
    },
  ], // prettier-ignore
  '01': numberReader('\\d{2}', 'month'),
  '1': numberReader('\\d{1,2}', 'month'),
  '02': numberReader('\\d{2}', 'day'),
  _2: numberReader(' ?\\d{1,2}', 'day'),
  '2': numberReader('\\d{1,2}', 'day'),
  '15': numberReader('\\d{2}', 'hour'),
  '03': numberReader('\\d{2}', 'hour'),
  '3': numberReader('\\d{1,2}', 'hour'),
  '04': numberReader('\\d{2}', 'minute'),
  '4': numberReader('\\d{1,2}', 'minute'),
  '05': numberReader('\\d{2}', 'second'),
  '5': numberReader('\\d{1,2}', 'second'),
  PM: [
    'AM|PM',
    (fields, text) => {
      fields.pm = text === 'PM';
    },
  ], // prettier-ignore
  pm: [
    'am|pm',
    (fields, text) => {
      fields.pm = text === 'pm';
    },
  ], // prettier-ignore
};

/** Reads a time in a layout; `zone` counts where the text names none. Nanoseconds since 1970, undefined if it does not fit. */
export function parseGoTime(layout: string, text: string, zone = 'UTC'): bigint | undefined {
  const reads: Reader[1][] = [];
  const quoteForRegExp = (literal: string) => literal.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  let pattern = '';
  let at = 0;
  for (const found of layout.matchAll(directives)) {
    const name = found[0];
    pattern += quoteForRegExp(layout.slice(at, found.index));
    at = found.index + name.length;
    const [piece, read] = readers[name] ?? readerOf(name);
    pattern += `(${piece})`;
    reads.push(read);
    // Go accepts a fraction behind the seconds though the layout names none.
    if ((name === '05' || name === '5') && !/^[.,][09]/.test(layout.slice(at))) {
      pattern += '([.,]\\d+)?';
      reads.push(readFraction);
    }
  }
  const match = new RegExp(`^${pattern}${quoteForRegExp(layout.slice(at))}$`).exec(text);
  if (match === null) return undefined;
  const fields: Fields = {
    year: 0,
    month: 1,
    day: 1,
    hour: 0,
    minute: 0,
    second: 0,
    nanos: 0,
    offset: undefined,
    pm: undefined,
  };
  for (const [index, read] of reads.entries()) if (match[index + 1] !== undefined) read(fields, match[index + 1] ?? '');
  return toEpoch(fields, zone);
}

const readFraction: Reader[1] = (fields, text) => {
  fields.nanos = Number(text.slice(1).padEnd(9, '0').slice(0, 9));
};

function readerOf(name: string): Reader {
  if (name.startsWith('Z')) return ['Z|[+-]\\d{2}(?::?\\d{2}){0,2}', readOffset];
  if (name.startsWith('-')) return ['[+-]\\d{2}(?::?\\d{2}){0,2}', readOffset];
  if (/^[.,]0/.test(name)) return [`[.,]\\d{${name.length - 1}}`, readFraction];
  if (/^[.,]9/.test(name)) return ['(?:[.,]\\d+)?', (fields, text) => text !== '' && readFraction(fields, text)];
  return [name.replace(/\W/g, '\\$&'), () => {}];
}

function toEpoch(fields: Fields, zone: string): bigint | undefined {
  const { year, month, day, minute, second, nanos, pm } = fields;
  const hour = pm === undefined ? fields.hour : (fields.hour % 12) + (pm ? 12 : 0);
  if (month < 1 || month > 12 || hour > 23 || minute > 59 || second > 59) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute, second);
  if (date.getUTCDate() !== day) return undefined;
  const localMs = date.getTime();
  let offset = fields.offset;
  if (offset === undefined) {
    const guess = zoneOffset(zone, localMs);
    offset = zoneOffset(zone, localMs - guess * 60_000);
  }
  return BigInt(localMs - offset * 60_000) * 1_000_000n + BigInt(nanos);
}
