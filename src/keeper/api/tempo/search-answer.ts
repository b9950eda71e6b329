// The answer of /api/search as JSON.
import { readRootName, readRootService, readServiceName, readTraceDurationNs } from '../../../traceql/fields.ts';
import type { Seen } from '../../../traceql/items.ts';
import type { Spanset } from '../../../traceql/pipeline.ts';
import type { FoundTrace, SearchResult } from '../../../traceql/search.ts';
import type { TraceSource } from '../../../traceql/source.ts';
import { staticToJson } from './static-json.ts';

const nanosPerMs = 1e6;
const errorStatus = 2;
const noRoot = '<root span not yet received>';
/** Known from fields of the answer's own. */
const unlisted: ReadonlySet<string> = new Set([
  'name',
  'duration',
  'traceDuration',
  'rootServiceName',
  'rootName',
  'trace:id',
  'span:id',
]);

/** The answer to a TraceQL search; of each spanset at most `spansPerSet` spans are written (0: all). */
export function searchAnswer(source: TraceSource, result: SearchResult, spansPerSet: number): object {
  return {
    traces: result.traces.map((found) => traceToJson(source, found, result, spansPerSet)),
    metrics: { inspectedTraces: result.inspectedTraces, completedJobs: 1, totalJobs: 1 },
  };
}

const nothingTaken: ReadonlySet<string> = new Set();

/** The head of a trace, which is all that a search by tags answers. What the query groups by is missing there, as in Tempo. */
export function traceHead(source: TraceSource, trace: number, groupedBy = nothingTaken): Record<string, unknown> {
  const durationMs = Math.trunc(readTraceDurationNs(source, trace) / nanosPerMs);
  const rootTraceName = readRootName(source, trace);
  const { startSec, startNano, rootRow } = source.traces;
  const hasService = rootRow[trace] !== -1 && !groupedBy.has('rootServiceName');
  return {
    ...(groupedBy.has('trace:id') ? {} : { traceID: source.traceId(trace).replace(/^0+/, '') }),
    rootServiceName: hasService ? readRootService(source, trace) : noRoot,
    ...(rootTraceName && !groupedBy.has('rootName') ? { rootTraceName } : {}),
    startTimeUnixNano: joinNanos(startSec[trace]!, startNano[trace]!), // traces are of the source
    ...(durationMs && !groupedBy.has('traceDuration') ? { durationMs } : {}),
  };
}

function traceToJson(source: TraceSource, found: FoundTrace, result: SearchResult, spansPerSet: number): unknown {
  const spanSets = found.spansets.map((set) => spansetToJson(source, set, result, spansPerSet));
  return {
    ...traceHead(source, found.trace, result.groupedBy),
    spanSet: spanSets[0],
    spanSets,
    serviceStats: countServices(source, found.trace),
  };
}

function spansetToJson(source: TraceSource, set: Spanset, { plan }: SearchResult, spansPerSet: number): unknown {
  const rows = spansPerSet === 0 ? set.rows : set.rows.slice(0, spansPerSet);
  const attributes = set.attributes.map(({ name, value }) => ({ key: name, value: staticToJson(value) }));
  return {
    spans: rows.map((row) => spanToJson(source, row, plan.show(row))),
    matched: set.rows.length,
    ...(attributes.length > 0 ? { attributes } : {}),
  };
}

function spanToJson({ spans }: TraceSource, row: number, seen: readonly Seen[]): unknown {
  const byKey = new Map(seen.map((s) => [`${s.ref.scope}.${s.ref.name}/${s.ref.intrinsic ?? ''}`, s]));
  const name = seen.find((s) => s.ref.intrinsic === 'name')?.value;
  const listed = [...byKey.values()].filter(({ ref }) => ref.intrinsic === undefined || !unlisted.has(ref.intrinsic));
  // Rows are of the source.
  const durationNs = spans.durationNs[row]!;
  return {
    spanID: spans.idHigh[row]!.toString(16).padStart(8, '0') + spans.idLow[row]!.toString(16).padStart(8, '0'),
    ...(name?.type === 'string' && name.value ? { name: name.value } : {}),
    startTimeUnixNano: joinNanos(spans.startSec[row]!, spans.startNano[row]!),
    ...(durationNs ? { durationNanos: String(durationNs) } : {}),
    ...(listed.length > 0
      ? { attributes: listed.map((s) => ({ key: s.ref.name, value: staticToJson(s.value) })) }
      : {}),
  };
}

interface ServiceStats {
  spanCount: number;
  errorCount?: number;
}

// Names are looked up once for each resource, and spans of one mostly came one behind the other: traces may have thousands.
function countServices(source: TraceSource, trace: number): Record<string, ServiceStats> {
  const { next, resource, status } = source.spans;
  const stats = new Map<string, ServiceStats>();
  const byResource = new Map<number, ServiceStats>();
  let last = -1;
  let own: ServiceStats = { spanCount: 0 };
  for (let row = source.traces.firstRow[trace]!; row !== -1; row = next[row]!) {
    const owner = resource[row]!; // rows are of the source
    if (owner !== last) {
      own = byResource.get(owner) ?? statsOf(source, owner, stats);
      byResource.set(owner, own);
      last = owner;
    }
    own.spanCount++;
    if (status[row] === errorStatus) own.errorCount = (own.errorCount ?? 0) + 1;
  }
  return Object.fromEntries(stats);
}

// Resources of one service share their numbers.
function statsOf(source: TraceSource, resource: number, stats: Map<string, ServiceStats>): ServiceStats {
  const service = readServiceName(source, resource);
  const known = stats.get(service) ?? { spanCount: 0 };
  stats.set(service, known);
  return known;
}

function joinNanos(sec: number, nano: number): string {
  return sec === 0 ? String(nano) : `${sec}${String(nano).padStart(9, '0')}`;
}
