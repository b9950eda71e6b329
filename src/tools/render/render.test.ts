// What people and agents read, in full: a change of any character of it is a change that somebody sees.
import { describe, expect, it } from 'vitest';
import { findCriticalPath } from '../../clients/traces/critical-path.ts';
import { buildTree } from '../../clients/traces/tree.ts';
import type { TraceSpan } from '../../wire/tempo/decode-trace.ts';
import type { LogsAnswer } from '../answers/logs.ts';
import type { TraceAnswer } from '../answers/trace.ts';
import { summariseSeries } from '../query/series.ts';
import { listWaterfall } from '../query/waterfall.ts';
import { renderChart } from './chart.ts';
import { cleanBlock, cleanLine } from './clean.ts';
import { renderDiscover } from './discover.ts';
import { renderJourney } from './journey.ts';
import { shortenJsonLine } from './log-text.ts';
import { renderLogs } from './logs.ts';
import { renderMetrics } from './metrics.ts';
import { renderTrace } from './trace.ts';
import { renderTraces } from './traces.ts';
import { renderVerdicts } from './verdicts.ts';

const agent = { colour: false, columns: 100, compact: true };
const person = { colour: false, columns: 100, compact: false };
const window = { from: '2026-01-01T11:00:00.000Z', to: '2026-01-01T12:00:00.000Z' };

const logs: LogsAnswer = {
  query: '{service_name="web"}',
  window,
  kind: 'lines',
  lines: [
    {
      time: '2026-01-01T11:59:59.500Z',
      service: 'web',
      level: 'error',
      line: 'Error: no\n    at pay (a.js:1)',
      traceId: 'abc',
      spanId: null,
      labels: {},
    },
    {
      time: '2026-01-01T11:59:58.000Z',
      service: 'web',
      level: 'info',
      line: 'hello \u001b[31mred\u001b[0m\u0007',
      traceId: null,
      spanId: null,
      labels: {},
    },
  ],
  commonLabels: { app: 'web' },
  patterns: [],
  patternLines: null,
  series: [],
  more: true,
  cursor: 'c',
  next: "obs logs '{}' --cursor c",
  trace: 'obs trace abc',
  cut: null,
  warnings: ['careful'],
  empty: null,
};

describe('the text of', () => {
  it('log lines for an agent', () => {
    expect(renderLogs(logs, agent)).toMatchInlineSnapshot(`
      "2 lines of web; all have app="web"
      2026-01-01T11:59:58.000Z web INFO  hello red
      2026-01-01T11:59:59.500Z web ERROR Error: no
              at pay (a.js:1)  trace=abc
      warning: careful
      From a line to its trace: obs trace abc
      There are older lines. Next: obs logs '{}' --cursor c"
    `);
  });

  it('log lines for a person', () => {
    expect(renderLogs({ ...logs, more: false, next: null, trace: null, warnings: [] }, person)).toMatchInlineSnapshot(`
      "11:59:58.000 web INFO  hello red
      11:59:59.500 web ERROR Error: no
              at pay (a.js:1)  trace=abc"
    `);
  });

  it('an answer without lines', () => {
    const empty = {
      searched: 'Searched {a="b"}.',
      findings: ['no stream has the label a; there is app'],
      tries: ['obs logs \'{app="b"}\''],
    };
    expect(renderLogs({ ...logs, lines: [], empty }, agent)).toMatchInlineSnapshot(`
      "Nothing found. Searched {a="b"}.
      - no stream has the label a; there is app
      try  obs logs '{app="b"}'"
    `);
  });

  it('series over a window', () => {
    const rising = [1, 2, 3, 4.56789].map((value, at) => ({ atMs: at * 1000, value }));
    const series = [
      summariseSeries({ labels: { __name__: 'queue', q: 'a' }, points: rising }, 'summary'),
      summariseSeries({ labels: { __name__: 'queue', q: 'b' }, points: rising.slice(0, 2) }, 'summary'),
    ];
    expect(
      renderMetrics(
        {
          query: 'queue',
          wroteQuery: false,
          window,
          at: null,
          resultType: 'matrix',
          plot: false,
          series,
          total: 7,
          text: null,
          warnings: [],
          empty: null,
        },
        agent,
      ),
    ).toMatchInlineSnapshot(`
      " last  min    max    avg  points  shape  series
      4.568    1  4.568  2.642       4  ▁▃▅█   queue{q="a"}
          2    1      2    1.5       2  ▁█     queue{q="b"}
      2 of 7 series shown: aggregate with sum by (…), or add matchers."
    `);
  });

  it('a chart', () => {
    const points = Array.from({ length: 30 }, (_, at) => ({
      atMs: at * 60_000,
      value: at < 10 ? Number.NaN : at * at,
    }));
    const row = summariseSeries({ labels: { __name__: 'queue' }, points }, 'points');
    expect(renderChart(row).join('\n')).toMatchInlineSnapshot(`
      "queue
        841 ┤                            ▄█
            ┤                          ▃▇██
            ┤                        ▄█████
            ┤                     ▂▅███████
            ┤                  ▁▃▆█████████
            ┤               ▁▃▆████████████
            ┤           ▁▃▅▇███████████████
          0 ┤          ████████████████████
             00:00:00 … 00:29:00 UTC"
    `);
  });

  it('series at one time', () => {
    const series = [['a', 1] as const, ['bb', 1234.5] as const].map(([q, value]) =>
      summariseSeries({ labels: { __name__: 'queue', q }, points: [{ atMs: 0, value }] }, 'summary'),
    );
    expect(
      renderMetrics(
        {
          query: 'queue',
          wroteQuery: false,
          window: null,
          at: window.to,
          resultType: 'vector',
          plot: false,
          series,
          total: 2,
          text: null,
          warnings: [],
          empty: null,
        },
        person,
      ),
    ).toMatchInlineSnapshot(`
      "queue{q="a"}      1
      queue{q="bb"}  1235"
    `);
  });

  it('traces', () => {
    const trace = {
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      time: '2026-01-01T11:59:58.000Z',
      root: 'GET /checkout',
      service: 'gateway',
      durationMs: 2130,
      spans: 12,
      errors: 1,
      services: ['checkout', 'gateway'],
      matched: 4,
      matches: [{ spanId: '1', name: 'SELECT', service: 'checkout', durationMs: 2050.4 }],
    };
    expect(
      renderTraces(
        {
          query: '{}',
          window,
          kind: 'traces',
          traces: [trace],
          series: [],
          more: true,
          cursor: 'c',
          next: "obs traces '{}' --to X",
          empty: null,
        },
        agent,
      ),
    ).toMatchInlineSnapshot(`
      "when                      trace                             duration  spans  errors  root                   matches
      2026-01-01T11:59:58.000Z  4bf92f3577b34da6a3ce929d0e0e4736    2.13 s     12       1  gateway GET /checkout  SELECT 2.05 s +3
      There are older traces. Next: obs traces '{}' --to X"
    `);
  });

  it('shows whole span ids in a trace whose ids begin alike', () => {
    const answer = makeTraceAnswer();
    const spans = answer.spans.map((row, i) => ({
      ...row,
      spanId: (0x77_0000_0000_0000 + i).toString(16).padStart(16, '0'),
    }));
    expect(renderTrace({ ...answer, spans }, agent)).toContain(`#${spans[1]?.spanId}`);
  });

  it('a trace', () => {
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

  it('verdicts', () => {
    const common = {
      source: 'obs.yaml:7',
      limit: { value: 2, unit: 's' },
      n: 9,
      spread: null,
      culprits: [],
      query: null,
    };
    expect(
      renderVerdicts(
        {
          scope: { kind: 'latest', runs: ['r-1'], from: null },
          summary: { pass: 1, fail: 1, warn: 0, noData: 1 },
          verdicts: [
            {
              ...common,
              budget: 'startup < 800ms',
              verdict: 'pass',
              observed: { value: 412.345, unit: 'ms' },
              reason: 'web: 1 boot: 412.3 ms',
            },
            {
              ...common,
              budget: 'no span in journey checkout > 2s',
              verdict: 'fail',
              observed: { value: 2.13, unit: 's' },
              reason: 'journey checkout: 3 of 9 spans, the worst 2.13 s',
              culprits: [{ traceId: 'abc', spanId: '1', line: 'SELECT shop (inventory) 2.05 s: SELECT *\nFROM items' }],
              query: '{ span.obs.journey.id = "j-1" } >> { }',
            },
            {
              ...common,
              budget: 'errors == 0',
              verdict: 'no_data',
              observed: null,
              reason: 'no span has arrived from run r-1',
            },
          ],
        },
        agent,
      ),
    ).toMatchInlineSnapshot(`
      "PASS    startup < 800ms  412.3 ms  web: 1 boot: 412.3 ms
      FAIL    no span in journey checkout > 2s  2.13 s
              journey checkout: 3 of 9 spans, the worst 2.13 s [obs.yaml:7]
              → SELECT shop (inventory) 2.05 s: SELECT * ⏎ FROM items  (obs trace abc)
              query  { span.obs.journey.id = "j-1" } >> { }
      NO DATA errors == 0
              no span has arrived from run r-1 [obs.yaml:7]
      1 passed, 1 failed, 1 without data"
    `);
  });

  it('what can be asked', () => {
    expect(
      renderDiscover(
        {
          window,
          services: ['checkout', 'web'],
          logs: [{ name: 'service_name', values: ['checkout', 'web'], valueCount: 2 }],
          metrics: [{ name: 'obs_app_startup_seconds', type: 'gauge', unit: 's', help: 'Spawn to ready.' }],
          metricCount: 12,
          labelCount: 1,
          attributeCount: 1,
          traces: [{ name: 'span.http.route', values: ['/', '/cart'], valueCount: 30 }],
        },
        agent,
      ),
    ).toMatchInlineSnapshot(`
      "services  checkout, web

      log labels, for obs logs '{label="value"}'
        service_name  checkout, web

      metrics, for obs metrics NAME
        obs_app_startup_seconds  gauge  s  Spawn to ready.
        11 more: narrow it with --match TEXT

      span attributes, for obs traces '{ attribute = "value" }'
        span.http.route  /, /cart … (30)"
    `);
  });

  it('a journey', () => {
    expect(
      renderJourney(
        {
          journey: 'checkout',
          journeyId: 'j-1',
          app: 'web',
          runId: 'r-1',
          iterations: [
            { traceId: 'aaa', warmup: true, ok: true, durationMs: 120, failure: null },
            {
              traceId: 'bbb',
              warmup: false,
              ok: false,
              durationMs: 20.25,
              failure: 'step 1 (GET /): GET / answered 500',
            },
          ],
          steps: [{ step: 'GET /', runs: 1, avgMs: 20, maxMs: 20, failures: 1 }],
          spans: 9,
          appSpans: 3,
          settled: false,
          pending: ['2 spans of trace bbb wait for a parent that is still open'],
        },
        agent,
      ),
    ).toMatchInlineSnapshot(`
      "journey checkout: 2 iterations, 1 failed, 9 spans, 3 of them of apps
      ok     120 ms  warm-up  obs trace aaa
      FAIL  20.3 ms           obs trace bbb  step 1 (GET /): GET / answered 500
      step     avg    max
      GET /  20 ms  20 ms  1 failed
      not all spans have arrived: 2 spans of trace bbb wait for a parent that is still open
      obs check 'no span in journey checkout > 2s'"
    `);
  });
});

describe('a line of JSON', () => {
  it.each([
    {
      name: 'of pino',
      line: '{"level":30,"time":1,"pid":2,"msg":"paid","total":50,"note":"a b"}',
      text: 'paid  total=50  note="a b"',
    },
    { name: 'with objects', line: '{"message":"in","req":{"url":"/"}}', text: 'in  req={"url":"/"}' },
    { name: 'with controls in it', line: '{"msg":"a\\u001b[31m\\nb"}', text: 'a ⏎ b' },
    { name: 'without a message', line: '{"a":1}', text: undefined },
    { name: 'that breaks off', line: '{"msg":"a"', text: undefined },
    { name: 'that is none', line: 'plain', text: undefined },
  ])('is shown by what it says: $name', ({ line, text }) => {
    expect(shortenJsonLine(line)).toBe(text);
  });
});

describe('text from outside', () => {
  it.each([
    { name: 'colours', text: '\u001b[31mred\u001b[0m', line: 'red' },
    { name: 'titles and links of terminals', text: '\u001b]0;owned\u0007x', line: 'x' },
    { name: 'carriage returns that would overwrite', text: 'good\rbad', line: 'good ⏎ bad' },
    { name: 'further lines', text: 'a\n  b', line: 'a ⏎ b' },
    { name: 'reversed direction', text: 'a\u202eb\u2066c', line: 'abc' },
    { name: 'other controls', text: 'a\u0000b\u0085c\u007f', line: 'abc' },
  ])('loses its $name', ({ text, line }) => {
    expect(cleanLine(text)).toBe(line);
  });

  it('keeps its lines where there is room for them', () => {
    expect(cleanBlock('a\n  b\n\n', '    ')).toBe('a\n      b');
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
    start: window.from,
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
    logs: [{ time: window.from, afterMs: 12, service: 'checkout', level: 'error', spanId: '02', line: 'no money' }],
    detail: null,
  };
}
