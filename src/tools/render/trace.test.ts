// A trace as people and agents read it, in full: a change of any character of it is a change that somebody sees.
import { describe, expect, it } from 'vitest';
import { findCriticalPath } from '../../clients/traces/critical-path.ts';
import { buildTree } from '../../clients/traces/tree.ts';
import type { TraceSpan } from '../../wire/tempo/decode-trace.ts';
import type { TraceAnswer } from '../answers/trace.ts';
import { listWaterfall } from '../query/waterfall.ts';
import { collapsedTokens, renderTrace } from './trace.ts';

const agent = { colour: false, columns: 100, compact: true };
const start = '2026-01-01T11:00:00.000Z';

describe('the text of a trace', () => {
  it('shows whole span ids in a trace whose ids begin alike', () => {
    const answer = makeTraceAnswer();
    const spans = answer.spans.map((row, i) => ({
      ...row,
      spanId: (0x77_0000_0000_0000 + i).toString(16).padStart(16, '0'),
    }));
    expect(renderTrace({ ...answer, spans }, agent)).toContain(`#${spans[1]?.spanId}`);
  });

  it('shows the critical path, errors, logs in their place, and like siblings as one', () => {
    expect(renderTrace(makeTraceAnswer(), agent)).toMatchInlineSnapshot(`
      "trace 4bf92f3577b34da6a3ce929d0e0e4736  GET /checkout  100 ms, 7 spans of checkout, gateway, worker, 1 failed, 2026-01-01T11:00:00.000Z
      note: 1 span still open (or never sent)
                                duration   self  span  (* critical path, ! failed)
      ████████████████████████    100 ms  20 ms  * GET /checkout (gateway) #01
      ··███████████████████···     80 ms  40 ms    *! POST /pay (checkout) – card ⏎ declined #02
                                                     +12 ms ERROR no money
      ····██████████··········     40 ms  40 ms      * ×4 SELECT shop (checkout), 10 ms avg, N+1?: SELECT * ⏎ FROM item WHERE id = $1 #q20
      ······················█·      5 ms   5 ms  * late (worker) [parent missing] #09
      unfold: obs trace 4bf92f3577b34da6a3ce929d0e0e4736 --full
      open one part by the digits behind its #: obs trace 4bf92f3577b34da6a3ce929d0e0e4736 --span q20
      critical path: what the end waited for
         20 %  20 ms  GET /checkout (gateway)
         40 %  40 ms  POST /pay (checkout)
         10 %  10 ms  SELECT shop (checkout)
         10 %  10 ms  SELECT shop (checkout)
         10 %  10 ms  SELECT shop (checkout)
         10 %  10 ms  SELECT shop (checkout)
          5 %  5 ms  late (worker)
      errors
        POST /pay (checkout) 02: card ⏎ declined"
    `);
  });

  // Long services and times of unlike width make the columns wider than single rows are.
  it.each([
    [1000, 20],
    [1000, 60],
    [2000, 1],
  ])('of %d unlike spans of %d services stays within its tokens', (count, services) => {
    const spans = Array.from({ length: count }, (_, i) =>
      makeSpan({
        spanId: (0x12cc_0000_0000 + i).toString(16).padStart(16, '0'),
        parentSpanId: i === 0 ? '' : (0x12cc_0000_0000 + Math.max(0, i - 1 - (i % 7))).toString(16).padStart(16, '0'),
        name: `GET /items/${i}`,
        service: `shop-${i % services}`,
        at: i * 13,
        ms: i % 11 === 0 ? 123_456 : 1 + (i % 900),
        status: i % 50 === 0 ? 'error' : 'unset',
      }),
    );
    const tree = buildTree(spans);
    const answer: TraceAnswer = {
      ...makeTraceAnswer(),
      durationMs: count * 13,
      services: Array.from({ length: services }, (_, i) => `shop-${i}`),
      spanCount: count,
      spansShown: count,
      spans: listWaterfall(tree, { criticalPath: tree.roots.flatMap(findCriticalPath), fold: true }),
    };
    const text = renderTrace(answer, agent);
    expect(Math.ceil(Buffer.byteLength(text) / 3.5)).toBeLessThanOrEqual(collapsedTokens);
    expect(text).toContain('open one part by the digits behind its #: obs trace');
  });
});

describe('a waterfall', () => {
  it('folds a thousand like queries into one row and keeps the failed one', () => {
    const queries = Array.from({ length: 1000 }, (_, at) =>
      makeSpan({
        spanId: `q${at}`,
        parentSpanId: 'root',
        name: 'SELECT item',
        at,
        ms: 1,
        status: at === 500 ? 'error' : 'unset',
      }),
    );
    const tree = buildTree([makeSpan({ spanId: 'root', name: 'GET /', at: 0, ms: 1000 }), ...queries]);
    const rows = listWaterfall(tree, { criticalPath: [], fold: true });
    expect(rows.map((row) => [row.name, row.folded, row.error])).toEqual([
      ['GET /', 1, false],
      ['SELECT item', 999, false],
      ['SELECT item', 1, true],
    ]);
    expect(listWaterfall(tree, { criticalPath: [], fold: false })).toHaveLength(1001);
  });
});

interface SpanSketch extends Partial<TraceSpan> {
  readonly spanId: string;
  readonly at: number;
  readonly ms: number;
}

function makeSpan({ at, ms, ...rest }: SpanSketch): TraceSpan {
  return {
    traceId: 't',
    parentSpanId: '',
    name: '',
    kind: 'internal',
    service: 'web',
    scope: '',
    startNs: BigInt(at) * 1_000_000n,
    durationNs: BigInt(ms) * 1_000_000n,
    status: 'unset',
    statusMessage: '',
    attributes: {},
    resource: {},
    events: [],
    ...rest,
  };
}

function makeTraceAnswer(): TraceAnswer {
  const tree = buildTree([
    makeSpan({ spanId: '01', name: 'GET /checkout', service: 'gateway', kind: 'server', at: 0, ms: 100 }),
    makeSpan({
      spanId: '02',
      parentSpanId: '01',
      name: 'POST /pay',
      service: 'checkout',
      at: 10,
      ms: 80,
      status: 'error',
      statusMessage: 'card\ndeclined',
    }),
    ...[20, 30, 40, 50].map((at) =>
      makeSpan({
        spanId: `q${at}`,
        parentSpanId: '02',
        name: 'SELECT shop',
        service: 'checkout',
        at,
        ms: 10,
        attributes: { 'db.query.text': 'SELECT *\nFROM item WHERE id = $1' },
      }),
    ),
    makeSpan({ spanId: '09', parentSpanId: 'gone', name: 'late', service: 'worker', at: 95, ms: 5 }),
  ]);
  const path = tree.roots.flatMap(findCriticalPath);
  return {
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    start: start,
    durationMs: 100,
    root: 'GET /checkout',
    services: ['checkout', 'gateway', 'worker'],
    spanCount: 7,
    errorCount: 1,
    notes: ['1 span still open (or never sent)'],
    criticalPath: path.map(({ node, ownNs }) => ({
      spans: 1,
      spanId: node.span.spanId,
      name: node.span.name,
      service: node.span.service,
      ownMs: Number(ownNs) / 1e6,
    })),
    spans: listWaterfall(tree, { criticalPath: path, fold: true }),
    isWhole: false,
    spansShown: 7,
    errors: [{ spanId: '02', name: 'POST /pay', service: 'checkout', message: 'card\ndeclined' }],
    logs: [{ time: start, afterMs: 12, service: 'checkout', level: 'error', spanId: '02', line: 'no money' }],
    detail: null,
  };
}
