// Budgets and journeys against a real embedded stack: scope by run and by descent, exact counts, exit codes.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTraceId } from '../../src/model/ids.ts';
import { sleep } from '../../src/std/sleep.ts';
import { budgetCheck } from '../../src/tools/budget-check.ts';
import { journeyRun } from '../../src/tools/journey-run.ts';
import { makeJourney, makeRun } from '../budgets/table-source.ts';
import { type SpanSketch, StackWithData } from './stack-with-data.ts';

const world = new StackWithData();
const nowMs = Date.now();
const startMs = nowMs - 60_000;
const journeyTrace = makeTraceId();
const spanId = (at: number) => at.toString(16).padStart(16, '0');

beforeAll(async () => {
  await world.start();
  const { keeper } = world;
  await keeper.putRun(makeRun('r-old', { startedAtMs: startMs - 60_000, endedAtMs: startMs - 1, startupMs: 5000 }));
  await keeper.putRun(makeRun('r-web', { startedAtMs: startMs, startupMs: 412 }));
  await keeper.putRun(makeRun('r-api', { app: 'api', startedAtMs: startMs, startupMs: 300 }));
  const iteration = { warmup: false, ok: true, startedAtMs: startMs, durationMs: 900, failure: null };
  await keeper.putJourney(
    makeJourney('checkout', [], {
      journeyId: 'j-1',
      startedAtMs: startMs,
      endedAtMs: startMs + 1000,
      iterations: [{ ...iteration, traceId: journeyTrace }],
    }),
  );
  await world.sendSpans([
    { traceId: makeTraceId(), spanId: spanId(1), name: 'GET /', startMs: startMs - 30_000, ms: 9000, runId: 'r-old' },
    { traceId: makeTraceId(), spanId: spanId(2), name: 'app.startup', scope: 'obs', startMs, ms: 9000, runId: 'r-web' },
    { traceId: makeTraceId(), spanId: spanId(3), name: 'GET /', startMs, ms: 100, runId: 'r-web' },
    {
      traceId: makeTraceId(),
      spanId: spanId(4),
      name: 'GET /',
      startMs,
      ms: 50,
      runId: 'r-api',
      service: 'api',
      failed: true,
    },
    ...journeySpans(),
  ]);
  await world.sendLogs([
    { atMs: startMs + 1, line: 'fine', runId: 'r-web' },
    { atMs: startMs + 2, line: 'error of another run', runId: 'r-old' },
    { atMs: startMs - 1000, line: 'error before', runId: 'r-old' },
  ]);
  await world.sendGauge('queue_length', 7, nowMs);
});
afterAll(() => world.dispose());

// Root and step of obs, a request below the step, 150 queries below that, one of them slow.
function journeySpans(): SpanSketch[] {
  const common = { traceId: journeyTrace, startMs };
  const ours = {
    ...common,
    scope: 'obs',
    service: 'obs',
    attributes: { 'obs.journey': 'checkout', 'obs.journey.id': 'j-1' },
  };
  return [
    { ...ours, spanId: spanId(100), name: 'journey checkout', ms: 4000 },
    { ...ours, spanId: spanId(101), parentSpanId: spanId(100), name: 'GET /checkout', ms: 4000 },
    { ...common, spanId: spanId(102), parentSpanId: spanId(101), name: 'GET /checkout', ms: 2500, runId: 'r-web' },
    ...Array.from({ length: 150 }, (_, at) => ({
      ...common,
      spanId: spanId(1000 + at),
      parentSpanId: spanId(102),
      name: 'SELECT shop',
      ms: at === 0 ? 2400 : 1,
      runId: 'r-api',
      service: 'api',
      attributes: { 'db.query.text': `SELECT * FROM item /* ${at} */` },
    })),
  ];
}

interface Judged {
  readonly budget: string;
  readonly verdict: string;
  readonly observed?: { readonly value: number; readonly unit: string };
  readonly exit: number;
}

const judged: readonly Judged[] = [
  { budget: 'startup < 800ms', verdict: 'pass', observed: { value: 412, unit: 'ms' }, exit: 0 },
  {
    budget: 'max(startup of web) < 800ms over 2 runs',
    verdict: 'fail',
    observed: { value: 5000, unit: 'ms' },
    exit: 1,
  },
  { budget: 'no span "GET /" > 1s', verdict: 'refused', exit: 2 },
  { budget: 'span "GET /" < 1s', verdict: 'pass', observed: { value: 0.1, unit: 's' }, exit: 0 },
  { budget: 'no span of web > 3s', verdict: 'pass', observed: { value: 2.5, unit: 's' }, exit: 0 },
  { budget: 'no span in journey checkout > 2s', verdict: 'fail', observed: { value: 2.5, unit: 's' }, exit: 1 },
  {
    budget: 'no span in journey checkout {span.db.query.text != ""} > 3s',
    verdict: 'pass',
    observed: { value: 2.4, unit: 's' },
    exit: 0,
  },
  {
    budget: 'count(span "SELECT shop" in journey checkout) == 150',
    verdict: 'pass',
    observed: { value: 150, unit: 'spans' },
    exit: 0,
  },
  {
    budget: 'count(span {name = "SELECT shop"} in journey checkout) <= 149 per iteration',
    verdict: 'fail',
    observed: { value: 150, unit: 'spans' },
    exit: 1,
  },
  {
    budget: 'p99(span "SELECT shop" in journey checkout) < 2s',
    verdict: 'pass',
    observed: { value: 0.001, unit: 's' },
    exit: 0,
  },
  { budget: 'errors of web == 0', verdict: 'pass', observed: { value: 0, unit: 'errors' }, exit: 0 },
  { budget: 'errors of api == 0', verdict: 'fail', observed: { value: 1, unit: 'errors' }, exit: 1 },
  { budget: 'logs {service_name="web"} == 1', verdict: 'pass', observed: { value: 1, unit: 'lines' }, exit: 0 },
  {
    budget: 'logs {service_name="web"} |= "error" == 0',
    verdict: 'pass',
    observed: { value: 0, unit: 'lines' },
    exit: 0,
  },
  { budget: 'metric queue_length < 5', verdict: 'fail', observed: { value: 7, unit: '' }, exit: 1 },
  { budget: 'traces { duration > 2s } at most 1', verdict: 'pass', observed: { value: 1, unit: 'traces' }, exit: 0 },
  { budget: 'no span in journey pay > 2s', verdict: 'no_data', exit: 3 },
  { budget: 'startup <= baseline + 10%', verdict: 'no_data', exit: 3 },
];

describe('check', () => {
  it.each(judged)('$verdict ($exit): $budget', async ({ budget, verdict, observed, exit }) => {
    const answer = world.call(budgetCheck, { budgets: [budget] });
    if (exit === 2) return expect(answer).rejects.toMatchObject({ code: 'OBS_BUDGET_REFUSED', exit });
    const { output, exit: got } = await answer;
    expect(output.verdicts[0]).toMatchObject({ verdict, ...(observed && { observed }) });
    expect(got).toBe(exit);
  });

  it('names the slow query with its service, time and statement, and nothing of obs', async () => {
    const { output, text } = await world.call(budgetCheck, { budgets: ['no span in journey checkout > 2s'] });
    expect(output.verdicts[0]?.culprits).toEqual([
      {
        traceId: journeyTrace,
        spanId: spanId(1000),
        line: 'SELECT shop (api) 2.4 s: SELECT * FROM item /* 0 */, inside GET /checkout (web) 2.5 s',
      },
    ]);
    expect(text).toContain('FAIL    no span in journey checkout > 2s  2.5 s');
  });

  it('ends with the worst of all: a failure before missing data before a pass', async () => {
    const exitOf = async (...budgets: string[]) => (await world.call(budgetCheck, { budgets })).exit;
    expect(await exitOf('startup < 800ms', 'no span in journey pay > 2s', 'errors of api == 0')).toBe(1);
    expect(await exitOf('startup < 800ms', 'no span in journey pay > 2s')).toBe(3);
  });

  it('reads the budgets of obs.yaml, with their lines, names and levels', async () => {
    world.writeConfig('budgets:\n  - "startup < 800ms"\n  - name: calm\n    assert: errors == 0\n    level: warn\n');
    const { output, exit } = await world.call(budgetCheck, {});
    expect(output.verdicts).toMatchObject([
      { budget: 'startup < 800ms', source: 'obs.yaml:2', verdict: 'pass' },
      { budget: 'calm', source: 'obs.yaml:3', verdict: 'warn' },
    ]);
    expect(exit).toBe(0);
  });

  it('takes a budget whose words the shell split', async () => {
    const { output } = await world.call(budgetCheck, { budgets: ['no', 'span', 'of', 'web', 'exceeds', '3s'] });
    expect(output.verdicts).toMatchObject([{ budget: 'no span of web exceeds 3s', verdict: 'pass' }]);
  });

  it('judges another run, or all that was seen, when asked to', async () => {
    const old = await world.call(budgetCheck, { budgets: ['no span > 2s'], run: 'r-old' });
    expect(old.output.verdicts[0]).toMatchObject({ verdict: 'fail', observed: { value: 9, unit: 's' } });
    const all = await world.call(budgetCheck, { budgets: ['no span > 2s'], all: true });
    expect(all.output).toMatchObject({
      scope: { kind: 'window' },
      verdicts: [{ verdict: 'fail', observed: { value: 9, unit: 's' } }],
    });
  });

  it('gives one query that can be asked again, for several runs too', async () => {
    const { output } = await world.call(budgetCheck, { budgets: ['no span of web > 2s over 2 runs'] });
    expect(output.verdicts[0]).toMatchObject({ verdict: 'fail', observed: { value: 9, unit: 's' } });
    expect(output.verdicts[0]?.query).toBe('{ resource.obs.run.id =~ "r-old|r-web" }');
  });

  it('waits for a parent that is still open before it judges, so that a slow one is not missed', async () => {
    const late = { traceId: makeTraceId(), startMs: Date.now(), runId: 'r-web' };
    const parent = { ...late, spanId: spanId(201), name: 'GET /late', ms: 7000 };
    await world.sendSpans([{ ...late, spanId: spanId(202), parentSpanId: parent.spanId, name: 'SELECT 1', ms: 1 }]);
    const sent = sleep(300).then(() => world.sendSpans([parent]));
    const { output } = await world.call(budgetCheck, { budgets: ['no span of web > 6s'], wait: '60s' });
    await sent;
    expect(output).toMatchObject({ verdicts: [{ verdict: 'fail', observed: { value: 7, unit: 's' } }], warnings: [] });
  });

  it('judges a run that has gone on for longer than one search may look back', async () => {
    await world.keeper.putRun(makeRun('r-long', { app: 'long', startedAtMs: nowMs - 20 * 86_400_000 }));
    const span = { traceId: makeTraceId(), spanId: spanId(6), name: 'x', startMs: nowMs, ms: 3000, runId: 'r-long' };
    await world.sendSpans([{ ...span, service: 'long' }]);
    const { output } = await world.call(budgetCheck, { budgets: ['no span of long > 2s'] });
    expect(output.verdicts[0]).toMatchObject({ verdict: 'fail', n: 1 });
  });

  it('does not take the probe of obs for telemetry of an app', async () => {
    const budgets = ['logs {service_name=~"obs.*"} == 0'];
    const { output } = await world.call(budgetCheck, { budgets, all: true });
    expect(output.verdicts[0]).toMatchObject({ verdict: 'no_data' });
  });

  it('waits for data that is on its way, when told how long', async () => {
    await world.keeper.putRun(makeRun('r-late', { app: 'late', startedAtMs: nowMs }));
    const waiting = world.call(budgetCheck, { budgets: ['no span of late > 2s'], wait: '10s' });
    await world.sendSpans([
      { traceId: makeTraceId(), spanId: spanId(5), name: 'x', startMs: nowMs, ms: 1, runId: 'r-late', service: 'late' },
    ]);
    expect((await waiting).output.verdicts[0]).toMatchObject({ verdict: 'pass' });
  });

  it.each([
    {
      name: 'a budget that lost its comparison',
      input: { budgets: ['no', 'span', 'in', 'journey', 'checkout'] },
      code: 'OBS_BUDGET_WITHOUT_COMPARISON',
    },
    { name: 'an unclosed quote', input: { budgets: ['span "GET < 3s'] }, code: 'OBS_BUDGET_UNCLOSED_QUOTE' },
    {
      name: 'a query that its language refuses',
      input: { budgets: ['logs {a="b" == 0'] },
      code: 'OBS_BUDGET_WITHOUT_COMPARISON',
    },
    { name: 'a filter that TraceQL refuses', input: { budgets: ['span {name = } < 3s'] }, code: 'OBS_BUDGET_REFUSED' },
    { name: 'a run that is not known', input: { budgets: ['errors == 0'], run: 'r-none' }, code: 'OBS_UNKNOWN_RUN' },
    { name: 'boots, which are not built', input: { budgets: ['errors == 0'], boot: 3 }, code: 'OBS_NOT_BUILT' },
  ])('refuses $name with exit 2', async ({ input, code }) => {
    await expect(world.call(budgetCheck, input)).rejects.toMatchObject({ code, exit: 2 });
  });

  it('says that there is nothing to check', async () => {
    world.writeConfig('ttl: 1h\n');
    await expect(world.call(budgetCheck, {})).rejects.toMatchObject({ code: 'OBS_NO_BUDGETS', exit: 2 });
  });

  it('says which spans were still open when the wait was over', async () => {
    const traceId = makeTraceId();
    const open = { traceId, startMs: Date.now(), spanId: spanId(301), parentSpanId: spanId(300), runId: 'r-web' };
    await world.sendSpans([{ ...open, name: 'SELECT 2', ms: 1 }]);
    const { output, text } = await world.call(budgetCheck, { budgets: ['no span of web > 20s'] });
    expect(output).toMatchObject({ verdicts: [{ verdict: 'pass' }] });
    expect(output.warnings).toEqual([`1 span of trace ${traceId} without a parent, which is still open`]);
    expect(text).toContain(`warning: 1 span of trace ${traceId} without a parent`);
  });
});

describe('journey', () => {
  it('drives the app, waits for its spans, and is judged by name', async () => {
    const app = createServer((request, response) => {
      response.statusCode = request.url === '/broken' ? 500 : 200;
      response.end();
    });
    await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
    const { port } = app.address() as AddressInfo; // a TCP server has a port
    world.writeConfig(
      'apps: { shop: { command: "true" } }\njourneys:\n  look:\n    tags: quick\n    warmup: 1\n    steps: [{ http: { get: / } }]\n  fall:\n    steps: [{ http: { get: /broken } }]\n',
    );
    await world.keeper.putRun(makeRun('r-shop', { app: 'shop', startedAtMs: Date.now(), ports: { PORT: port } }));
    const { output, exit } = await world.call(journeyRun, { name: 'look', repeat: 2 });
    const fallen = await world.call(journeyRun, { name: 'fall' });
    app.close();
    expect(output).toMatchObject({
      journey: 'look',
      app: 'shop',
      runId: 'r-shop',
      settled: true,
      spans: 6,
      appSpans: 0,
      pending: [],
    });
    expect(output.iterations.map((one) => one.warmup)).toEqual([true, false, false]);
    expect(output.steps).toMatchObject([{ step: 'GET /', runs: 2, failures: 0 }]);
    expect(exit).toBe(0);
    expect(fallen).toMatchObject({
      exit: 1,
      output: { iterations: [{ ok: false, failure: expect.stringContaining('answered 500') }] },
    });
    const check = await world.call(budgetCheck, {
      budgets: ['journey in quick journeys < 30s', 'no span in journey look > 2s'],
    });
    // The app sent no span of its own: that is no data, not a pass.
    expect(check.output.verdicts.map((one) => one.verdict)).toEqual(['pass', 'no_data']);
  });

  it('that is not declared is answered with the nearest', async () => {
    world.writeConfig('journeys: { checkout: { steps: [{ run: "true" }] } }\n');
    await expect(world.call(journeyRun, { name: 'chekout' })).rejects.toMatchObject({
      code: 'OBS_UNKNOWN_JOURNEY',
      exit: 2,
      fix: 'obs journey checkout',
    });
  });

  it('whose app does not run says how to start it', async () => {
    world.writeConfig('apps: { idle: { command: "true" } }\njourneys: { look: { steps: [{ http: { get: / } }] } }\n');
    await expect(world.call(journeyRun, { name: 'look' })).rejects.toMatchObject({
      code: 'OBS_JOURNEY_WITHOUT_ADDRESS',
      exit: 4,
      fix: 'obs run idle --detach',
    });
  });
});
