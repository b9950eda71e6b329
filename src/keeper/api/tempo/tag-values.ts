// GET /api/search/tag/<name>/values and its v2: which values an attribute has.
import { QueryError } from '../../../errors/query-error.ts';
import type * as ast from '../../../traceql/ast.ts';
import { any } from '../../../traceql/conditions.ts';
import { listElements } from '../../../traceql/operators.ts';
import { intrinsicRef } from '../../../traceql/parse-field.ts';
import { parseTraceql } from '../../../traceql/parser.ts';
import { isSameRef } from '../../../traceql/simplify.ts';
import type { TraceSource } from '../../../traceql/source.ts';
import { formatValue, groupKey, type Static } from '../../../traceql/values.ts';
import { FetchView } from '../../../traceql/view.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from '../../../traceql/visibility.ts';
import { tagValuesResponse, typedTagValuesResponse } from '../../../wire/tempo/answer-protobuf.ts';
import type { ApiRequest, ApiResponse } from '../../http/types.ts';
import type { TraceStore } from '../../store/traces/trace-store.ts';
import { answerAs } from './answers.ts';
import { readUint32, refuse } from './params.ts';
import { type ConditionGroups, forEachRow, readFilter, readTagWindow, type TagWindow } from './tag-window.ts';

/** Words that stand for themselves, data or not. */
const keywordsByTag: Readonly<Record<string, readonly string[]>> = {
  status: ['ok', 'error', 'unset'],
  'span:status': ['ok', 'error', 'unset'],
  kind: ['client', 'server', 'producer', 'consumer', 'internal', 'unspecified'],
  'span:kind': ['client', 'server', 'producer', 'consumer', 'internal', 'unspecified'],
};
/** Too many different ones to list. */
const unlisted: ReadonlySet<string> = new Set([
  'duration',
  'traceDuration',
  'trace:id',
  'span:id',
  'span:parentID',
  'link:traceID',
  'link:spanID',
  'span:childCount',
  'status',
  'kind',
]);

const fixedV1: Readonly<Record<string, readonly string[]>> = {
  'status.code': ['unset', 'ok', 'error'],
  error: ['true'],
};
const intrinsicsV1: Readonly<Record<string, ast.Intrinsic>> = {
  name: 'name',
  rootName: 'rootName',
  rootServiceName: 'rootServiceName',
  'root.name': 'rootName',
  'root.service.name': 'rootServiceName',
};
const emptyV1: ReadonlySet<string> = new Set(['status', 'kind', 'duration']);

const typeNames: Partial<Record<Static['type'], string>> = {
  string: 'string',
  boolean: 'bool',
  int: 'int',
  float: 'float',
  duration: 'int',
  status: 'keyword',
};

/** Values as plain text. @throws HttpRefusal */
export function handleTagValuesV1(store: TraceStore, request: ApiRequest): ApiResponse {
  const { params, query } = request;
  const name = params.name ?? '';
  const window = readTagWindow(query);
  const source = store.snapshot();
  const found = emptyV1.has(name) ? [] : collectValues(source, refV1(name), window, undefined).map(formatValue);
  const codes = name === 'status.code' ? collectStatusCodes(source, window) : [];
  const tagValues = [...new Set([...(fixedV1[name] ?? []), ...found, ...codes])].sort();
  return answerAs(tagValuesResponse, { tagValues: limitTo(tagValues, query), metrics: {} }, request);
}

/** Values with their types. @throws HttpRefusal */
export function handleTagValuesV2(store: TraceStore, request: ApiRequest): ApiResponse {
  const { params, query } = request;
  const name = params.name ?? '';
  const ref = parseTag(name);
  const window = readTagWindow(query);
  const filter = readFilter(query);
  const keywords = (keywordsByTag[name] ?? []).map((value) => ({ type: 'keyword', value }));
  const isListed = ref.intrinsic === undefined || !unlisted.has(ref.intrinsic);
  const found = isListed ? collectFiltered(store.snapshot(), ref, window, filter) : [];
  const tagValues = [...keywords, ...found.map(valueToJson)];
  return answerAs(typedTagValuesResponse, { tagValues: limitTo(tagValues, query), metrics: {} }, request);
}

function limitTo<T>(values: readonly T[], params: URLSearchParams): readonly T[] {
  const limit = readUint32(params, 'limit') ?? 0;
  return limit === 0 ? values : values.slice(0, limit);
}

function valueToJson(value: Static): { type: string; value?: string } {
  const text = value.type === 'duration' ? String(value.value) : formatValue(value);
  return { type: typeNames[value.type] ?? 'string', ...(text === '' ? {} : { value: text }) };
}

function refV1(name: string): ast.AttributeRef {
  const intrinsic = intrinsicsV1[name];
  return intrinsic ? intrinsicRef(intrinsic) : { scope: 'none', parent: false, name, intrinsic: undefined };
}

function parseTag(name: string): ast.AttributeRef {
  try {
    const [first] = parseTraceql(`{${name}}`).pipeline.elements;
    if (first?.type === 'filter' && first.expression.type === 'attribute') return first.expression.ref;
  } catch (error) {
    if (!(error instanceof QueryError)) throw error;
    throw refuse(
      `please provide a valid tagName: failed to parse identifier ${name}: ${error.fields.serverText ?? error.message}`,
    );
  }
  throw refuse(`please provide a valid tagName: failed to parse identifier ${name}: expected Attribute`);
}

// A group that asks for one value of this very attribute is answered by that value.
function collectFiltered(
  source: TraceSource,
  ref: ast.AttributeRef,
  window: TagWindow,
  groups: ConditionGroups,
): Static[] {
  if (!groups) return collectValues(source, ref, window, undefined);
  const isAnswer = (group: (typeof groups)[number]) =>
    group.find((c) => c.op === '=' && isSameRef(c.ref, ref))?.operand;
  const given = groups.flatMap((group) => isAnswer(group) ?? []);
  const isDedicated =
    dedicatedSpanColumns.has(ref.name) || dedicatedResourceColumns.has(ref.name) || ref.intrinsic !== undefined;
  // In columns of their own all values are asked for, which outweighs what the filter says about them.
  const rest = groups
    .filter((group) => isAnswer(group) === undefined)
    .map((group) => (isDedicated ? group.filter((c) => !isSameRef(c.ref, ref)) : group));
  // Tempo mistakes the key for a value where the filter is about the attribute itself.
  const isAboutItself = !isDedicated && rest.some((group) => group.some((c) => isSameRef(c.ref, ref)));
  const key: Static[] = isAboutItself ? [{ type: 'string', value: ref.name }] : [];
  return [...given, ...key, ...(rest.length > 0 ? collectValues(source, ref, window, rest) : [])];
}

function collectValues(
  source: TraceSource,
  ref: ast.AttributeRef,
  window: TagWindow,
  groups: ConditionGroups,
): Static[] {
  const scopes =
    ref.scope === 'none' && !ref.intrinsic ? (['resource', 'span', 'instrumentation'] as const) : [ref.scope];
  const refs = scopes.map((scope) => ({ ...ref, scope, parent: false }));
  const values = new Map<string, Static>();
  const view = new FetchView(source, refs.map(any), {
    allConditions: false,
    treeColumns: new Set(),
    regexes: new Map(),
  });
  const isItem = ref.scope === 'event' || ref.scope === 'link' || /^(event|link):/.test(ref.intrinsic ?? '');
  const fields = refs.map((r) => view.field(r));
  forEachRow(source, window, groups, (row) => {
    if (isItem && !hasItems(source, ref, row)) return;
    const found = isItem ? view.list(row).map((seen) => seen.value) : fields.map((field) => field.get(row));
    for (const value of found) addValue(value, ref, values);
  });
  return [...values.values()];
}

function hasItems({ spans }: TraceSource, ref: ast.AttributeRef, row: number): boolean {
  const isEvent = ref.scope === 'event' || ref.intrinsic?.startsWith('event');
  const starts = isEvent ? spans.eventStarts : spans.linkStarts;
  return starts[row] !== starts[row + 1];
}

function addValue(value: Static | undefined, ref: ast.AttributeRef, values: Map<string, Static>): void {
  if (value === undefined || value.type === 'nil' || isAbsence(value, ref)) return;
  for (const element of listElements(value)) values.set(groupKey(element), element);
}

// Columns of their own show absence as the text "nil".
function isAbsence(value: Static, ref: ast.AttributeRef): boolean {
  const isDedicated = dedicatedSpanColumns.has(ref.name) || dedicatedResourceColumns.has(ref.name);
  return (
    value.type === 'string' &&
    isDedicated &&
    (value.value === 'nil' || (ref.name === 'service.name' && value.value === ''))
  );
}

function collectStatusCodes(source: TraceSource, window: TagWindow): string[] {
  const codes = new Set<number>();
  forEachRow(source, window, undefined, (row) => codes.add(source.spans.status[row]!)); // rows are of the source
  return [...codes].map(String);
}
