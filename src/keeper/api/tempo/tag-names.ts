// GET /api/search/tags and /api/v2/search/tags: which attributes there are, by scope.
import type { AttributeColumns, TraceSource } from '../../../traceql/source.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from '../../../traceql/visibility.ts';
import { scopedTagNamesResponse, tagNamesResponse } from '../../../wire/tempo/answer-protobuf.ts';
import type { ApiRequest, ApiResponse } from '../../http/types.ts';
import type { TraceStore } from '../../store/traces/trace-store.ts';
import { answerAs } from './answers.ts';
import { readText, readUint32, refuse } from './params.ts';
import { type ConditionGroups, forEachRow, readFilter, readTagWindow, type TagWindow } from './tag-window.ts';

const attributeScopes = ['resource', 'instrumentation', 'span', 'event', 'link'] as const;
type AttributeScope = (typeof attributeScopes)[number];
const otherScopes: ReadonlySet<string> = new Set(['', 'none', 'trace', 'intrinsic']);

/** What is offered beside attributes; nested sets and child counts are of no use to someone typing. */
const intrinsics = [
  'duration',
  'name',
  'status',
  'statusMessage',
  'kind',
  'rootServiceName',
  'rootName',
  'traceDuration',
  'event:name',
  'event:timeSinceStart',
  'link:spanID',
  'link:traceID',
  'instrumentation:name',
  'instrumentation:version',
  'trace:id',
  'span:id',
  'span:parentID',
  'span:status',
  'span:statusMessage',
  'span:duration',
  'span:name',
  'span:kind',
  'trace:rootName',
  'trace:rootService',
  'trace:duration',
];

/** All names in one list. @throws HttpRefusal */
export function handleTagNamesV1(store: TraceStore, request: ApiRequest): ApiResponse {
  const { query: params } = request;
  const scope = readScope(params);
  const names = collectNames(store, params, scope, undefined);
  const tagNames =
    scope === 'intrinsic' ? intrinsics : [...new Set([...names.values()].flatMap((set) => [...set]))].sort();
  return answerAs(tagNamesResponse, { tagNames, metrics: {} }, request);
}

/** Names by scope. @throws HttpRefusal */
export function handleTagNamesV2(store: TraceStore, request: ApiRequest): ApiResponse {
  const { query: params } = request;
  const scope = readScope(params);
  const limit = readUint32(params, 'limit') || Number.POSITIVE_INFINITY;
  const names = collectNames(store, params, scope, readFilter(params));
  const scopes = [...names]
    .filter(([, set]) => set.size > 0)
    .map(([name, set]) => ({ name, tags: [...set].sort().slice(0, limit) }));
  const wantsIntrinsics = otherScopes.has(scope) && scope !== 'trace';
  const more = wantsIntrinsics ? [{ name: 'intrinsic', tags: intrinsics.slice(0, limit) }] : [];
  return answerAs(scopedTagNamesResponse, { scopes: [...scopes, ...more], metrics: {} }, request);
}

function readScope(params: URLSearchParams): string {
  const scope = readText(params, 'scope') ?? '';
  const isKnown = otherScopes.has(scope) || attributeScopes.some((known) => known === scope);
  if (!isKnown) throw refuse(`invalid scope: ${scope}`);
  return scope;
}

type Names = Map<AttributeScope, Set<string>>;

function collectNames(store: TraceStore, params: URLSearchParams, scope: string, groups: ConditionGroups): Names {
  const window = readTagWindow(params);
  const wanted = attributeScopes.filter((known) => known === scope || scope === '' || scope === 'none');
  const source = store.snapshot();
  const keys = collectKeys(source, window, groups, wanted);
  const names: Names = new Map(
    wanted.map((known) => [known, new Set([...(keys.get(known) ?? [])].map((key) => source.key(key)))]),
  );
  if (groups) addDedicated(source, window, names);
  return names;
}

// Columns of their own are offered whenever they have a value at all, whatever the filter.
function addDedicated(source: TraceSource, window: TagWindow, names: Names): void {
  const all = collectKeys(source, window, undefined, ['span', 'resource']);
  const columns = [
    ['span', dedicatedSpanColumns],
    ['resource', dedicatedResourceColumns],
  ] as const;
  for (const [scope, dedicated] of columns) {
    for (const key of all.get(scope) ?? []) if (dedicated.has(source.key(key))) names.get(scope)?.add(source.key(key));
  }
}

function collectKeys(
  source: TraceSource,
  window: TagWindow,
  groups: ConditionGroups,
  scopes: readonly AttributeScope[],
): Map<AttributeScope, Set<number>> {
  const keys = new Map(scopes.map((scope) => [scope, new Set<number>()]));
  const owners = makeOwners(source);
  const seen = { resource: new Set<number>(), instrumentation: new Set<number>() };
  // Tempo joins events and links of a span by their places when a filter asks for the names of both.
  const isJoined = groups !== undefined && scopes.includes('event') && scopes.includes('link');
  forEachRow(source, window, groups, (row) => {
    const pairs = isJoined ? countPairs(source, row) : Number.POSITIVE_INFINITY;
    if (pairs === undefined) return;
    for (const [scope, set] of keys) {
      const { columns, first, end: last } = owners[scope](row);
      const end = scope === 'event' || scope === 'link' ? Math.min(last, first + pairs) : last;
      if (scope === 'resource' || scope === 'instrumentation') {
        if (seen[scope].has(first)) continue;
        seen[scope].add(first);
      }
      addKeys(columns, first, end, set);
    }
  });
  return keys;
}

// Events that have a link at the same place; undefined for spans that fall out of the join: those with only one of both.
function countPairs({ spans }: TraceSource, row: number): number | undefined {
  const { eventStarts, linkStarts } = spans;
  // Rows have a start and an end.
  const events = eventStarts[row + 1]! - eventStarts[row]!;
  const links = linkStarts[row + 1]! - linkStarts[row]!;
  return events === 0 && links === 0 ? 0 : Math.min(events, links) || undefined;
}

function addKeys({ starts, keys }: AttributeColumns, first: number, end: number, into: Set<number>): void {
  // Owners have a start and an end, and keys between them.
  for (let i = starts[first]!; i < starts[end]!; i++) into.add(keys[i]!);
}

interface Owners {
  readonly columns: AttributeColumns;
  readonly first: number;
  readonly end: number;
}

function makeOwners({
  spans,
  resources,
  scopes,
  events,
  links,
}: TraceSource): Record<AttributeScope, (row: number) => Owners> {
  const one = (columns: AttributeColumns, owner: number): Owners => ({ columns, first: owner, end: owner + 1 });
  // Rows are of the source.
  return {
    span: (row) => one(spans.attributes, row),
    resource: (row) => one(resources.attributes, spans.resource[row]!),
    instrumentation: (row) => one(scopes.attributes, spans.scope[row]!),
    event: (row) => ({ columns: events.attributes, first: spans.eventStarts[row]!, end: spans.eventStarts[row + 1]! }),
    link: (row) => ({ columns: links.attributes, first: spans.linkStarts[row]!, end: spans.linkStarts[row + 1]! }),
  };
}
