// The store of spans: what goes in comes out again, spans that come late or twice, and what goes when there is too much.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { epochNs, parseTraces, traceIdOf } from '../../../../test/traceql/trace-text.ts';
import { parseTraceql } from '../../../traceql/parser.ts';
import { searchTraces } from '../../../traceql/search.ts';
import { decodeJson } from '../../../wire/otlp/request.ts';
import type { ExportRequest, ResourceGroup, Span } from '../../../wire/otlp/types.ts';
import { TraceStore } from './trace-store.ts';

const always = { beforeNs: 0n, maxBytes: Number.MAX_SAFE_INTEGER };

describe('a span', () => {
  const odd: Span = {
    traceId: traceIdOf(1),
    spanId: '00000000000000aa',
    traceState: 'vendor=1',
    parentSpanId: '00000000000000bb',
    flags: 257,
    name: 'odd',
    kind: 3,
    startTimeUnixNano: epochNs + 123_456_789n,
    endTimeUnixNano: epochNs,
    attributes: [
      { key: 'text', value: { kind: 'string', value: 'ä' } },
      { key: 'big', value: { kind: 'int', value: 2n ** 60n } },
      { key: 'minus zero', value: { kind: 'double', value: -0 } },
      { key: 'zero', value: { kind: 'double', value: 0 } },
      { key: 'not a number', value: { kind: 'double', value: Number.NaN } },
      { key: 'yes', value: { kind: 'bool', value: true } },
      { key: 'bytes', value: { kind: 'bytes', value: Uint8Array.of(1, 2) } },
      { key: 'none', value: { kind: 'empty' } },
      {
        key: 'list',
        value: {
          kind: 'array',
          value: [
            { kind: 'int', value: 1 },
            { kind: 'string', value: 'x' },
          ],
        },
      },
      { key: 'map', value: { kind: 'kvlist', value: [{ key: 'k', value: { kind: 'int', value: 1 } }] } },
    ],
    droppedAttributesCount: 1,
    events: [{ timeUnixNano: epochNs - 5n, name: 'early', attributes: [], droppedAttributesCount: 2 }],
    droppedEventsCount: 3,
    links: [
      {
        traceId: traceIdOf(2),
        spanId: '00000000000000cc',
        traceState: 'a=b',
        attributes: [{ key: 'k', value: { kind: 'string', value: 'v' } }],
        droppedAttributesCount: 4,
        flags: 1,
      },
    ],
    droppedLinksCount: 5,
    status: { code: 2, message: 'broken' },
  };

  it('comes out as it went in, with resource and scope', () => {
    const request: ExportRequest<Span> = [
      {
        resource: {
          attributes: [{ key: 'service.name', value: { kind: 'string', value: 's' } }],
          droppedAttributesCount: 6,
        },
        schemaUrl: '',
        scopes: [
          {
            scope: {
              name: 'lib',
              version: '1',
              attributes: [{ key: 'l', value: { kind: 'bool', value: false } }],
              droppedAttributesCount: 7,
            },
            schemaUrl: '',
            items: [odd],
          },
        ],
      },
    ];
    const store = new TraceStore();
    expect(store.ingest(request)).toEqual({ accepted: 1, rejected: 0 });
    expect(store.readTrace(odd.traceId)).toEqual(request);
  });

  it('that came twice is there once, but client and server of one id are two', () => {
    const store = new TraceStore();
    const [group] = parseTraces('a @one 0ms+1ms client');
    const both = [group, withKind(group, 2), group].filter((one) => one !== undefined);
    store.ingest(both);
    store.ingest(both);
    expect(store.usage().records).toBe(2);
  });

  it('with a trace id of the wrong length refuses the whole request', () => {
    const store = new TraceStore();
    const [group] = parseTraces('a 0ms+1ms');
    const short = group && mapSpans(group, (span) => ({ ...span, traceId: 'abcd' }));
    expect(store.ingest(group && short ? [group, short] : [])).toEqual({
      accepted: 0,
      rejected: 2,
      httpStatus: 400,
      message: 'trace ids must be 128 bit, received 16 bits',
    });
    expect(store.usage().records).toBe(0);
  });

  it('without an id refuses the whole request', () => {
    const store = new TraceStore();
    const [group] = parseTraces('a 0ms+1ms');
    const nameless = group && mapSpans(group, (span) => ({ ...span, spanId: '' }));
    expect(store.ingest(group && nameless ? [group, nameless] : [])).toEqual({
      accepted: 0,
      rejected: 2,
      httpStatus: 400,
      message: 'span ids must be 64 bit and not all zero, received 0 bits',
    });
    expect(store.usage().records).toBe(0);
  });

  it('of a long attribute is cut as by Tempo', () => {
    const store = new TraceStore();
    store.ingest(parseTraces(`a 0ms+1ms span.long=${'x'.repeat(5000)}`));
    const [value] = attributesOf(store, traceIdOf(1)).map((attribute) => attribute.value);
    expect(value).toEqual({ kind: 'string', value: 'x'.repeat(2048) });
  });
});

describe('a trace', () => {
  const lines = ['root @one 0ms+100ms', '  child @two 10ms+10ms', '    leaf @two 12ms+1ms'];

  it.each([
    ['in order', [0, 1, 2]],
    ['backwards', [2, 1, 0]],
    ['root in the middle', [1, 0, 2]],
  ])('whose spans come %s has the same tree', (_, order) => {
    const groups = parseTraces(lines.join('\n'));
    const store = new TraceStore();
    for (const i of order) {
      store.ingest(groups.slice(i, i + 1));
      namesFound(store, '{ } >> { }'); // a tree made too early must not stay
    }
    expect(namesFound(store, '{ name = "root" } >> { }').sort()).toEqual(['child', 'leaf']);
    expect(namesFound(store, '{ name = "leaf" } << { }').sort()).toEqual(['child', 'root']);
    expect(namesFound(store, '{ rootName = "root" }')).toHaveLength(3);
  });

  it('without its root has none, and its orphans are connected to nothing', () => {
    const store = new TraceStore();
    store.ingest(parseTraces(lines.join('\n')).slice(1));
    expect(namesFound(store, '{ } >> { }')).toEqual([]);
    expect(namesFound(store, '{ rootName = "root" }')).toEqual([]);
  });

  it('of ten thousand levels does not exhaust the stack', () => {
    const levels = 10_000;
    const groups = Array.from({ length: levels }, (_, i) => {
      const [group] = parseTraces('deep 0ms+1ms');
      const spanId = (i + 1).toString(16).padStart(16, '0');
      const parentSpanId = i === 0 ? '' : i.toString(16).padStart(16, '0');
      return group && mapSpans(group, (span) => ({ ...span, spanId, parentSpanId }));
    }).filter((group) => group !== undefined);
    const store = new TraceStore();
    store.ingest(groups);
    expect(namesFound(store, '{ } >> { }')).toHaveLength(levels - 1);
  });

  it('that nobody sent is not there', () => {
    expect(new TraceStore().readTrace(traceIdOf(1))).toBeUndefined();
  });
});

describe('pruning', () => {
  const traces = ['a @one 0s+1s', 'b @one 10s+1s', 'c @one 20s+1s'].join('\n');

  it('drops traces that ended before, and keeps the rest queryable', () => {
    const store = new TraceStore();
    store.ingest(parseTraces(traces));
    expect(store.prune({ ...always, beforeNs: epochNs + 11_000_000_000n })).toBe(1);
    expect(namesFound(store, '{ }').sort()).toEqual(['b', 'c']);
    expect(store.readTrace(traceIdOf(1))).toBeUndefined();
    expect(store.readTrace(traceIdOf(3))).toEqual([parseTraces(traces)[2]]);
  });

  it('drops the oldest of what does not fit', () => {
    const store = new TraceStore();
    store.ingest(parseTraces(traces));
    expect(store.prune({ ...always, maxBytes: store.usage().bytes - 1 })).toBe(1);
    expect(namesFound(store, '{ }').sort()).toEqual(['b', 'c']);
  });

  it('does nothing for a single one of many traces', () => {
    const store = new TraceStore();
    const many = Array.from({ length: 100 }, (_, i) => `t${i} @one ${i}s+1ms`);
    store.ingest(parseTraces(many.join('\n')));
    expect(store.prune({ ...always, beforeNs: epochNs + 1_000_000_000n })).toBe(0);
    expect(store.prune({ ...always, beforeNs: epochNs + 50_000_000_000n })).toBe(50);
  });

  it('leaves recorded traces exactly as they were, whatever rare things their spans have', () => {
    const path = join(import.meta.dirname, '../../../../test/conformance/data/traces.json');
    const { requests } = JSON.parse(readFileSync(path, 'utf8')) as { requests: { body: object }[] };
    const store = new TraceStore();
    for (const { body } of requests) store.ingest(decodeJson('traces', Buffer.from(JSON.stringify(body))));
    store.ingest(parseTraces('old @one 0s+1s'));
    const source = store.snapshot();
    const ids = Array.from({ length: source.traces.count }, (_, trace) => source.traceId(trace));
    const before = new Map(ids.map((id) => [id, store.readTrace(id)]));
    const { records } = store.usage();
    const dropped = store.prune({ ...always, maxBytes: store.usage().bytes * 0.9 });
    expect(dropped).toBeGreaterThan(0);
    expect(store.usage().records).toBe(records - dropped);
    const kept = ids.filter((id) => store.readTrace(id) !== undefined);
    expect(kept.length).toBeGreaterThan(ids.length / 2);
    for (const id of kept) expect(store.readTrace(id)).toEqual(before.get(id));
  });

  it('of everything leaves an empty store', () => {
    const store = new TraceStore();
    store.ingest(parseTraces(traces));
    expect(store.prune({ ...always, beforeNs: epochNs * 2n })).toBe(3);
    expect(store.usage()).toEqual({ records: 0, bytes: new TraceStore().usage().bytes });
  });

  it('frees what it dropped', () => {
    const store = new TraceStore();
    store.ingest(
      parseTraces(Array.from({ length: 50 }, (_, i) => `t${i} @one ${i}s+1s span.text=unique${i}`).join('\n')),
    );
    const before = store.usage().bytes;
    store.prune({ ...always, beforeNs: epochNs + 40_000_000_000n });
    expect(store.usage().bytes).toBeLessThan(before / 3);
  });
});

function withKind(group: ResourceGroup<Span> | undefined, kind: number): ResourceGroup<Span> | undefined {
  return group && mapSpans(group, (span) => ({ ...span, kind }));
}

function mapSpans(group: ResourceGroup<Span>, change: (span: Span) => Span): ResourceGroup<Span> {
  return { ...group, scopes: group.scopes.map((scope) => ({ ...scope, items: scope.items.map(change) })) };
}

function attributesOf(store: TraceStore, traceId: string): Span['attributes'] {
  return store.readTrace(traceId)?.[0]?.scopes[0]?.items[0]?.attributes ?? [];
}

function namesFound(store: TraceStore, query: string): string[] {
  const source = store.snapshot();
  const { traces } = searchTraces(parseTraceql(query), source, { startSec: 0, endSec: 0, limit: 1e6 });
  const rows = traces.flatMap(({ spansets }) => spansets.flatMap((set) => set.rows));
  return rows.map((row) => {
    const value = source.value(source.spans.name[row] ?? -1);
    return value.type === 'string' ? value.value : '';
  });
}

it.each([3, 16, 17, 40])('takes what comes again once and keeps its neighbours, in a trace of %i spans', (count) => {
  const store = new TraceStore();
  const lines = Array.from({ length: count }, (_, i) => `span${i} @one ${i}ms+1ms span.i=${i}`);
  const all = parseTraces(lines.join('\n  '));
  const everyOther = all.map((group) => ({
    ...group,
    scopes: group.scopes.map((scope) => ({ ...scope, items: scope.items.filter((_, i) => i % 2 === 0) })),
  }));
  for (const request of [everyOther, all, all]) store.ingest(request);
  expect(store.usage().records).toBe(count);
  const read = store.readTrace(traceIdOf(1))?.flatMap(({ scopes }) => scopes.flatMap(({ items }) => items)) ?? [];
  const sent = all.flatMap(({ scopes }) => scopes.flatMap(({ items }) => items));
  const bySpanId = (a: Span, b: Span) => a.spanId.localeCompare(b.spanId);
  expect(read.sort(bySpanId)).toEqual(sent.sort(bySpanId));
});
