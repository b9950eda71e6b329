// Go's own template functions (print, index, len, and, or, …), with JSON and default values.
import { formatGoValue, goSprintf } from '../../std/go-format.ts';
import type { TemplateFunction } from './call.ts';
import { isTruthy, typeName, type Value } from './value.ts';

export const basicFunctions: Readonly<Record<string, TemplateFunction>> = {
  and: {
    parameters: ['any'],
    rest: 'any',
    lazy: (values) => takeUntil(values, (value) => !isTruthy(value)),
    run: () => '',
  },
  or: { parameters: ['any'], rest: 'any', lazy: (values) => takeUntil(values, isTruthy), run: () => '' },
  not: { parameters: ['any'], run: (value: Value) => !isTruthy(value) },
  call: { parameters: ['any'], rest: 'any', run: () => '' },
  print: { parameters: [], rest: 'any', run: (...values: Value[]) => goSprint(values) },
  println: {
    parameters: [],
    rest: 'any',
    run: (...values: Value[]) => `${values.map((value) => formatGoValue(value)).join(' ')}\n`,
  },
  printf: {
    parameters: ['string'],
    rest: 'any',
    run: (format: string, ...values: Value[]) => goSprintf(format, values),
  },
  len: { parameters: ['any'], run: lengthOf },
  index: { parameters: ['any'], rest: 'any', run: indexInto },
  slice: { parameters: ['any'], rest: 'any', run: sliceOf },
  html: { parameters: [], rest: 'any', run: (...values: Value[]) => escapeHtml(goSprint(values)) },
  js: { parameters: [], rest: 'any', run: (...values: Value[]) => escapeJs(goSprint(values)) },
  urlquery: { parameters: [], rest: 'any', run: (...values: Value[]) => queryEscape(goSprint(values)) },
  default: {
    parameters: ['any'],
    rest: 'any',
    run: (fallback: Value, ...given: Value[]) => (given.length === 0 || isEmpty(given[0]) ? fallback : given[0]),
  },
  fromJson: { parameters: ['string'], run: fromJson },
};

function takeUntil(values: Iterator<Value>, stop: (value: Value) => boolean): Value {
  let last: Value;
  for (let next = values.next(); !next.done; next = values.next()) {
    last = next.value;
    if (stop(last)) return last;
  }
  return last;
}

// fmt.Sprint puts spaces between operands when neither is a string.
function goSprint(values: readonly Value[]): string {
  let out = '';
  for (const [index, value] of values.entries()) {
    const apart = index > 0 && typeof value !== 'string' && typeof values[index - 1] !== 'string';
    out += (apart ? ' ' : '') + formatGoValue(value);
  }
  return out;
}

function lengthOf(value: Value): bigint {
  if (typeof value === 'string') return BigInt(Buffer.byteLength(value));
  if (Array.isArray(value)) return BigInt(value.length);
  if (value instanceof Map) return BigInt(value.size);
  if (value === null || value === undefined) throw new Error('len of nil pointer');
  throw new Error(`len of type ${typeName(value)}`);
}

function indexInto(start: Value, ...keys: Value[]): Value {
  let value = start;
  if (value === null || value === undefined) throw new Error('index of untyped nil');
  for (const key of keys) {
    if (value instanceof Map) {
      if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`);
      value = value.get(key) ?? '';
    } else if (Array.isArray(value) || typeof value === 'string') {
      const place = readIndex(key);
      const list: readonly Value[] = typeof value === 'string' ? [...Buffer.from(value)].map(BigInt) : value;
      if (place < 0 || place >= list.length) throw new Error(`index out of range: ${place}`);
      value = list[place];
    } else if (value === null || value === undefined) throw new Error('index of nil pointer');
    else throw new Error(`can't index item of type ${typeName(value)}`);
  }
  return value;
}

function readIndex(key: Value): number {
  if (typeof key === 'bigint') return Number(key);
  throw new Error(`cannot index slice/array with type ${typeName(key)}`);
}

function sliceOf(value: Value, ...bounds: Value[]): Value {
  if (typeof value !== 'string' && !Array.isArray(value))
    throw new Error(`can't slice item of type ${typeName(value)}`);
  const bytes = typeof value === 'string' ? Buffer.from(value) : undefined;
  const length = bytes?.length ?? (value as readonly Value[]).length; // not a string, so the check above says an array
  const [from = 0, to = length] = bounds.map(readIndex);
  if (from < 0 || from > length) throw new Error(`index out of range: ${from}`);
  if (to < 0 || to > length) throw new Error(`index out of range: ${to}`);
  if (from > to) throw new Error(`invalid slice index: ${from} > ${to}`);
  return bytes ? bytes.subarray(from, to).toString('utf8') : (value as readonly Value[]).slice(from, to);
}

function isEmpty(value: Value): boolean {
  return !isTruthy(value);
}

// JSON numbers are floats; what is no JSON gives nil, without an error.
function fromJson(text: string): Value {
  try {
    return fromJavaScript(JSON.parse(text));
  } catch {
    return null;
  }
}

function fromJavaScript(value: unknown): Value {
  if (Array.isArray(value)) return value.map(fromJavaScript);
  if (value === null || typeof value !== 'object') return value as string | number | boolean | null; // JSON has no others
  return new Map(Object.entries(value).map(([key, inner]) => [key, fromJavaScript(inner)]));
}

const htmlEscapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\u0000': '\ufffd',
};

function escapeHtml(text: string): string {
  return text.replace(/[&<>"'\u0000]/g, (char) => htmlEscapes[char] ?? char);
}

const jsEscapes: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '<': '\\u003C',
  '>': '\\u003E',
  '&': '\\u0026',
  '=': '\\u003D',
};

function escapeJs(text: string): string {
  return text.replace(/[\\'"<>&=]|[\u0000-\u001f]/g, (char) => {
    return jsEscapes[char] ?? `\\u${char.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`;
  });
}

/** Go's url.QueryEscape: everything but letters, digits and `-_.~` is escaped, spaces become `+`. */
export function queryEscape(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}
