// Parses a stream selector and the stages of its pipeline. One function per stage, found in a table by its first word.
import type {
  Comparison,
  LabelExtraction,
  LabelFilter,
  LabelFormat,
  LineFilterStage,
  LineFilterTerm,
  LineFilterType,
  LogExpr,
  Matcher,
  MatchType,
  NamedMatcher,
  StageExpr,
} from './ast.ts';
import { formatBytesSize, parseBytesSize } from './bytes-size.ts';
import type { TokenCursor } from './token-cursor.ts';
import { checkMatcher, checkPatternStage, checkRegexpStage } from './validate.ts';

const lineFilterSigns: ReadonlySet<string> = new Set(['|~', '|=', '|>', '!~', '!=', '!>']);
const matchSigns: readonly MatchType[] = ['=', '=~', '!~', '!='];
const stageHint = ['json', 'logfmt', 'pattern', 'regexp', 'unpack', 'line_format', 'label_format', 'drop', 'keep'];
export const afterPipe = [...stageHint, 'decolorize', 'a label filter'];

/** Parses `{…}` with the stages that follow. */
export function parseLogExpr(cursor: TokenCursor): LogExpr {
  const { start } = cursor.token;
  const matchers = parseSelector(cursor);
  const stages = parseStages(cursor);
  return { kind: 'log', matchers, stages, start, end: cursor.lastEnd };
}

/** Parses `{a="b", c=~"d"}`. */
export function parseSelector(cursor: TokenCursor): Matcher[] {
  cursor.expect('{');
  if (cursor.takeIf('}')) return [];
  if (!cursor.is('IDENTIFIER')) throw cursor.unexpected({ expected: ['IDENTIFIER', '}'] });
  const matchers = [parseMatcher(cursor)];
  while (cursor.takeIf(',')) matchers.push(parseMatcher(cursor));
  if (!cursor.takeIf('}')) throw cursor.unexpected({ expected: ['}', ','] });
  return matchers;
}

function parseMatcher(cursor: TokenCursor): Matcher {
  return parseMatcherAfter(cursor, cursor.expect('IDENTIFIER'));
}

function parseMatcherAfter(cursor: TokenCursor, name: { value: string; start: number }): Matcher {
  const type = takeMatchSign(cursor);
  const value = cursor.expect('STRING');
  const matcher: Matcher = { name: name.value, type, value: value.value, start: name.start, end: value.end };
  checkMatcher(cursor.query, matcher);
  return matcher;
}

function takeMatchSign(cursor: TokenCursor): MatchType {
  const sign = cursor.expect(...matchSigns);
  return sign.kind as MatchType; // expect() lets only these kinds pass
}

/** Parses stages until something that begins none; leaves `| unwrap` to the caller. */
export function parseStages(cursor: TokenCursor): StageExpr[] {
  const stages: StageExpr[] = [];
  for (;;) {
    if (lineFilterSigns.has(cursor.token.kind)) stages.push(parseLineFilter(cursor));
    else if (cursor.is('|')) {
      const pipe = cursor.take();
      if (cursor.is('unwrap')) {
        cursor.pendingPipe = pipe;
        return stages;
      }
      stages.push(parseStage(cursor, pipe.start));
    } else return stages;
  }
}

type StageParser = (cursor: TokenCursor, start: number) => StageExpr;

const stageParsers: Readonly<Record<string, StageParser>> = {
  json: (cursor, start) => {
    cursor.take();
    return { kind: 'json', extractions: parseExtractions(cursor), start, end: cursor.lastEnd };
  },
  logfmt: parseLogfmt,
  regexp: (cursor, start) => {
    cursor.take();
    const pattern = cursor.expect('STRING').value;
    return checkRegexpStage(cursor.query, { kind: 'regexp', pattern, start, end: cursor.lastEnd });
  },
  pattern: (cursor, start) => {
    cursor.take();
    const pattern = cursor.expect('STRING').value;
    return checkPatternStage(cursor.query, { kind: 'pattern', pattern, start, end: cursor.lastEnd });
  },
  unpack: (cursor, start) => {
    cursor.take();
    return { kind: 'unpack', start, end: cursor.lastEnd };
  },
  decolorize: (cursor, start) => {
    cursor.take();
    return { kind: 'decolorize', start, end: cursor.lastEnd };
  },
  line_format: (cursor, start) => {
    cursor.take();
    return { kind: 'line_format', template: cursor.expect('STRING').value, start, end: cursor.lastEnd };
  },
  label_format: (cursor, start) => {
    cursor.take();
    const formats = [parseLabelFormat(cursor)];
    while (cursor.takeIf(',')) formats.push(parseLabelFormat(cursor));
    return { kind: 'label_format', formats, start, end: cursor.lastEnd };
  },
  drop: (cursor, start) => parseDropOrKeep(cursor, 'drop', start),
  keep: (cursor, start) => parseDropOrKeep(cursor, 'keep', start),
  IDENTIFIER: parseLabelFilterStage,
  '(': parseLabelFilterStage,
};

function parseStage(cursor: TokenCursor, start: number): StageExpr {
  const parse = stageParsers[cursor.token.kind];
  if (parse === undefined) throw cursor.unexpected({ hint: afterPipe });
  return parse(cursor, start);
}

function parseLineFilter(cursor: TokenCursor): LineFilterStage {
  const sign = cursor.take();
  const terms = [parseLineFilterTerm(cursor)];
  while (cursor.takeIf('or')) terms.push(parseLineFilterTerm(cursor));
  const type = sign.kind as LineFilterType; // the caller checked it against lineFilterSigns
  return { kind: 'line_filter', type, terms, start: sign.start, end: cursor.lastEnd };
}

function parseLineFilterTerm(cursor: TokenCursor): LineFilterTerm {
  const first = cursor.expect('STRING', 'ip');
  if (first.kind === 'STRING') return { text: first.value, ip: false };
  return { text: parseIpArgument(cursor), ip: true };
}

function parseIpArgument(cursor: TokenCursor): string {
  cursor.expect('(');
  const text = cursor.expect('STRING').value;
  cursor.expect(')');
  return text;
}

function parseLogfmt(cursor: TokenCursor, start: number): StageExpr {
  cursor.take();
  const flags = new Set<string>();
  for (let flag = cursor.takeIf('PARSER_FLAG'); flag; flag = cursor.takeIf('PARSER_FLAG')) flags.add(flag.value);
  const extractions = parseExtractions(cursor);
  const strict = flags.has('--strict');
  return { kind: 'logfmt', strict, keepEmpty: flags.has('--keep-empty'), extractions, start, end: cursor.lastEnd };
}

function parseExtractions(cursor: TokenCursor): LabelExtraction[] {
  if (!cursor.is('IDENTIFIER')) return [];
  const list = [parseExtraction(cursor)];
  while (cursor.takeIf(',')) list.push(parseExtraction(cursor));
  return list;
}

function parseExtraction(cursor: TokenCursor): LabelExtraction {
  const label = cursor.expect('IDENTIFIER').value;
  return { label, expression: cursor.takeIf('=') ? cursor.expect('STRING').value : label };
}

function parseLabelFormat(cursor: TokenCursor): LabelFormat {
  const to = cursor.expect('IDENTIFIER').value;
  cursor.expect('=');
  const value = cursor.expect('IDENTIFIER', 'STRING');
  return value.kind === 'STRING' ? { to, template: value.value } : { to, from: value.value };
}

function parseDropOrKeep(cursor: TokenCursor, kind: 'drop' | 'keep', start: number): StageExpr {
  cursor.take();
  const names = [parseNamedMatcher(cursor)];
  while (cursor.takeIf(',')) names.push(parseNamedMatcher(cursor));
  return { kind, names, start, end: cursor.lastEnd };
}

function parseNamedMatcher(cursor: TokenCursor): NamedMatcher {
  const name = cursor.expect('IDENTIFIER');
  if (!cursor.is(...matchSigns)) return { name: name.value };
  return { name: name.value, matcher: parseMatcherAfter(cursor, name) };
}

function parseLabelFilterStage(cursor: TokenCursor, start: number): StageExpr {
  return { kind: 'label_filter', filter: parseLabelFilter(cursor), start, end: cursor.lastEnd };
}

/**
 * Parses a label filter. `and` binds tighter than `or`; a comma or nothing between two filters means `and` too but takes
 * all that follows as its right side, as Loki's grammar does.
 */
export function parseLabelFilter(cursor: TokenCursor, above = 0): LabelFilter {
  let left = parseLabelFilterTerm(cursor);
  for (;;) {
    const joined = cursor.is(',', 'IDENTIFIER', '(');
    const strength = joined ? 3 : cursor.is('and') ? 2 : cursor.is('or') ? 1 : 0;
    if (strength <= above && !joined) return left;
    const kind = cursor.is('or') ? 'or' : 'and';
    const bare = cursor.is('IDENTIFIER', '(');
    if (!bare) cursor.take();
    const right = cursor.nested(() => parseLabelFilter(cursor, joined ? 0 : strength));
    left = { kind, left, right, start: left.start, end: right.end };
  }
}

function parseLabelFilterTerm(cursor: TokenCursor): LabelFilter {
  const first = cursor.expect('IDENTIFIER', '(');
  if (first.kind === '(') {
    const inner = cursor.nested(() => parseLabelFilter(cursor));
    if (!cursor.takeIf(')')) throw cursor.unexpected({ hint: [')', 'and', 'or'] });
    return inner;
  }
  const sign = cursor.token;
  if (!cursor.is('=', '=~', '!~', '!=', '==', '>', '>=', '<', '<=')) {
    throw cursor.unexpected({ hint: ['a comparison such as = or >'] });
  }
  cursor.take();
  return parseComparison(cursor, { name: first.value, start: first.start }, sign.kind);
}

const amountKinds: Readonly<Record<string, 'duration' | 'bytes' | 'number'>> = {
  DURATION: 'duration',
  BYTES: 'bytes',
  NUMBER: 'number',
};

function parseComparison(cursor: TokenCursor, of: { name: string; start: number }, sign: string): LabelFilter {
  const { name, start } = of;
  const takesString = sign === '=' || sign === '!=' || sign === '=~' || sign === '!~';
  if (sign === '=~' || sign === '!~') cursorMustSeeString(cursor);
  if (takesString && cursor.is('STRING')) {
    const value = cursor.take();
    const matcher: Matcher = { name, type: sign, value: value.value, start, end: value.end };
    checkMatcher(cursor.query, matcher);
    return { kind: 'string', matcher, start, end: value.end };
  }
  if ((sign === '=' || sign === '!=') && cursor.takeIf('ip')) {
    return { kind: 'ip', name, op: sign, pattern: parseIpArgument(cursor), start, end: cursor.lastEnd };
  }
  const op = (sign === '=' ? '==' : sign) as Comparison; // the signs without a numeric form were dealt with above
  const negative = cursor.is('-');
  if (cursor.takeIf('+', '-')) {
    const value = parseNumber(cursor) * (negative ? -1 : 1);
    return { kind: 'number', name, op, value, start, end: cursor.lastEnd };
  }
  const kind = amountKinds[cursor.token.kind];
  if (kind === undefined) throw cursor.unexpected({ hint: ['a number', 'a duration', 'a size', 'a quoted string'] });
  const value = readAmount(cursor, kind);
  return { kind, name, op, value, start, end: cursor.lastEnd };
}

function cursorMustSeeString(cursor: TokenCursor): void {
  if (!cursor.is('STRING')) throw cursor.unexpected({ expected: ['STRING'] });
}

// Loki hands a query on as printed text, and sizes print rounded: 640KiB compares as 655kB, and so it does here.
function readAmount(cursor: TokenCursor, kind: 'duration' | 'bytes' | 'number'): number {
  if (kind === 'number') return parseNumber(cursor);
  const { amount } = cursor.take();
  return kind === 'bytes' ? (parseBytesSize(formatBytesSize(amount)) ?? amount) : amount;
}

/** Reads a NUMBER token as Go's ParseFloat does. */
export function parseNumber(cursor: TokenCursor): number {
  const token = cursor.expect('NUMBER');
  const value = Number(token.value.replaceAll('_', ''));
  if (Number.isNaN(value) || !Number.isFinite(value)) {
    const detail = `strconv.ParseFloat: parsing ${JSON.stringify(token.value)}: invalid syntax`;
    throw cursor.invalid(token, `unable to parse literal as a float: ${detail}`, 'this is not a number');
  }
  return value;
}
