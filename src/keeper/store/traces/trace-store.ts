// The store of spans: takes exports, answers the evaluator's questions in columns, gives traces back as they came.
import { type Bounds, describeLimit, fillBounds } from '../../../model/limits.ts';
import type { SpanColumns, TraceSource } from '../../../traceql/source.ts';
import type {
  AnyValue,
  ExportRequest,
  Resource,
  ResourceGroup,
  Scope,
  ScopeGroup,
  Span,
} from '../../../wire/otlp/types.ts';
import type { DirectExport, IngestOutcome, PreparedExport, SignalStore } from '../../signal-store.ts';
import { sourceOf } from '../../source-of.ts';
import type { LoggedPayload } from '../../wal/segment-log.ts';
import { Dictionary } from './dictionary.ts';
import { ResourceTable, ScopeTable } from './interner.ts';
import { leaveOutLargeSpans } from './leave-out-large-spans.ts';
import { type LoggedRun, LoggedRuns } from './logged-runs.ts';
import { Renumbering } from './renumbering.ts';
import { SpanBatch } from './span-batch.ts';
import { SpanFinder } from './span-finder.ts';
import { type SpanRun, SpanTable } from './span-table.ts';
import { assignNestedSets } from './span-tree.ts';
import { TraceTable } from './trace-table.ts';

const traceIdDigits = 32;
// After pruning for size this much of the limit is used, so that not every export prunes again.
const fillAfterPrune = 0.8;
// The share of traces that must be over their time before any goes.
const worthRebuilding = 1 / 16;

/** What became of a span: it is stored, or was before, or its trace has no room. */
const taken = 0;
const known = 1;
const full = 2;
type Outcome = typeof taken | typeof known | typeof full;

/** Everything that goes when the store is rebuilt without its oldest traces. */
class Tables {
  readonly dictionary = new Dictionary();
  readonly resources = new ResourceTable();
  readonly scopes = new ScopeTable();
  readonly spans = new SpanTable();
  readonly traces = new TraceTable();
  readonly runs = new LoggedRuns();
  readonly finder = new SpanFinder(this.spans, this.traces);
}

/** Fills a batch from the bytes of an export; false if it has to be decoded. */
export interface BatchReader {
  readonly read: (body: Buffer) => boolean;
}
export type MakeReader = (parts: { readonly dictionary: Dictionary; readonly batch: SpanBatch }) => BatchReader;

/** A trace whose spans are rows of columns. */
export interface OpenTrace {
  readonly traceId: string;
  readonly groups: readonly {
    readonly resource: Resource;
    readonly scopes: readonly { readonly scope: Scope; readonly rows: readonly number[] }[];
  }[];
  readonly columns: SpanColumns;
  /** By row. */
  readonly flags: Uint32Array;
  readonly key: (id: number) => string;
  readonly value: (id: number) => AnyValue;
  /** The text of a value, '' for any other. */
  readonly text: (id: number) => string;
  /** By number of a value, as in `TraceSource`. */
  readonly valueTypes: Uint8Array;
  readonly valueNumbers: Float64Array;
  /** Numbers of values are below it. */
  readonly valueCount: number;
  /** Do the columns say all there is to the span: no events, no links, nothing dropped? */
  readonly isPlain: (row: number) => boolean;
  readonly read: (row: number) => Span;
  /** The rows that end with this one, if the log holds them side by side. */
  readonly runEndingWith: (row: number) => LoggedRun | undefined;
}

export class TraceStore implements SignalStore<Span> {
  private tables = new Tables();
  private readonly batch = new SpanBatch();
  private readonly bounds: Bounds;
  private readonly makeReader: MakeReader | undefined;
  private reader: BatchReader | undefined;
  prunedBeforeMs: number | undefined;

  /** `makeReader`: for exports that are read straight from their bytes. */
  constructor(makeReader?: MakeReader, bounds: Bounds = fillBounds()) {
    this.makeReader = makeReader;
    this.bounds = bounds;
  }

  readDirect(body: Buffer): DirectExport | undefined {
    this.reader ??= this.makeReader?.({ dictionary: this.tables.dictionary, batch: this.batch });
    if (!this.reader?.read(body) || this.batch.count === 0) return undefined;
    if (this.batch.mostAttributes() > this.bounds.spanAttributes) return undefined;
    return {
      sources: listSources(this.batch),
      commit: (logged) => this.take(this.batch, logged),
    };
  }

  prepare(request: ExportRequest<Span>): PreparedExport<Span> {
    const refused = refuseBadIds(request);
    if (refused !== undefined) return { request, accepted: 0, commit: () => refused };
    const judged = leaveOutLargeSpans(request, this.bounds);
    return {
      ...judged,
      commit: () => {
        const taken = this.take(stage(judged.request, this.batch, this.tables.dictionary));
        const { rejected, message } = judged;
        return rejected === 0 ? taken : { ...taken, rejected: taken.rejected + rejected, message };
      },
    };
  }

  ingest(request: ExportRequest<Span>): IngestOutcome {
    return refuseBadIds(request) ?? this.take(stage(request, this.batch, this.tables.dictionary));
  }

  usage(): { records: number; bytes: number } {
    const { spans } = this.tables;
    return { records: spans.count, bytes: Object.values(this.tables).reduce((sum, part) => sum + part.bytes, 0) };
  }

  // Rebuilding takes a while, so traces stay a little over their time until they are worth it.
  prune({ beforeNs, maxBytes }: { readonly beforeNs: bigint; readonly maxBytes: number }): number {
    const { traces, spans } = this.tables;
    const before = spans.count;
    const { bytes } = this.usage();
    const expired = traces.countEndedBefore(beforeNs);
    const surplus = bytes > maxBytes ? Math.ceil(traces.count * (1 - (maxBytes * fillAfterPrune) / bytes)) : 0;
    const dropped = Math.max(expired, surplus);
    if (dropped === 0 || (surplus === 0 && expired < traces.count * worthRebuilding)) return 0;
    const byEnd = traces.listByEnd();
    const lastDropped = byEnd[dropped - 1]!; // at least one is dropped, and not more than there are
    this.prunedBeforeMs = Math.max(this.prunedBeforeMs ?? 0, Math.ceil(traces.endMs(lastDropped)));
    this.rebuild(
      byEnd.slice(dropped).sort((a, b) => a - b),
      () => true,
    );
    return before - this.tables.spans.count;
  }

  forgetService(service: string): void {
    const { traces, resources, dictionary } = this.tables;
    const isOfService = ({ attributes }: Resource) =>
      attributes.some(({ key, value }) => key === 'service.name' && value.kind === 'string' && value.value === service);
    const ids = Array.from({ length: resources.snapshot().count }, (_, id) => id);
    const gone = new Set(ids.filter((id) => isOfService(resources.read(id, dictionary))));
    if (gone.size === 0) return;
    this.rebuild(
      Array.from({ length: traces.count }, (_, trace) => trace),
      (resource) => !gone.has(resource),
    );
  }

  /** A trace as it came, spans in the order of arrival; undefined if there is none. */
  readTrace(traceId: string): ExportRequest<Span> | undefined {
    const trace = this.tables.traces.find(traceId);
    return trace === undefined ? undefined : readTrace(this.tables, trace);
  }

  /** The same trace by rows, for who can write many spans faster than by reading each; valid until the next change. */
  openTrace(traceId: string): OpenTrace | undefined {
    const { traces, spans, resources, scopes, runs, dictionary } = this.tables;
    const trace = traces.find(traceId);
    if (trace === undefined) return undefined;
    return {
      traceId,
      groups: [...groupRows(this.tables, trace)].map(([resource, byScope]) => ({
        resource: resources.read(resource, dictionary),
        scopes: [...byScope].map(([scope, rows]) => ({ scope: scopes.read(scope, dictionary), rows })),
      })),
      columns: spans.snapshot(),
      flags: spans.flags,
      key: (id) => dictionary.key(id),
      value: (id) => dictionary.rawValue(id),
      text: (id) => dictionary.text(id),
      valueTypes: dictionary.valueTypes,
      valueNumbers: dictionary.valueNumbers,
      valueCount: dictionary.valueCount,
      isPlain: (row) => spans.isPlain(row),
      read: (row) => spans.read(row, traceId, dictionary),
      runEndingWith: (row) => runs.endingWith(row),
    };
  }

  /** The columns for one query. */
  snapshot(): TraceSource {
    const { dictionary, resources, scopes, spans, traces } = this.tables;
    const { tables } = this;
    return {
      spans: spans.snapshot(),
      events: spans.snapshotEvents(),
      links: spans.snapshotLinks(),
      resources: resources.snapshot(),
      scopes: scopes.snapshot(),
      traces: traces.snapshot(),
      valueCount: dictionary.valueCount,
      value: (id) => dictionary.value(id),
      valueTypes: dictionary.valueTypes,
      valueNumbers: dictionary.valueNumbers,
      stringId: (text) => dictionary.stringId(text),
      spanAttribute: (key) => spans.attributeColumn(key),
      forms: () => spans.spanForms(dictionary.valueTypes),
      keyId: (key) => dictionary.keyId(key),
      key: (id) => dictionary.key(id),
      traceId: (trace) => traces.id(trace),
      traceOf: (traceId) => traces.find(traceId),
      prepareTree: (trace) => prepareTree(tables, trace),
    };
  }

  /** New tables with these traces, in this order, and of them the spans of resources that `keep` lets through. */
  private rebuild(kept: readonly number[], keep: (resource: number) => boolean): void {
    const old = this.tables;
    this.tables = new Tables();
    this.reader = undefined; // it knows the numbers of the old dictionary
    this.tables.spans.reserveAs(old.spans); // as many will come again
    const renumbering = new Renumbering(old.dictionary, this.tables.dictionary);
    const { resource, scope } = old.spans.snapshot();
    const resources = memo((id) => old.resources.read(id, old.dictionary));
    const scopes = memo((id) => old.scopes.read(id, old.dictionary));
    const { batch } = this;
    for (const trace of kept) {
      batch.clear();
      for (const row of listRows(old, trace)) {
        const owner = resource[row]!; // rows of a trace are below count
        if (!keep(owner)) continue;
        old.spans.stage(row, batch, renumbering);
        const run = old.runs.endingWith(row); // all of its rows are kept: they are of one trace and one resource
        if (run !== undefined) this.tables.runs.add(this.tables.spans.count + batch.count - 1, run);
        old.traces.copyId(trace, batch.traceId, (batch.count - 1) * 4);
        batch.endGroup(resources(owner), scopes(scope[row]!)); // as above
      }
      this.append(batch);
    }
  }

  private take(batch: SpanBatch, logged?: LoggedPayload): IngestOutcome {
    const refused = this.append(batch, logged);
    const accepted = batch.count - refused;
    if (refused === 0) return { accepted, rejected: 0 };
    const message = `${refused} spans of traces that are too large were left out (${describeLimit('spansPerTrace', this.bounds)})`;
    return { accepted, rejected: refused, message };
  }

  /** Says how many spans found no room in their trace. */
  private append(batch: SpanBatch, logged?: LoggedPayload): number {
    const { resources, scopes, dictionary } = this.tables;
    let start = 0;
    let refused = 0;
    this.tables.spans.prepare(batch.count);
    for (const { resource, scope, end } of batch.groups) {
      const owner = { resource: resources.intern(resource, dictionary), scope: scopes.intern(scope, dictionary) };
      refused += this.appendGroup(batch, { start, end, ...owner }, logged);
      start = end;
    }
    return refused;
  }

  // Neighbours that are taken are stored as one run.
  private appendGroup(batch: SpanBatch, group: SpanRun, logged: LoggedPayload | undefined): number {
    const { spans, runs, dictionary } = this.tables;
    let { start } = group;
    let refused = 0;
    const endRun = (end: number) => {
      if (start < end) {
        if (logged !== undefined) runs.addFrom(batch, { start, end, firstRow: spans.count }, logged);
        spans.appendRun(batch, { ...group, start, end }, dictionary);
      }
      start = end + 1;
    };
    for (let span = start; span < group.end; span++) {
      const outcome = this.beginSpan(batch, span);
      if (outcome === taken) continue;
      if (outcome === full) refused++;
      endRun(span);
    }
    endRun(group.end);
    return refused;
  }

  // A span sent again (same trace, id and kind) is taken once, as Tempo's combiner does.
  private beginSpan(batch: SpanBatch, span: number): Outcome {
    const { spans, traces, finder } = this.tables;
    const trace = traces.intern(batch.traceId, span * 4);
    // Spans of a batch are in all of its columns.
    const key = { high: batch.idHigh[span]!, low: batch.idLow[span]!, kind: batch.kind[span]! };
    if (finder.has(trace, key)) return known;
    if (traces.spanCount(trace) >= this.bounds.spansPerTrace) return full;
    const row = spans.begin(batch, span, trace);
    const previous = traces.addSpan(trace, row, batch, span);
    if (previous !== -1) spans.chain(previous, row);
    finder.add(trace, row);
    return taken;
  }
}

function listSources({ groups }: SpanBatch): DirectExport['sources'] {
  let start = 0;
  return groups.map(({ resource, end }) => {
    const source = { ...sourceOf(resource), records: end - start };
    start = end;
    return source;
  });
}

function stage(request: ExportRequest<Span>, batch: SpanBatch, dictionary: Dictionary): SpanBatch {
  batch.clear();
  for (const { resource, scopes } of request) {
    for (const { scope, items } of scopes) {
      for (const span of items) batch.add(span, dictionary);
      batch.endGroup(resource, scope);
    }
  }
  return batch;
}

function refuseBadIds(request: ExportRequest<Span>): IngestOutcome | undefined {
  const message = describeBadId(request);
  if (message === undefined) return undefined;
  return { accepted: 0, rejected: countSpans(request), httpStatus: 400, message };
}

/** In the words of Tempo; ids of zeros only are empty here. */
function describeBadId(request: ExportRequest<Span>): string | undefined {
  for (const group of request)
    for (const scope of group.scopes)
      for (const { traceId, spanId } of scope.items) {
        if (traceId.length !== traceIdDigits) return `trace ids must be 128 bit, received ${traceId.length * 4} bits`;
        if (spanId === '') return 'span ids must be 64 bit and not all zero, received 0 bits';
      }
  return undefined;
}

function countSpans(request: ExportRequest<Span>): number {
  return request.reduce((sum, group) => sum + group.scopes.reduce((n, scope) => n + scope.items.length, 0), 0);
}

function listRows({ spans, traces }: Tables, trace: number): number[] {
  const { next } = spans.snapshot();
  const rows: number[] = [];
  for (let row = traces.firstRow(trace); row !== -1; row = next[row]!) rows.push(row); // the chain holds rows only
  return rows;
}

function prepareTree(tables: Tables, trace: number): void {
  if (!tables.traces.takeStaleTree(trace)) return;
  const spans = tables.spans.snapshot();
  // Siblings count in the order in which Tempo holds them: by resource, then by scope.
  const rows = [...groupRows(tables, trace).values()].flatMap((byScope) => [...byScope.values()].flat());
  assignNestedSets(rows, spans, (high, low) => tables.finder.find(trace, { high, low }));
}

function readTrace(tables: Tables, trace: number): ResourceGroup<Span>[] {
  const { spans, resources, scopes, dictionary } = tables;
  const traceId = tables.traces.id(trace);
  const read = (rows: readonly number[]) => rows.map((row) => spans.read(row, traceId, dictionary));
  return [...groupRows(tables, trace)].map(([resource, byScope]) => ({
    resource: resources.read(resource, dictionary),
    schemaUrl: '',
    scopes: [...byScope].map(
      ([scope, rows]): ScopeGroup<Span> => ({
        scope: scopes.read(scope, dictionary),
        schemaUrl: '',
        items: read(rows),
      }),
    ),
  }));
}

// Rows by scope by resource, all in the order of arrival; neighbours mostly have the same ones.
function groupRows(tables: Tables, trace: number): Map<number, Map<number, number[]>> {
  const { resource, scope, next } = tables.spans.snapshot();
  const byResource = new Map<number, Map<number, number[]>>();
  let rows: number[] = [];
  let before = -1;
  for (let row = tables.traces.firstRow(trace); row !== -1; row = next[row]!) {
    // The chain holds rows only, and they are below count.
    if (before === -1 || resource[row] !== resource[before] || scope[row] !== scope[before]) {
      const byScope = getOrAdd(byResource, resource[row]!, () => new Map<number, number[]>());
      rows = getOrAdd(byScope, scope[row]!, () => []);
    }
    rows.push(row);
    before = row;
  }
  return byResource;
}

/** The same object for the same number. */
function memo<T>(make: (id: number) => T): (id: number) => T {
  const known = new Map<number, T>();
  return (id) => getOrAdd(known, id, () => make(id));
}

function getOrAdd<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const made = make();
  map.set(key, made);
  return made;
}
