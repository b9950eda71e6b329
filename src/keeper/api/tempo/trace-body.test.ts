// A trace written from columns says the same as its spans written one by one.
import { PbfReader } from 'pbf';
import { expect, test } from 'vitest';
import { parseTraces, traceIdOf } from '../../../../test/traceql/trace-text.ts';
import { encodeProtobuf } from '../../../wire/otlp/request.ts';
import { TraceWriter } from '../../../wire/tempo/trace-json.ts';
import { TraceStore } from '../../store/traces/trace-store.ts';
import { MessageWriter, tagOf } from './message-writer.ts';
import { SpareRoom } from './spare-room.ts';
import { writeTrace } from './trace-body.ts';
import { writeTraceProtobuf } from './trace-protobuf.ts';

const spare = new SpareRoom();

function storeAllKinds(): TraceStore {
  const store = new TraceStore();
  store.ingest(
    parseTraces(`
root @one 999ms+2001ms server span.a=1 span.b="say" span.c=1.5 span.d=true span.e=[1,2] span.f=-3 span.g=0.0 lib:http/1 resource.r=1
  plain @one 0ms+0ms span.c=1.5 span.b="say"
  failed @two 1s+999999999ns error "grün" client span.n="\\"
    busy @two 5ms+5ms event.e(1ms).k=v link.1.2.y=z instrumentation.x=1
  long @one 3s+86400s ok`),
  );
  return store;
}

test('all kinds of spans, as protobuf', () => {
  const store = storeAllKinds();
  const open = store.openTrace(traceIdOf(1));
  const trace = store.readTrace(traceIdOf(1));
  if (!open || !trace) throw new Error('the trace is not there');
  const expected = encodeProtobuf('traces', trace);
  expect(writeTraceProtobuf(open, { isWrapped: false, spare })).toEqual(expected);
  const wrapped = writeTraceProtobuf(open, { isWrapped: true, spare });
  expect(wrapped[0]).toBe(0x0a);
  expect(wrapped.subarray(-expected.length - 2)).toEqual(Buffer.concat([expected, Buffer.of(0x12, 0)]));
});

test('messages of all lengths, in whatever room there is', () => {
  const all = [0, 1, 127, 128, 300, 20_000];
  const out = new MessageWriter(Buffer.alloc(1));
  let size = 0;
  for (const length of all) size = out.wrap(tagOf.bytes(3), size, out.raw(Buffer.alloc(length, 1), size));
  const reader = new PbfReader(out.finish(size));
  const lengths = reader.readFields((_, found: number[], pbf) => found.push(pbf.readBytes().length), [] as number[]);
  expect(lengths).toEqual(all.toReversed());
});

test.each([0, 1, 127, 128, 16_383, 16_384, 2 ** 31, 2 ** 35 + 5, Number.MAX_SAFE_INTEGER])('the varint %i', (value) => {
  const out = new MessageWriter();
  expect(new PbfReader(out.finish(out.varint(value, 0))).readVarint()).toBe(value);
});

test('a room is lent once, and again when it was given back', () => {
  const room = new SpareRoom();
  const first = room.take(10);
  room.give(first);
  const second = room.take(5);
  expect(second.buffer).toBe(first.buffer);
  expect(room.take(5).buffer).not.toBe(first.buffer);
  room.give(second);
  expect(room.take(11).length).toBeGreaterThan(10);
  const huge = Buffer.alloc(9 * 1024 * 1024);
  room.give(huge);
  expect(room.take(1).buffer).not.toBe(huge.buffer);
});

test('all kinds of spans, as JSON', () => {
  const store = storeAllKinds();
  const id = traceIdOf(1);
  const open = store.openTrace(id);
  const trace = store.readTrace(id);
  if (!open || !trace) throw new Error('the trace is not there');
  const parts = new TraceWriter();
  const expected = trace.map(({ resource, scopes }) => ({
    resource: JSON.parse(parts.resource(resource)),
    scopeSpans: scopes.map(({ scope, items }) => ({
      scope: JSON.parse(parts.scope(scope)),
      spans: items.map((span) => JSON.parse(parts.span(span))),
    })),
  }));
  expect(JSON.parse(writeTrace(open, { head: '{"batches":', tail: '}', spare }).toString())).toEqual({
    batches: expected,
  });
});
