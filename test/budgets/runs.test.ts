// What budgets over startups and spans of runs decide, on populations small enough to check by hand.
import { describe, expect, it } from 'vitest';
import { declareBudget } from '../../src/budgets/declared.ts';
import { evaluateBudget } from '../../src/budgets/evaluate/evaluate.ts';
import { type Case, checkCase, nothing, oneApp, twoApps } from './cases.ts';
import { makeRun, makeTableSource, nowMs, type SpanRow, type World } from './table-source.ts';

// 19 spans of 1 to 19 ms and one of 10 s: what an interpolating percentile gets wrong.
const twentySpans: SpanRow[] = Array.from({ length: 20 }, (_, at) => ({ run: 'r-1', ms: at === 19 ? 10_000 : at + 1 }));

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
    says: /asks for 2 runs, there is 1/,
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
    says: /asks for 21 samples, there are 20 spans/,
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
    says: /no span to measure/,
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
];

describe('a budget over runs', () => {
  it.each(cases)('$name: $budget', checkCase);

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
