// A trace written from columns says the same as its spans written one by one.
import { expect, test } from 'vitest';
import { parseTraces, traceIdOf } from '../../../../test/traceql/trace-text.ts';
import { TraceWriter } from '../../../wire/tempo/trace-json.ts';
import { TraceStore } from '../../store/traces/trace-store.ts';
import { writeTrace } from './trace-body.ts';

test('all kinds of spans', () => {
  const store = new TraceStore();
  store.ingest(
    parseTraces(`
root @one 999ms+2001ms server span.a=1 span.b="say" span.c=1.5 span.d=true span.e=[1,2] span.f=-3 span.g=0.0 lib:http/1 resource.r=1
  plain @one 0ms+0ms span.c=1.5 span.b="say"
  failed @two 1s+999999999ns error "grün" client span.n="\\"
    busy @two 5ms+5ms event.e(1ms).k=v link.1.2.y=z instrumentation.x=1
  long @one 3s+86400s ok`),
  );
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
  expect(JSON.parse(writeTrace(open, '{"batches":', '}').toString())).toEqual({ batches: expected });
});
