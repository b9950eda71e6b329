// The expressions of `| json label="path"`: fields joined by dots, `["any key"]`, `[0]`.
import { eachField, JsonError, type JsonType, readValue, skipSpace } from './json-scanner.ts';

export type JsonPath = readonly (string | number)[];

export class JsonPathError extends Error {}

const field = /[A-Za-z_][A-Za-z0-9_-]*/y;
const keyIndex = /"((?:[^"\\]|\\.)*)"/y;
const numberIndex = /[0-9]+/y;

/** Reads a path. @throws JsonPathError with Loki's text. */
export function parseJsonPath(expression: string): JsonPath {
  const path: (string | number)[] = [];
  let at = 0;
  const take = (pattern: RegExp): RegExpExecArray | undefined => {
    pattern.lastIndex = at;
    const found = pattern.exec(expression) ?? undefined;
    at += found?.[0].length ?? 0;
    return found;
  };
  const fail = (expecting: string): never => {
    const unexpected = nameToken(expression.slice(at));
    const tail = expecting === '' ? '' : `, expecting ${expecting}`;
    throw new JsonPathError(`cannot parse expression [${expression}]: syntax error: unexpected ${unexpected}${tail}`);
  };
  while (at < expression.length) {
    if (expression[at] === '[') {
      at++;
      const key = take(keyIndex);
      const index = key ? undefined : take(numberIndex);
      if (key) path.push((key[1] ?? '').replace(/\\(.)/g, '$1'));
      else if (index) path.push(Number(index[0]));
      else fail('STRING or INDEX');
      if (expression[at] !== ']') fail('RSB');
      at++;
    } else {
      if (path.length > 0) {
        if (expression[at] !== '.') fail('');
        at++;
      }
      const name = take(field) ?? fail(path.length === 0 ? 'LSB or FIELD' : 'FIELD');
      path.push(name[0]);
    }
  }
  if (path.length === 0) fail('LSB or FIELD');
  return path;
}

function nameToken(rest: string): string {
  const names: Readonly<Record<string, string>> = { '[': 'LSB', ']': 'RSB', '.': 'DOT', '"': 'STRING', '': '$end' };
  const first = rest.charAt(0);
  return names[first] ?? (/[0-9]/.test(first) ? 'INDEX' : /[A-Za-z_]/.test(first) ? 'FIELD' : '$unk');
}

/** The value at a path, or undefined. Malformed JSON behind the value goes unnoticed. */
export function findAtPath(
  range: { readonly buffer: Buffer; readonly start: number; readonly end: number },
  path: JsonPath,
): { readonly type: JsonType; readonly start: number; readonly end: number } | undefined {
  const { buffer } = range;
  let value: { type: JsonType; start: number; end: number } = { type: 'object', start: range.start, end: range.end };
  try {
    const first = skipSpace(buffer, range.start, range.end);
    if (first !== -1 && buffer[first] === 0x5b) value = readValue(buffer, first, range.end);
    for (const step of path) {
      const next = typeof step === 'number' ? findElement(buffer, value, step) : findField(buffer, value, step);
      if (next === undefined) return undefined;
      value = next;
    }
    return value;
  } catch (error) {
    if (error instanceof JsonError) return undefined;
    throw error;
  }
}

type Value = { type: JsonType; start: number; end: number };

function findField(buffer: Buffer, value: Value, key: string): Value | undefined {
  if (value.type !== 'object') return undefined;
  let found: Value | undefined;
  eachField({ buffer, start: value.start, end: value.end }, (candidate) => {
    if (candidate.key === key) found = candidate;
    return found === undefined;
  });
  return found;
}

function findElement(buffer: Buffer, value: Value, index: number): Value | undefined {
  if (value.type !== 'array') return undefined;
  let at = skipSpace(buffer, value.start + 1, value.end);
  for (let i = 0; at !== -1 && buffer[at] !== 0x5d; i++) {
    const element = readValue(buffer, at, value.end);
    if (i === index) return element;
    at = skipSpace(buffer, element.next, value.end);
    if (at !== -1 && buffer[at] === 0x2c) at = skipSpace(buffer, at + 1, value.end);
  }
  return undefined;
}
