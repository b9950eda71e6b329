// What people and agents read, in full: a change of any character of it is a change that somebody sees.
import { describe, expect, it } from 'vitest';
import type { LogsAnswer } from '../answers/logs.ts';
import { summariseSeries } from '../query/series.ts';
import { renderChart } from './chart.ts';
import { cleanBlock, cleanLine } from './clean.ts';
import { renderDiscover } from './discover.ts';
import { renderJourney } from './journey.ts';
import { shortenJsonLine } from './log-text.ts';
import { renderLogs } from './logs.ts';
import { renderMetrics } from './metrics.ts';
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
          warnings: ['data before 11:00 was pruned'],
          empty: null,
        },
        agent,
      ),
    ).toMatchInlineSnapshot(`
      "when                      trace                             duration  spans  errors  root                   matches
      2026-01-01T11:59:58.000Z  4bf92f3577b34da6a3ce929d0e0e4736    2.13 s     12       1  gateway GET /checkout  SELECT 2.05 s +3
      There are older traces. Next: obs traces '{}' --to X
      warning: data before 11:00 was pruned"
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
          warnings: [],
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
