// What budgets over journeys, raw queries and processes decide, on populations small enough to check by hand.
import { describe, it } from 'vitest';
import { type Case, checkCase, nothing, oneApp, twoApps } from './cases.ts';
import { makeJourney, nowMs } from './table-source.ts';

const cases: readonly Case[] = [
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

describe('a budget over journeys, queries and processes', () => {
  it.each(cases)('$name: $budget', checkCase);
});
