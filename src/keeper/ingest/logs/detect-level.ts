// `detected_level` of an entry: from a level label or field, the severity number, or words in the line, in that order.

import { JsonCursor } from '../../../logql/stages/json-cursor.ts';
import { eachField, JsonError, readString } from '../../../logql/stages/json-scanner.ts';
import { LogfmtScanner } from '../../../logql/stages/logfmt-scanner.ts';
import { type Labels, labelValue } from '../../../logql/values.ts';
import { ByteTable } from '../../../std/byte-table.ts';

/** Names under which a level is looked for, the first of them first. */
export const levelNames: readonly string[] = [
  'level',
  'LEVEL',
  'Level',
  'log.level',
  'severity',
  'SEVERITY',
  'Severity',
  'SeverityText',
  'lvl',
  'LVL',
  'Lvl',
  'severity_text',
  'Severity_Text',
  'SEVERITY_TEXT',
];

const spellings: Readonly<Record<string, string>> = {
  trace: 'trace',
  trc: 'trace',
  debug: 'debug',
  dbg: 'debug',
  info: 'info',
  inf: 'info',
  information: 'info',
  warn: 'warn',
  wrn: 'warn',
  warning: 'warn',
  error: 'error',
  err: 'error',
  critical: 'critical',
  fatal: 'fatal',
};

// OpenTelemetry gives each level four numbers, from 1 on.
const levelsByNumber = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'];

// Words stand alone, in small or capital letters; the first row that fits wins.
const words: readonly (readonly [level: string, pattern: RegExp])[] = [
  ['info', /\b(?:info|INFO)\b/],
  ['error', /\b(?:err|ERR|error|ERROR)\b/],
  ['warn', /\b(?:warn|WARN|warning|WARNING)\b/],
  ['critical', /\b(?:critical|CRITICAL)\b/],
  ['debug', /\b(?:debug|DEBUG)\b/],
];
const anyWord = /info|INFO|err|ERR|warn|WARN|critical|CRITICAL|debug|DEBUG/;
/** Without it a line of key=value pairs names no level. */
const anyLevelName = /level|severity|lvl/i;

/** The level of an entry; undefined when its metadata names one already. */
export function detectLevel(stream: Labels, metadata: Labels, line: string): string | undefined {
  if (metadata.some(([name]) => name === 'detected_level')) return undefined;
  const named = findNamed(stream) ?? findNamed(metadata);
  if (named !== undefined) return levelOfText(named);
  const number = labelValue(metadata, 'severity_number');
  return number === '' ? levelOfLine(Buffer.from(line)) : levelOfNumber(Number(number));
}

/** The level that a value of a level label means. */
export function levelOfText(text: string): string {
  return spellings[text.toLowerCase()] ?? text;
}

/** The level of OpenTelemetry's severity number. */
export function levelOfNumber(number: number): string {
  return levelsByNumber[Math.ceil(number / 4) - 1] ?? 'unknown';
}

/** The value that names a level among labels. */
export function findNamed(labels: Labels): string | undefined {
  for (const wanted of levelNames) {
    const found = labels.find(([name]) => name === wanted);
    if (found) return found[1];
  }
  return undefined;
}

/** The level that a line speaks of by itself. */
export function levelOfLine(line: Buffer): string {
  if (looksLikeJson(line)) return spell(levelInJson(line)) ?? levelInWords(line.toString('utf8'));
  const text = line.toString('utf8');
  return spell(text.includes('=') ? levelInLogfmt(text) : undefined) ?? levelInWords(text);
}

function spell(found: string | undefined): string | undefined {
  return found === undefined ? undefined : spellings[found.toLowerCase()];
}

function levelInWords(text: string): string {
  if (!anyWord.test(text)) return 'unknown';
  return words.find(([, pattern]) => pattern.test(text))?.[0] ?? 'unknown';
}

function looksLikeJson(line: Buffer): boolean {
  const [first = 0, last = 0] = [line[0], line[line.length - 1]];
  if (first === 0x7b && last === 0x7d) return true;
  // Blanks around it, of any alphabet, are rare.
  if (!isBlankOrMore(first) && !isBlankOrMore(last)) return false;
  const text = line.toString('utf8').trim();
  return text.startsWith('{') && text.endsWith('}');
}

function isBlankOrMore(byte: number): boolean {
  return byte <= 0x20 || byte >= 0x80;
}

const maxJsonDepth = 2;
const cursors = Array.from({ length: maxJsonDepth }, () => new JsonCursor());
const levelKeys = makeLevelKeys();

function levelInJson(line: Buffer): string | undefined {
  const found = findInJson(line, 0, line.length, 0);
  return found === 'unusual' ? levelInOddJson(line) : found?.text;
}

// The fast way: no text is made of keys and values that do not matter.
function findInJson(
  line: Buffer,
  start: number,
  end: number,
  depth: number,
): { readonly text: string } | 'unusual' | undefined {
  const cursor = cursors[depth];
  if (cursor === undefined || !cursor.enter(line, start, end)) return 'unusual';
  for (let state = cursor.next(); state !== 'end'; state = cursor.next()) {
    if (state === 'unusual') return state;
    const { type, keyStart, keyEnd, valueStart, valueEnd } = cursor;
    if (type === 'string' && levelKeys.find(0, line, keyStart, keyEnd) !== -1)
      return { text: readString(line, valueStart, valueEnd) };
    if (type !== 'object' || depth + 1 >= maxJsonDepth) continue;
    const found = findInJson(line, valueStart, valueEnd, depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}

function levelInOddJson(line: Buffer): string | undefined {
  let found: string | undefined;
  const walk = (start: number, end: number, depth: number): boolean => {
    eachField({ buffer: line, start, end }, (field) => {
      if (field.type === 'string' && levelNames.includes(field.key)) found = readString(line, field.start, field.end);
      else if (field.type === 'object' && depth < maxJsonDepth) walk(field.start, field.end, depth + 1);
      return found === undefined;
    });
    return found === undefined;
  };
  try {
    walk(0, line.length, 1);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  return found;
}

function levelInLogfmt(line: string): string | undefined {
  if (!anyLevelName.test(line)) return undefined;
  const scanner = new LogfmtScanner(line);
  let best: { rank: number; value: string } | undefined;
  while (!scanner.done) {
    const pair = scanner.next();
    if (pair === undefined) return best?.value;
    const rank = levelNames.findIndex((name) => name.toLowerCase() === pair.key.toLowerCase());
    if (rank !== -1 && rank < (best?.rank ?? levelNames.length)) best = { rank, value: pair.value };
  }
  return best?.value;
}

function makeLevelKeys(): ByteTable {
  const table = new ByteTable();
  for (const name of levelNames) table.add(0, Buffer.from(name), 0, name.length);
  return table;
}
