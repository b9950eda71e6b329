// Refusals of TraceQL texts: our own words for people, Tempo's words for its API.
import { QueryError, type QueryErrorKind } from '../errors/query-error.ts';
import { findNearest } from '../std/nearest.ts';
import type { Place } from './ast.ts';
import { keywords, literalWords, type Token } from './lexer.ts';

/** What Tempo lists in "expecting …": at most four, in the order of its grammar; more are not listed. */
const expectedOrder = [
  'IDENTIFIER',
  'STRING',
  'INTEGER',
  'FLOAT',
  'DURATION',
  '.',
  '{',
  '}',
  '(',
  ')',
  ',',
  'nil',
  'true',
  'false',
  'duration',
  'childCount',
  'name',
  'status',
  'statusMessage',
  'parent',
  'kind',
  'rootName',
  'rootServiceName',
  'rootService',
  'traceDuration',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
  'id',
  'traceID',
  'spanID',
  'parentID',
  'timeSinceStart',
  'version',
  'resource.',
  'span.',
  'END_ATTRIBUTE',
  'topk',
  'bottomk',
  'with',
  '|',
  '=',
  '!=',
  '-',
];
const longestExpectedList = 4;

const tokenWords: Readonly<Record<string, string>> = {
  IDENTIFIER: 'a name',
  STRING: 'a string',
  INTEGER: 'a whole number',
  FLOAT: 'a number',
  DURATION: 'a duration',
  END_ATTRIBUTE: 'the end of the name',
  $end: 'the end of the query',
};

/** Slips of hands used to other languages, and what TraceQL has instead. */
const slips: Readonly<Record<string, string>> = {
  and: 'write && instead of and',
  AND: 'write && instead of AND',
  or: 'write || instead of or',
  OR: 'write || instead of OR',
  not: 'write ! before a bracket, or != and !~ as comparison',
  '#': 'comments are written // …',
  limit: 'the number of results is a parameter of the request, not of the query',
};

/** The refusal of a token that cannot stand here. `expected` lists the tokens that could, if they are few. */
export function makeSyntaxError(
  query: string,
  token: Token,
  expected: readonly string[],
  previous?: Token,
): QueryError {
  const listed = expectedOrder.filter((kind) => expected.includes(kind));
  const few = expected.length <= longestExpectedList ? listed : [];
  const problem =
    token.error ?? `syntax error: unexpected ${token.kind}${few.length ? `, expecting ${few.join(' or ')}` : ''}`;
  const suggestion = suggestFix(token, previous);
  const what = token.error ?? `unexpected ${describeToken(token)}`;
  return new QueryError({
    language: 'traceql',
    kind: 'syntax',
    message: suggestion ? `${what}: ${suggestion}` : what,
    serverText: `${describeServerPlace(query, token)}${problem}`,
    query,
    start: token.start,
    end: Math.max(token.end, token.start + 1),
    expected: few.map((kind) => tokenWords[kind] ?? kind),
    ...(suggestion ? { suggestion } : {}),
  });
}

/** The refusal of a bare word where a value or field must stand. */
export function makeUnknownIdentifier(query: string, token: Token): QueryError {
  const name = String(token.value);
  const slip =
    slips[name] ?? (name.startsWith("'") ? `strings stand in double quotes: "${name.slice(1, -1)}"` : undefined);
  const near = findNearest(name, intrinsicWords);
  const suggestion = slip ?? `${near.length ? `${near.join(' or ')}, or ` : ''}an attribute: .${name} or span.${name}`;
  return new QueryError({
    language: 'traceql',
    kind: 'syntax',
    message: `unknown identifier ${name}: ${slip ?? `did you mean ${suggestion}?`}`,
    serverText: `${describeServerPlace(query, token)}unknown identifier: ${name}`,
    query,
    start: token.start,
    end: token.end,
    suggestion,
  });
}

/** A refusal of a text that parses. `serverText` is Tempo's message. */
export function makeInvalid(
  query: string,
  place: Place,
  texts: { readonly message: string; readonly serverText: string; readonly kind?: QueryErrorKind },
): QueryError {
  return new QueryError({
    language: 'traceql',
    kind: texts.kind ?? 'invalid',
    ...texts,
    query,
    start: place.start,
    end: place.end,
  });
}

/** A failure while running, which Tempo answers with status 500. */
export function makeExecutionError(message: string): QueryError {
  return new QueryError({ language: 'traceql', kind: 'execution', message, httpStatus: 500 });
}

/** The answer would be larger than there is room for; `message` says what to ask instead. */
export function makeTooLarge(message: string): QueryError {
  return new QueryError({ language: 'traceql', kind: 'execution', message, httpStatus: 400 });
}

function describeToken(token: Token): string {
  if (token.kind === 'IDENTIFIER') return `name ${String(token.value)}`;
  if (token.kind === 'STRING') return `string ${token.text}`;
  if (['INTEGER', 'FLOAT', 'DURATION'].includes(token.kind)) return token.text;
  return tokenWords[token.kind] ?? `\`${token.kind}\``;
}

// 1-based line and column in code points; an empty text is at no place.
function describeServerPlace(query: string, { serverStart, hidesLine }: Token): string {
  if (query === '') return 'parse error : ';
  const before = query.slice(0, serverStart);
  const line = hidesLine ? 0 : before.split('\n').length;
  const column = [...before.slice(before.lastIndexOf('\n') + 1)].length + 1;
  return `parse error at line ${line}, col ${column}: `;
}

function suggestFix(token: Token, previous: Token | undefined): string | undefined {
  const name = token.kind === 'IDENTIFIER' ? String(token.value) : undefined;
  if (name !== undefined && slips[name]) return slips[name];
  const pair = (previous?.kind ?? '') + token.kind;
  if (pair === '==') return 'write = for equality';
  if (pair === '<>') return 'write != for inequality';
  if (pair === '>>>') return 'write >> for descendants';
  if (token.kind === 'childCount') return 'write span:childCount';
  if (name === undefined) return undefined;
  const near = findNearest(name, functionWords);
  return near.length ? `did you mean ${near.join(' or ')}?` : undefined;
}

const intrinsicWords = [
  'duration',
  'name',
  'status',
  'statusMessage',
  'kind',
  'rootName',
  'rootServiceName',
  'traceDuration',
  'nestedSetLeft',
  'nestedSetRight',
  'nestedSetParent',
  'trace:id',
  'trace:duration',
  'trace:rootName',
  'trace:rootService',
  'span:id',
  'span:parentID',
  'span:childCount',
  'event:name',
  'event:timeSinceStart',
  'link:traceID',
  'link:spanID',
  'instrumentation:name',
  'instrumentation:version',
  ...literalWords,
];

const functionWords = [...keywords].filter((word) =>
  /_over_time|^(count|avg|max|min|sum|by|coalesce|select|rate|compare|topk|bottomk|with)$/.test(word),
);
