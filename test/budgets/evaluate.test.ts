// What budgets decide, on populations small enough to check by hand.
import { describe, expect, it } from 'vitest';
import { declareBudget } from '../../src/budgets/declared.ts';
import { evaluateBudget } from '../../src/budgets/evaluate/evaluate.ts';
import type { Selection } from '../../src/budgets/scope.ts';
import { makeJourney, makeRun, makeTableSource, nowMs, type SpanRow, type World } from './table-source.ts';

const nothing: World = { runs: [], journeys: [], spans: [] };
const twoApps = {
  ...nothing,
  runs: [
    makeRun('r-old', { startupMs: 5000 }),
    makeRun('r-1', { startedAtMs: 100, startupMs: 412 }),
    makeRun('r-2', { app: 'api', startedAtMs: 200, startupMs: 790 }),
  ],
};

// 19 spans of 1 to 19 ms and one of 10 s: facts about nearest rank that an interpolating percentile gets wrong.
const twentySpans: SpanRow[] = Array.from({ length: 20 }, (_, at) => ({ run: 'r-1', ms: at === 19 ? 10_000 : at + 1 }));
const oneApp = { ...nothing, runs: [makeRun('r-1')] };

interface Case {
  readonly name: string;
  readonly budget: string;
  readonly world: World;
  readonly selection?: Selection;
  readonly verdict: 'pass' | 'fail' | 'no_data';
  readonly observed?: { value: number; unit: string } | null;
  readonly n?: number;
  readonly says?: RegExp;
}

const cases: readonly Case[] = [
  {
    name: 'startup judges the latest run of each app',
    budget: 'startup < 800ms',
    world: twoApps,
    verdict: 'pass',
    observed: { value: 790, unit: 'ms' },
    n: 2,
  },
  {
    name: 'startup fails when one app is too slow',
    budget: 'startup < 500ms',
    world: twoApps,
    verdict: 'fail',
    observed: { value: 790, unit: 'ms' },
    says: /^api: .*; web: /,
  },
  {
    name: 'startup of one app leaves the others out',
    budget: 'startup of web < 500ms',
    world: twoApps,
    verdict: 'pass',
    observed: { value: 412, unit: 'ms' },
  },
  {
    name: 'a value is said in the unit of the budget',
    budget: 'startup of web < 0.5s',
    world: twoApps,
    verdict: 'pass',
    observed: { value: 0.412, unit: 's' },
  },
  {
    name: 'over N runs reaches back',
    budget: 'max(startup of web) < 1s over 2 runs',
    world: twoApps,
    verdict: 'fail',
    observed: { value: 5, unit: 's' },
    n: 2,
  },
  {
    name: 'over N runs needs N runs',
    budget: 'startup of api < 1s over 2 runs',
    world: twoApps,
    verdict: 'no_data',
    says: /asks for 2 runs, there are 1/,
  },
  {
    name: 'a run that never became ready is no data',
    budget: 'startup < 1s',
    world: { ...nothing, runs: [makeRun('r-1', { startupMs: null, state: 'failed', endedAtMs: 900, exitCode: 1 })] },
    verdict: 'no_data',
    says: /ended before it was ready \(exit code 1\)/,
  },
  {
    name: 'no run at all is no data',
    budget: 'startup < 1s',
    world: nothing,
    verdict: 'no_data',
    says: /no app was booted/,
  },
  {
    name: 'another run can be asked for',
    budget: 'startup < 1s',
    world: twoApps,
    selection: { kind: 'run', runId: 'r-old' },
    verdict: 'fail',
    observed: { value: 5, unit: 's' },
  },

  {
    name: 'p95 of 20 is the 19th, whatever the outlier',
    budget: 'p95(span) < 20ms',
    world: { ...oneApp, spans: twentySpans },
    verdict: 'pass',
    observed: { value: 19, unit: 'ms' },
    n: 20,
  },
  {
    name: 'p95 of 19 is no data',
    budget: 'p95(span) < 20ms',
    world: { ...oneApp, spans: twentySpans.slice(1) },
    verdict: 'no_data',
    says: /p95 needs at least 20 spans, there are 19/,
  },
  {
    name: 'p50 of 2 is the lower one',
    budget: 'p50(span) == 1ms',
    world: { ...oneApp, spans: twentySpans.slice(0, 2) },
    verdict: 'pass',
    observed: { value: 1, unit: 'ms' },
  },
  {
    name: 'max sees the outlier',
    budget: 'max(span) < 5s',
    world: { ...oneApp, spans: twentySpans },
    verdict: 'fail',
    observed: { value: 10, unit: 's' },
  },
  {
    name: 'a bare span means every one',
    budget: 'span < 5s',
    world: { ...oneApp, spans: twentySpans },
    verdict: 'fail',
    observed: { value: 10, unit: 's' },
  },
  {
    name: 'at least asks for the smallest',
    budget: 'span >= 2ms',
    world: { ...oneApp, spans: twentySpans },
    verdict: 'fail',
    observed: { value: 1, unit: 'ms' },
  },
  {
    name: 'avg is the mean',
    budget: 'avg(span) < 3ms',
    world: { ...oneApp, spans: [1, 2, 6].map((ms) => ({ run: 'r-1', ms })) },
    verdict: 'fail',
    observed: { value: 3, unit: 'ms' },
  },
  {
    name: 'over N samples takes the latest N',
    budget: 'max(span) < 1s over 5 samples',
    world: { ...oneApp, spans: [{ run: 'r-1', ms: 5000, atMs: -1 }, ...twentySpans.slice(0, 5)] },
    verdict: 'pass',
    observed: { value: 0.005, unit: 's' },
    n: 5,
  },
  {
    name: 'over N samples needs N samples',
    budget: 'max(span) < 1s over 21 samples',
    world: { ...oneApp, spans: twentySpans },
    verdict: 'no_data',
    says: /asks for 21 samples, there are 20/,
  },
  {
    name: 'spans of older runs do not count',
    budget: 'no span > 2s',
    world: {
      ...twoApps,
      spans: [
        { run: 'r-old', ms: 9000 },
        { run: 'r-1', ms: 5 },
        { run: 'r-2', ms: 5 },
      ],
    },
    verdict: 'pass',
    n: 2,
  },
  {
    name: 'an app without spans is no data, not a pass',
    budget: 'no span > 2s',
    world: { ...twoApps, spans: [{ run: 'r-1', ms: 5 }] },
    verdict: 'no_data',
    says: /no span has arrived from run r-2/,
  },
  {
    name: 'a failure outweighs missing data',
    budget: 'no span > 2s',
    world: { ...twoApps, spans: [{ run: 'r-1', ms: 2001 }] },
    verdict: 'fail',
    observed: { value: 2.001, unit: 's' },
  },
  {
    name: 'no span at the very limit passes',
    budget: 'no span > 2s',
    world: { ...oneApp, spans: [{ run: 'r-1', ms: 2000 }] },
    verdict: 'pass',
  },
  {
    name: 'no span passes when the filter leaves nothing of a population that is there',
    budget: 'no span {span.db.system = "x"} > 2s',
    world: { ...oneApp, spans: [{ run: 'r-1', ms: 5000 }] },
    verdict: 'pass',
    observed: null,
    n: 0,
  },
  {
    name: 'a statistic over nothing is no data',
    budget: 'max(span {span.db.system = "x"}) < 2s',
    world: { ...oneApp, spans: [{ run: 'r-1', ms: 5 }] },
    verdict: 'no_data',
    says: /no spans to measure/,
  },
  {
    name: 'a named span is looked for in the apps that have it',
    budget: 'span "GET /a" < 1s',
    world: {
      ...twoApps,
      spans: [
        { run: 'r-1', ms: 5, name: 'GET /a' },
        { run: 'r-2', ms: 5 },
      ],
    },
    verdict: 'pass',
    n: 1,
  },
  {
    name: 'a named span that no app has is no data',
    budget: 'span "GET /b" < 1s',
    world: {
      ...twoApps,
      spans: [
        { run: 'r-1', ms: 5 },
        { run: 'r-2', ms: 5 },
      ],
    },
    verdict: 'no_data',
  },
  {
    name: 'a cut-off answer is no data',
    budget: 'no span > 2s',
    world: { ...oneApp, spans: [{ run: 'r-1', ms: 5 }], cutOff: 'cut off at 1 trace' },
    verdict: 'no_data',
    says: /cut off at 1 trace/,
  },
  {
    name: 'a count of a population that is there can be 0',
    budget: 'count(span "x") == 0',
    world: { ...oneApp, spans: [{ run: 'r-1', ms: 5 }] },
    verdict: 'pass',
    observed: { value: 0, unit: 'spans' },
  },
  { name: 'a count of no population is no data', budget: 'count(span "x") == 0', world: oneApp, verdict: 'no_data' },
  {
    name: 'per trace judges the worst trace',
    budget: 'count(span "q") <= 2 per trace',
    world: { ...oneApp, spans: ['a', 'a', 'a', 'b'].map((trace) => ({ run: 'r-1', ms: 1, name: 'q', trace })) },
    verdict: 'fail',
    observed: { value: 3, unit: 'spans' },
    n: 2,
  },
  {
    name: 'per trace counts a trace without a match as 0',
    budget: 'count(span "q") >= 1 per trace',
    world: {
      ...oneApp,
      spans: [
        { run: 'r-1', ms: 1, name: 'q', trace: 'a' },
        { run: 'r-1', ms: 1, trace: 'b' },
      ],
    },
    verdict: 'fail',
    observed: { value: 0, unit: 'spans' },
  },
  {
    name: 'rate is spans by second of the run',
    budget: 'rate(span) >= 2',
    world: { ...nothing, runs: [makeRun('r-1', { endedAtMs: 10_000 })], spans: twentySpans },
    verdict: 'pass',
    observed: { value: 2, unit: 'per s' },
  },

  {
    name: 'errors are counted',
    budget: 'errors == 0',
    world: {
      ...oneApp,
      spans: [
        { run: 'r-1', ms: 1 },
        { run: 'r-1', ms: 1, failed: true },
      ],
    },
    verdict: 'fail',
    observed: { value: 1, unit: 'errors' },
  },
  {
    name: 'errors in % are a share of the spans',
    budget: 'errors < 50%',
    world: {
      ...oneApp,
      spans: [
        { run: 'r-1', ms: 1 },
        { run: 'r-1', ms: 1, failed: true },
      ],
    },
    verdict: 'fail',
    observed: { value: 50, unit: '%' },
    n: 2,
  },
  {
    name: 'no error among spans passes',
    budget: 'errors == 0',
    world: { ...oneApp, spans: [{ run: 'r-1', ms: 1 }] },
    verdict: 'pass',
  },
  { name: 'no error without spans is no data', budget: 'errors == 0', world: oneApp, verdict: 'no_data' },

  {
    name: 'a journey scope takes its own spans of all apps',
    budget: 'no span in journey buy > 2s',
    world: {
      ...twoApps,
      journeys: [makeJourney('buy', [100])],
      spans: [
        { run: 'r-1', ms: 9000 },
        { journey: 'j-buy', trace: 'buy-0', ms: 5 },
      ],
    },
    verdict: 'pass',
    n: 1,
  },
  {
    name: 'warm-ups do not count',
    budget: 'no span in journey buy > 2s',
    world: {
      ...oneApp,
      journeys: [makeJourney('buy', [1, 1], { warmup: 1 })],
      spans: [
        { journey: 'j-buy', trace: 'buy-0', ms: 9000 },
        { journey: 'j-buy', trace: 'buy-1', ms: 5 },
      ],
    },
    verdict: 'pass',
    n: 1,
  },
  {
    name: 'a journey that was never run is no data',
    budget: 'no span in journey buy > 2s',
    world: oneApp,
    verdict: 'no_data',
    says: /journey buy was not run/,
  },
  {
    name: 'one of two journeys that was never run is no data',
    budget: 'no span in journeys buy, pay > 2s',
    world: { ...oneApp, journeys: [makeJourney('buy', [1])], spans: [{ journey: 'j-buy', trace: 'buy-0', ms: 5 }] },
    verdict: 'no_data',
    says: /journey pay was not run/,
  },
  {
    name: 'a journey without spans of apps is no data',
    budget: 'no span in journey buy > 2s',
    world: { ...oneApp, journeys: [makeJourney('buy', [1])] },
    verdict: 'no_data',
    says: /no span has arrived from invocation j-buy/,
  },
  {
    name: 'a tag finds its journeys',
    budget: 'no span in critical journeys > 2s',
    world: {
      ...oneApp,
      journeys: [makeJourney('buy', [1], { tags: ['critical'] }), makeJourney('look', [1])],
      spans: [
        { journey: 'j-buy', trace: 'buy-0', ms: 5 },
        { journey: 'j-look', trace: 'look-0', ms: 9000 },
      ],
    },
    verdict: 'pass',
    n: 1,
  },
  {
    name: 'of and in together narrow a journey to one app',
    budget: 'no span of web in journey buy > 2s',
    world: {
      ...oneApp,
      journeys: [makeJourney('buy', [1])],
      spans: [
        { journey: 'j-buy', trace: 'buy-0', ms: 5 },
        { journey: 'j-buy', trace: 'buy-0', ms: 9000, service: 'db' },
      ],
    },
    verdict: 'pass',
    n: 1,
  },
  {
    name: 'a journey as a whole is judged by its iterations',
    budget: 'max(journey in journey buy) < 300ms',
    world: { ...oneApp, journeys: [makeJourney('buy', [900, 100, 200], { warmup: 1 })] },
    verdict: 'pass',
    observed: { value: 200, unit: 'ms' },
    n: 2,
  },
  {
    name: 'over N iterations takes the latest N',
    budget: 'max(journey in journey buy) < 300ms over 2 iterations',
    world: { ...oneApp, journeys: [makeJourney('buy', [900, 100, 200])] },
    verdict: 'pass',
    n: 2,
  },
  {
    name: 'per iteration counts an iteration without a match as 0',
    budget: 'count(span "q" in journey buy) >= 1 per iteration',
    world: {
      ...oneApp,
      journeys: [makeJourney('buy', [1, 1])],
      spans: [{ journey: 'j-buy', trace: 'buy-0', ms: 5, name: 'q' }],
    },
    verdict: 'fail',
    observed: { value: 0, unit: 'spans' },
  },

  {
    name: 'log lines are counted',
    budget: 'logs {service_name="web"} |= "error" == 0',
    world: { ...oneApp, lines: [{ query: '{service_name="web"} |= "error"', lines: [{ line: 'error 1' }] }] },
    verdict: 'fail',
    observed: { value: 1, unit: 'lines' },
  },
  {
    name: 'no matching line of an app that logs is 0',
    budget: 'logs {service_name="web"} |= "error" == 0',
    world: { ...oneApp, lines: [{ query: '{service_name="web"}', lines: [{ line: 'hello' }] }] },
    verdict: 'pass',
    observed: { value: 0, unit: 'lines' },
  },
  {
    name: 'no line of an app at all is no data',
    budget: 'logs {service_name="wbe"} |= "error" == 0',
    world: oneApp,
    verdict: 'no_data',
    says: /no line of \{service_name="wbe"\} has arrived/,
  },
  {
    name: 'a label that no stream has is no data',
    budget: 'logs {app="web"} |= "error" == 0',
    world: { ...oneApp, lines: [{ query: '{service_name=~".+"}', lines: [{}] }] },
    verdict: 'no_data',
    says: /no stream has the label app/,
  },
  {
    name: 'every series of a metric must hold',
    budget: 'metric queue_length < 5',
    world: {
      ...oneApp,
      values: {
        queue_length: [
          { series: 'queue_length{q="a"}', value: 3 },
          { series: 'queue_length{q="b"}', value: 7 },
        ],
      },
    },
    verdict: 'fail',
    observed: { value: 7, unit: '' },
    says: /q="b"/,
  },
  {
    name: 'a time beside a raw query means seconds',
    budget: 'metric latency_seconds < 300ms',
    world: { ...oneApp, values: { latency_seconds: [{ series: 'latency_seconds', value: 0.25 }] } },
    verdict: 'pass',
    observed: { value: 250, unit: 'ms' },
  },
  {
    name: 'a metric that is NaN does not hold',
    budget: 'metric x < 5',
    world: { ...oneApp, values: { x: [{ series: 'x', value: Number.NaN }] } },
    verdict: 'fail',
  },
  {
    name: 'a metric without series is no data',
    budget: 'metric nothing < 5',
    world: oneApp,
    verdict: 'no_data',
    says: /yields no series/,
  },
  {
    name: 'matching traces are counted',
    budget: 'traces {status=error} == 0',
    world: { ...oneApp, traces: { '{status=error}': ['t1'], '{}': ['t1', 't2'] } },
    verdict: 'fail',
    observed: { value: 1, unit: 'traces' },
  },
  {
    name: 'no matching trace among others is 0',
    budget: 'traces {status=error} == 0',
    world: { ...oneApp, traces: { '{}': ['t1'] } },
    verdict: 'pass',
  },
  { name: 'no trace at all is no data', budget: 'traces {status=error} == 0', world: oneApp, verdict: 'no_data' },

  {
    name: 'rss is the largest sample',
    budget: 'rss < 300MB',
    world: { ...oneApp, samples: { 'rss r-1': [1e8, 3.5e8, 2e8] } },
    verdict: 'fail',
    observed: { value: 350, unit: 'MB' },
  },
  {
    name: 'cpu is the mean share',
    budget: 'cpu < 50%',
    world: { ...oneApp, samples: { 'cpu r-1': [0.2, 0.4] } },
    verdict: 'pass',
    observed: { value: 30.000000000000004, unit: '%' },
  },
  {
    name: 'a measure that nobody took is no data',
    budget: 'eventloop < 20ms',
    world: oneApp,
    verdict: 'no_data',
    says: /no eventloop was measured/,
  },
  {
    name: 'a baseline says that it is not built',
    budget: 'startup <= baseline + 10%',
    world: twoApps,
    verdict: 'no_data',
    says: /unsupported: baseline/,
  },
  {
    name: 'a window judges whatever was sent in it, by service',
    budget: 'no span > 2s',
    world: {
      ...nothing,
      spans: [
        { ms: 5, service: 'a' },
        { ms: 3000, service: 'b' },
      ],
    },
    selection: { kind: 'window', window: { startMs: 0, endMs: nowMs } },
    verdict: 'fail',
    says: /^b: /,
  },
];

describe('a budget', () => {
  it.each(cases)('$name: $budget', async ({ budget, world, selection = { kind: 'latest' }, ...expected }) => {
    const declared = declareBudget({ text: budget, origin: { kind: 'argument', source: 'argument 1' } });
    const history = { runs: world.runs, journeys: world.journeys, selection, nowMs };
    const { verdict } = await evaluateBudget(declared, { source: makeTableSource(world), history });
    expect(verdict).toMatchObject({ verdict: expected.verdict });
    if (expected.observed !== undefined) expect(verdict.observed).toEqual(expected.observed);
    if (expected.n !== undefined) expect(verdict.n).toBe(expected.n);
    if (expected.says !== undefined) expect(verdict.reason).toMatch(expected.says);
  });

  it('that fails names the database span inside the slow ones, once, with its statement', async () => {
    const world: World = {
      ...oneApp,
      spans: [
        { run: 'r-1', ms: 2130, name: 'GET /checkout', trace: 'a' },
        { run: 'r-1', ms: 2100, name: 'pay', trace: 'a' },
        {
          run: 'r-1',
          ms: 2050,
          name: 'SELECT shop',
          service: 'inventory',
          trace: 'a',
          statement: 'SELECT *\n  FROM items',
        },
      ],
    };
    const declared = declareBudget({ text: 'no span > 2s', origin: { kind: 'yaml', source: 'obs.yaml:7' } });
    const { verdict } = await evaluateBudget(declared, {
      source: makeTableSource(world),
      history: { ...world, selection: { kind: 'latest' }, nowMs },
    });
    expect(verdict.culprits).toEqual([
      {
        traceId: 'a',
        spanId: 's2',
        line: 'SELECT shop (inventory) 2.05 s: SELECT * FROM items, inside GET /checkout (web) 2.13 s',
      },
    ]);
    expect(verdict.source).toBe('obs.yaml:7');
  });

  it('of level warn that fails is a warning', async () => {
    const declared = declareBudget({
      text: 'startup < 1ms',
      origin: { kind: 'yaml', source: 'obs.yaml:7' },
      level: 'warn',
      name: 'quick',
    });
    const { verdict } = await evaluateBudget(declared, {
      source: makeTableSource(twoApps),
      history: { ...twoApps, selection: { kind: 'latest' }, nowMs },
    });
    expect(verdict).toMatchObject({ budget: 'quick', verdict: 'warn' });
  });
});
