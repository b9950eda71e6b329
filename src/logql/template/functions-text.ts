// Text functions of templates. Positions and lengths count bytes, as in Go, except in the align functions.
import { compileRe2, type Re2 } from '../../std/re2.ts';
import type { TemplateFunction } from './call.ts';
import { queryEscape } from './functions-basic.ts';

const text = (run: (value: string) => string): TemplateFunction => ({ parameters: ['string'], run });
const twoTexts = (run: (a: string, b: string) => string | boolean): TemplateFunction => ({
  parameters: ['string', 'string'],
  run,
});

/** Repeated and padded texts end here: lines and templates are hostile input. */
const maxChars = 1 << 20;

export const textFunctions: Readonly<Record<string, TemplateFunction>> = {
  ToLower: text(toLower),
  ToUpper: text(toUpper),
  lower: text(toLower),
  upper: text(toUpper),
  title: text((value) =>
    value.replace(/(^|[^\p{L}\p{Nd}_'])(\p{L})/gu, (_all, before: string, letter: string) => before + toUpper(letter)),
  ),
  Replace: { parameters: ['string', 'string', 'string', 'int'], run: replaceSome },
  replace: {
    parameters: ['string', 'string', 'string'],
    run: (from: string, to: string, value: string) => replaceSome(value, from, to, -1n),
  },
  Trim: twoTexts((value, cutset) => trimLeft(trimRight(value, cutset), cutset)),
  TrimLeft: twoTexts(trimLeft),
  TrimRight: twoTexts(trimRight),
  TrimPrefix: twoTexts(trimPrefix),
  TrimSuffix: twoTexts(trimSuffix),
  TrimSpace: text((value) => value.trim()),
  trim: text((value) => value.trim()),
  trimAll: twoTexts((cutset, value) => trimLeft(trimRight(value, cutset), cutset)),
  trimPrefix: twoTexts((prefix, value) => trimPrefix(value, prefix)),
  trimSuffix: twoTexts((suffix, value) => trimSuffix(value, suffix)),
  trunc: { parameters: ['int', 'string'], run: truncate },
  substr: { parameters: ['int', 'int', 'string'], run: substring },
  contains: twoTexts((part, value) => value.includes(part)),
  hasPrefix: twoTexts((prefix, value) => value.startsWith(prefix)),
  hasSuffix: twoTexts((suffix, value) => value.endsWith(suffix)),
  repeat: { parameters: ['int', 'string'], run: repeat },
  indent: { parameters: ['int', 'string'], run: indent },
  nindent: { parameters: ['int', 'string'], run: (spaces: bigint, value: string) => `\n${indent(spaces, value)}` },
  alignLeft: { parameters: ['int', 'string'], run: alignLeft },
  alignRight: { parameters: ['int', 'string'], run: alignRight },
  regexReplaceAll: {
    parameters: ['string', 'string', 'string'],
    run: (pattern: string, value: string, replacement: string) => compile(pattern).replaceAll(value, replacement),
  },
  regexReplaceAllLiteral: {
    parameters: ['string', 'string', 'string'],
    run: (pattern: string, value: string, replacement: string) => {
      return compile(pattern).replaceAll(value, replacement.replaceAll('$', '$$$$'));
    },
  },
  count: {
    parameters: ['string', 'string'],
    run: (pattern: string, value: string) => BigInt(compile(pattern).count(value)),
  },
  urlencode: text(queryEscape),
  urldecode: text(queryUnescape),
  b64enc: text((value) => Buffer.from(value).toString('base64')),
  b64dec: text(decodeBase64),
};

function compile(pattern: string): Re2 {
  return compileRe2(pattern);
}

// Go maps character by character, so ß stays.
function toUpper(value: string): string {
  return [...value].map((char) => (char.toUpperCase().length === char.length ? char.toUpperCase() : char)).join('');
}

function toLower(value: string): string {
  return [...value].map((char) => (char.toLowerCase().length === char.length ? char.toLowerCase() : char)).join('');
}

function replaceSome(value: string, from: string, to: string, limit: bigint): string {
  if (limit === 0n) return value;
  const pieces = from === '' ? [...value] : value.split(from);
  if (from === '')
    return limit < 0n ? to + pieces.map((char) => char + to).join('') : insertSome(pieces, to, Number(limit));
  const most = limit < 0n ? pieces.length : Number(limit) + 1;
  const head = pieces.slice(0, most).join(to);
  return pieces.length > most ? [head, ...pieces.slice(most)].join(from) : head;
}

function insertSome(chars: readonly string[], text: string, limit: number): string {
  return chars.map((char, index) => (index < limit ? text : '') + char).join('') + (limit > chars.length ? text : '');
}

function trimLeft(value: string, cutset: string): string {
  const chars = [...value];
  const first = chars.findIndex((char) => !cutset.includes(char));
  return first === -1 ? '' : chars.slice(first).join('');
}

function trimRight(value: string, cutset: string): string {
  const chars = [...value];
  return chars.slice(0, chars.findLastIndex((char) => !cutset.includes(char)) + 1).join('');
}

function trimPrefix(value: string, prefix: string): string {
  return value.startsWith(prefix) ? value.slice(prefix.length) : value;
}

function trimSuffix(value: string, suffix: string): string {
  return suffix !== '' && value.endsWith(suffix) ? value.slice(0, -suffix.length) : value;
}

function truncate(count: bigint, value: string): string {
  const bytes = Buffer.from(value);
  const size = Number(count);
  if (size < 0) return bytes.length + size > 0 ? bytes.subarray(bytes.length + size).toString() : value;
  return bytes.length > size ? bytes.subarray(0, size).toString() : value;
}

function substring(start: bigint, end: bigint, value: string): string {
  const bytes = Buffer.from(value);
  const [from, to] = [Number(start), Number(end)];
  if (from < 0) return slice(bytes, 0, to);
  return to < 0 || to > bytes.length ? slice(bytes, from, bytes.length) : slice(bytes, from, to);
}

function slice(bytes: Buffer, from: number, to: number): string {
  if (from > to || from > bytes.length || to < 0) {
    throw new Error(`runtime error: slice bounds out of range [${from}:${to}]`);
  }
  return bytes.subarray(from, to).toString();
}

function repeat(count: bigint, value: string): string {
  if (count < 0n) throw new Error('strings: negative Repeat count');
  if (count * BigInt(value.length) > BigInt(maxChars)) throw new Error('strings: Repeat output length overflow');
  return value.repeat(Number(count));
}

function indent(spaces: bigint, value: string): string {
  const pad = ' '.repeat(Math.max(0, Math.min(Number(spaces), 1000)));
  return pad + value.replaceAll('\n', `\n${pad}`);
}

function alignLeft(count: bigint, value: string): string {
  const chars = [...value];
  const size = Math.min(Number(count), maxChars);
  if (size < 0 || size === chars.length) return value;
  return size > chars.length ? value + ' '.repeat(size - chars.length) : chars.slice(0, size).join('');
}

function alignRight(count: bigint, value: string): string {
  const chars = [...value];
  const size = Math.min(Number(count), maxChars);
  if (size < 0 || size === chars.length) return value;
  return size > chars.length ? ' '.repeat(size - chars.length) + value : chars.slice(chars.length - size).join('');
}

function queryUnescape(value: string): string {
  const bad = /%(?![0-9a-fA-F]{2}).{0,2}/s.exec(value);
  if (bad) throw new Error(`invalid URL escape ${JSON.stringify(bad[0])}`);
  const bytes = value.replaceAll('+', ' ').replace(/%([0-9a-fA-F]{2})/g, (_all, hex: string) => {
    return String.fromCharCode(Number.parseInt(hex, 16));
  });
  return value.includes('%') ? decodeMixed(bytes) : bytes;
}

// Escaped bytes stand as characters below 256 beside characters of the text itself.
function decodeMixed(mixed: string): string {
  return [...mixed.matchAll(/[\u0000-\u00ff]+|[^\u0000-\u00ff]+/gu)]
    .map(([run]) => ((run.codePointAt(0) ?? 0) < 256 ? Buffer.from(run, 'latin1').toString('utf8') : run))
    .join('');
}

// The error becomes the output, as in the library behind Loki.
function decodeBase64(value: string): string {
  const clean = value.replace(/[\r\n]/g, '');
  const good = /^[A-Za-z0-9+/]*={0,2}/.exec(clean)?.[0] ?? '';
  if (good.length !== clean.length || clean.length % 4 !== 0) {
    const at = good.length === clean.length ? clean.length - (clean.length % 4) : good.length;
    return `illegal base64 data at input byte ${at}`;
  }
  return Buffer.from(clean, 'base64').toString('utf8');
}
