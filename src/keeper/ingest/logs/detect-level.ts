// `detected_level` of an entry: from a level label or field, the severity number, or words in the line, in that order.

import { eachField, JsonError, readString } from '../../../logql/stages/json-scanner.ts';
import { LogfmtScanner } from '../../../logql/stages/logfmt-scanner.ts';
import { type Labels, labelValue } from '../../../logql/values.ts';

const levelNames = [
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

/** The level of an entry; undefined when its metadata names one already. */
export function detectLevel(stream: Labels, metadata: Labels, line: string): string | undefined {
  if (metadata.some(([name]) => name === 'detected_level')) return undefined;
  const named = findNamed(stream) ?? findNamed(metadata);
  if (named !== undefined) return spellings[named.toLowerCase()] ?? named;
  const number = labelValue(metadata, 'severity_number');
  if (number !== '') return levelsByNumber[Math.ceil(Number(number) / 4) - 1] ?? 'unknown';
  return detectInLine(line);
}

function findNamed(labels: Labels): string | undefined {
  for (const wanted of levelNames) {
    const found = labels.find(([name]) => name === wanted);
    if (found) return found[1];
  }
  return undefined;
}

function detectInLine(line: string): string {
  const trimmed = line.trim();
  const json = trimmed.startsWith('{') && trimmed.endsWith('}');
  const found = json ? levelInJson(line) : line.includes('=') ? levelInLogfmt(line) : undefined;
  return spellings[found?.toLowerCase() ?? ''] ?? words.find(([, pattern]) => pattern.test(line))?.[0] ?? 'unknown';
}

function levelInJson(line: string): string | undefined {
  let found: string | undefined;
  const buffer = Buffer.from(line);
  const walk = (start: number, end: number, depth: number): boolean => {
    eachField({ buffer, start, end }, (field) => {
      if (field.type === 'string' && levelNames.includes(field.key)) found = readString(buffer, field.start, field.end);
      else if (field.type === 'object' && depth < 2) walk(field.start, field.end, depth + 1);
      return found === undefined;
    });
    return found === undefined;
  };
  try {
    walk(0, buffer.length, 1);
  } catch (error) {
    if (!(error instanceof JsonError)) throw error;
  }
  return found;
}

function levelInLogfmt(line: string): string | undefined {
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
