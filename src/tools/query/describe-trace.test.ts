// What `obs trace` says of traces that are not whole, and how a part of one is opened.
import { describe, expect, it } from 'vitest';
import type { TraceSpan } from '../../wire/tempo/decode-trace.ts';
import type { ToolContext } from '../tool.ts';
import { describeTrace } from './describe-trace.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const context: ToolContext = {
  caller: 'cli',
  cwd: '/',
  env: {},
  worktree: undefined,
  allowCommands: true,
  signal: new AbortController().signal,
  progress: () => undefined,
  nowMs: () => 0,
};

function makeSpan(spanId: string, parentSpanId: string): TraceSpan {
  return {
    traceId,
    spanId,
    parentSpanId,
    name: `span ${spanId}`,
    kind: 'internal',
    service: 'web',
    scope: '',
    startNs: 1_000_000n,
    durationNs: 5_000_000n,
    status: 'unset',
    statusMessage: '',
    attributes: {},
    resource: {},
    events: [{ atNs: 3_000_000n, name: 'cache miss', attributes: {} }],
  };
}

function describeSpans(spans: readonly TraceSpan[], spanId?: string) {
  return describeTrace({ traceId, spans, logs: [], full: false, spanId }, context);
}

describe('the notes on a trace', () => {
  it('are none when it is whole', () => {
    expect(describeSpans([makeSpan('a1', ''), makeSpan('b1', 'a1')])?.notes).toEqual([]);
  });

  it('count the spans that others name as parent and that have not come', () => {
    const spans = [makeSpan('b1', 'x1'), makeSpan('b2', 'x1'), makeSpan('b3', 'x2'), makeSpan('b4', 'x3')];
    expect(describeSpans(spans)?.notes).toEqual(['3 spans still open (or never sent), root not seen yet']);
    expect(describeSpans([makeSpan('a1', ''), ...spans])?.notes).toEqual(['3 spans still open (or never sent)']);
  });

  it('tell several roots', () => {
    expect(describeSpans([makeSpan('a1', ''), makeSpan('a2', '')])?.notes).toEqual(['the trace has 2 roots']);
  });
});

describe('a part of a trace', () => {
  const spans = [makeSpan('abc100', ''), makeSpan('abd200', 'abc100'), makeSpan('abd300', 'abd200')];

  it.each([
    ['abd200', 2],
    ['ABD2', 2],
    ['abc', 3],
  ])('is opened by %s', (digits, count) => expect(describeSpans(spans, digits)?.spanCount).toBe(count));

  it.each(['abd', 'nosuch'])('is not opened by %s, which is none or several', (digits) =>
    expect(describeSpans(spans, digits)).toBeUndefined(),
  );

  it('shows its events with their time', () => {
    expect(describeSpans(spans, 'abd300')?.spans[0]?.events).toEqual([{ afterMs: 2, name: 'cache miss' }]);
  });
});
