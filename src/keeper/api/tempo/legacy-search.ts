// The search that was before TraceQL: tags that a trace must have, and bounds on its duration.
import { findAttribute, readRootName, readRootService, readTraceDurationNs } from '../../../traceql/fields.ts';
import type { AttributeColumns, TraceSource } from '../../../traceql/source.ts';
import { dedicatedResourceColumns, dedicatedSpanColumns } from '../../../traceql/visibility.ts';
import { touchesWindow } from '../../../traceql/window.ts';
import { parseTags } from './logfmt-tags.ts';
import { readText, refuse } from './params.ts';
import { traceHead } from './search-answer.ts';

export interface TagSearch {
  readonly startSec: number;
  readonly endSec: number;
  readonly minMs: number;
  readonly maxMs: number;
  readonly tags: ReadonlyMap<string, string>;
  readonly limit: number;
}

const ownParameters: ReadonlySet<string> = new Set([
  'q',
  'tags',
  'minDuration',
  'maxDuration',
  'limit',
  'spss',
  'start',
  'end',
]);

/** The tags of a request. Long ago every unknown parameter was a tag; without query, tags and window it still is. */
export function readTagQuery(
  params: URLSearchParams,
  given: { readonly hasQuery: boolean; readonly hasWindow: boolean },
): ReadonlyMap<string, string> {
  const text = readText(params, 'tags');
  if (text !== undefined) {
    if (given.hasQuery) throw refuse("invalid request: can't specify tags and q in the same query");
    return parseTags(text);
  }
  if (given.hasQuery || given.hasWindow) return new Map();
  return new Map([...params].filter(([name, value]) => !ownParameters.has(name) && value !== ''));
}

/** Runs the search, newest arrivals first. */
export function searchByTags(source: TraceSource, search: TagSearch): object {
  const tests = [...search.tags].map(([name, value]) => makeTest(source, name, value));
  const found: number[] = [];
  let inspectedTraces = 0;
  for (let trace = source.traces.count - 1; trace >= 0 && found.length < search.limit; trace--) {
    source.pace?.();
    if (!touchesWindow(source, trace, search)) continue;
    inspectedTraces++;
    if (isInDuration(source, trace, search) && tests.every((test) => test(trace))) found.push(trace);
  }
  const { startSec, startNano } = source.traces;
  found.sort((a, b) => startSec[b]! - startSec[a]! || startNano[b]! - startNano[a]!); // traces are of the source
  return {
    traces: found.map((trace) => traceHead(source, trace)),
    metrics: { inspectedTraces, completedJobs: 1, totalJobs: 1 },
  };
}

function isInDuration(source: TraceSource, trace: number, { minMs, maxMs }: TagSearch): boolean {
  const nanos = readTraceDurationNs(source, trace);
  return nanos >= minMs * 1e6 && (maxMs === 0 || nanos <= maxMs * 1e6);
}

type TraceTest = (trace: number) => boolean;

// Tags with a column of their own match a part of the value, all others the whole; only strings match.
const statusCodes: Readonly<Record<string, number>> = { unset: 0, ok: 1, error: 2 };

function makeTest(source: TraceSource, name: string, value: string): TraceTest {
  const { spans, resources } = source;
  if (name === 'root.name') return (trace) => readRootName(source, trace).includes(value);
  if (name === 'root.service.name') return (trace) => readRootService(source, trace).includes(value);
  if (name === 'name') return anySpan(source, (row) => textOf(source, spans.name[row]!).includes(value));
  if (name === 'status.code') return anySpan(source, (row) => spans.status[row] === (statusCodes[value] ?? 0));
  if (name === 'http.status_code' && /^-?\d+$/.test(value))
    return anySpan(source, (row) => isInt(source, findByName(source, spans.attributes, row, name), Number(value)));
  if (dedicatedSpanColumns.get(name) === 'string')
    return anySpan(source, (row) => containsText(source, findByName(source, spans.attributes, row, name), value));
  if (dedicatedResourceColumns.has(name))
    return anySpan(source, (row) =>
      containsText(source, findByName(source, resources.attributes, spans.resource[row]!, name), value),
    );
  const isEqual = (columns: AttributeColumns, owner: number) =>
    isText(source, findByName(source, columns, owner, name), value);
  return anySpan(
    source,
    (row) => isEqual(spans.attributes, row) || isEqual(resources.attributes, spans.resource[row]!),
  );
}

function anySpan({ spans, traces }: TraceSource, test: (row: number) => boolean): TraceTest {
  return (trace) => {
    for (let row = traces.firstRow[trace]!; row !== -1; row = spans.next[row]!) if (test(row)) return true;
    return false;
  };
}

function findByName(source: TraceSource, columns: AttributeColumns, owner: number, name: string): number {
  const key = source.keyId(name);
  return key === undefined ? -1 : findAttribute(columns, owner, key);
}

function textOf(source: TraceSource, id: number): string {
  const value = source.value(id);
  return value.type === 'string' ? value.value : '';
}

function containsText(source: TraceSource, id: number, part: string): boolean {
  return id !== -1 && source.value(id).type === 'string' && textOf(source, id).includes(part);
}

function isText(source: TraceSource, id: number, text: string): boolean {
  const value = id === -1 ? undefined : source.value(id);
  if (value?.type === 'strings') return value.value.includes(text);
  return value?.type === 'string' && value.value === text;
}

function isInt(source: TraceSource, id: number, wanted: number): boolean {
  const value = id === -1 ? undefined : source.value(id);
  return value?.type === 'int' && Number(value.value) === wanted;
}
