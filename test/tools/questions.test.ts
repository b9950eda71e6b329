// The question tools against a real embedded stack: what they answer, page by page, and what they say when nothing is
// found or the question is wrong.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { logsQuery } from '../../src/tools/logs-query.ts';
import { metricsQuery } from '../../src/tools/metrics-query.ts';
import { telemetryDiscover } from '../../src/tools/telemetry-discover.ts';
import { traceGet } from '../../src/tools/trace-get.ts';
import { tracesSearch } from '../../src/tools/traces-search.ts';
import { StackWithData } from './stack-with-data.ts';

const world = new StackWithData();
const nowMs = Date.now();
const traceId = 'a'.repeat(32);

beforeAll(async () => {
  await world.start();
  // 25 lines, five to each second, so that pages end among lines of the same time.
  await world.sendLogs(
    Array.from({ length: 25 }, (_, at) => ({
      atMs: nowMs - 60_000 + Math.floor(at / 5) * 1000,
      line: `line ${String(at).padStart(2, '0')}`,
    })),
  );
  await world.sendLogs([
    { atMs: nowMs - 30_000, line: 'paid \u001b[31m3 EUR\u001b[0m', service: 'checkout', traceId },
    { atMs: nowMs - 3 * 3_600_000, line: 'long ago', service: 'night' },
  ]);
  await world.sendLogs(
    ['{"state":"open","n":1}', '{"state":"open","n":2}', 'no json', 'no json', '{"state":"shut","n":"many"}'].map(
      (line, at) => ({
        atMs: nowMs - 20_000 + at * 1000,
        line,
        service: 'shop',
      }),
    ),
  );
  await world.sendSpans([
    { traceId, spanId: '1'.repeat(16), name: 'GET /checkout', startMs: nowMs - 30_000, ms: 100, service: 'gateway' },
    {
      traceId,
      spanId: '2'.repeat(16),
      parentSpanId: '1'.repeat(16),
      name: 'SELECT shop',
      startMs: nowMs - 29_990,
      ms: 80,
      service: 'checkout',
      failed: true,
      attributes: { 'db.query.text': 'SELECT 1', 'http.route': '/checkout', load: 1.5 },
    },
  ]);
  await world.sendGauge('queue_length', 7, nowMs - 5_000);
});
afterAll(() => world.dispose());

describe('logs', () => {
  it('are paged by cursor: every line once, whatever lies at the edge of a page', async () => {
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { output } = await world.call(logsQuery, {
        query: '{service_name="web"}',
        limit: 7,
        ...(cursor && { cursor }),
      });
      seen.push(...output.lines.map((row) => row.line));
      cursor = output.cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toHaveLength(25);
    expect([...seen].sort()).toEqual(Array.from({ length: 25 }, (_, at) => `line ${String(at).padStart(2, '0')}`));
  });

  it('come without the escape sequences that the app wrote', async () => {
    const { output, text } = await world.call(logsQuery, { query: '{service_name="checkout"}' });
    expect(output.lines).toMatchObject([{ line: 'paid 3 EUR', service: 'checkout', traceId }]);
    expect(text).toContain('paid 3 EUR');
  });

  it.each([
    {
      name: 'a wrong value',
      query: '{service_name="chekout"}',
      finding: /service_name is never "chekout" there; there are .*"checkout"/,
      tries: `obs logs '{service_name="checkout"}'`,
    },
    {
      name: 'a wrong label',
      query: '{servicename="checkout"}',
      finding: /no stream has the label servicename; there is service_name/,
      tries: `obs logs '{service_name="checkout"}'`,
    },
    {
      name: 'a filter that leaves nothing',
      query: '{service_name="web"} |= "nothing"',
      finding: /alone matches lines/,
      tries: `obs logs '{service_name="web"}' --limit 5`,
    },
    {
      name: 'other capitals',
      query: '{service_name="web"} |= "LINE"',
      finding: /\|= "LINE" leaves none of them/,
      tries: `obs logs '{service_name="web"} |~ "(?i)LINE"'`,
    },
    {
      name: 'a field asked for as a label',
      query: `{trace_id="${traceId}"}`,
      finding: /trace_id is no label of streams/,
      tries: `obs logs '{service_name=~".+"} | trace_id="${traceId}"'`,
    },
    {
      name: 'a wrong value of a field',
      query: '{service_name="shop"} | json | state="opne"',
      finding: /\| state="opne" leaves none of them/,
      tries: `obs logs '{service_name="shop"} | json | state="open"'`,
    },
    {
      name: 'a wrong name of a field',
      query: '{service_name="shop"} | json | sate="open"',
      finding: /\| sate="open" leaves none of them/,
      tries: `obs logs '{service_name="shop"} | json | state="open"'`,
    },
    {
      name: 'the wrong parser',
      query: '{service_name="shop"} | logfmt | state="open"',
      finding: /\| state="open" leaves none of them/,
      tries: `obs logs '{service_name="shop"} | json | state="open"'`,
    },
  ])('that are not found are explained: $name', async ({ query, finding, tries }) => {
    const { output, exit } = await world.call(logsQuery, { query });
    expect(exit).toBe(0);
    expect(output.empty?.findings[0]).toMatch(finding);
    expect(output.empty?.tries).toEqual([tries]);
  });

  it('before the window are pointed at, with the command that finds them', async () => {
    const { output } = await world.call(logsQuery, { query: '{service_name="night"}' });
    // The label value is known only before the window, so either finding leads there.
    const again = await world.call(logsQuery, { query: '{service_name="night"}', since: '4h' });
    expect(output.empty?.findings).toHaveLength(1);
    expect(again.output.lines).toHaveLength(1);
  });

  it('that a parser cannot read are counted and named, with the query without them', async () => {
    const query = '{service_name="shop"} | json';
    const { output } = await world.call(logsQuery, { query });
    expect(output.warnings).toEqual([
      'JSONParserErr on 2 of 5 lines, such as: no json',
      `without those lines: obs logs '${query} | __error__=""'`,
    ]);
  });

  it('that nothing can be computed from are left out by the fix of the refusal', async () => {
    const query = 'sum by (state) (sum_over_time({service_name="shop"} | json | unwrap n [5m]))';
    const mended = 'sum by (state) (sum_over_time({service_name="shop"} | json | unwrap n | __error__="" [5m]))';
    const refused = world.call(logsQuery, { query });
    await expect(refused).rejects.toMatchObject({ code: 'OBS_LINES_UNREADABLE', fix: `obs logs '${mended}'` });
    const { output } = await world.call(logsQuery, { query: mended });
    expect(output.series[0]?.summary.max).toBe('3');
  });

  it('show what they have in common, then a few of them', async () => {
    const { output, text } = await world.call(logsQuery, { query: '{service_name="web"}', patterns: true });
    expect(output.patterns).toHaveLength(25);
    expect(output.lines).toHaveLength(10);
    expect(output.patternLines).toMatch(/^obs logs '\{service_name="web"\} \|= `line \d\d`'$/);
    expect(text).toContain('lines  level');
  });

  it('that say the same are one row for an agent', async () => {
    const { output } = await world.call(logsQuery, { query: '{service_name="shop"}' }, 'mcp');
    expect(output.lines.map(({ line, count }: { line: string; count?: number }) => [line, count])).toContainEqual([
      'no json',
      2,
    ]);
  });

  it('name the command for the trace of one', async () => {
    const { output } = await world.call(logsQuery, { query: '{service_name="checkout"}' });
    expect(output.trace).toBe(`obs trace ${traceId}`);
  });

  it('are counted by metric queries', async () => {
    const { output } = await world.call(logsQuery, {
      query: 'sum(count_over_time({service_name="web"}[10m]))',
      since: '5m',
    });
    expect(output.kind).toBe('series');
    expect(output.series[0]?.summary.max).toBe('25');
  });

  it('can be followed: what is there first, then what arrives, each line once', async () => {
    const controller = new AbortController();
    const context = { ...world.context(), signal: controller.signal };
    const stream = logsQuery.follow?.stream(
      logsQuery.input.parse({ query: '{service_name="followed"}', follow: true, since: '2m' }),
      context,
      {
        colour: false,
        columns: 80,
        compact: true,
      },
    );
    const seen: string[] = [];
    const reading = (async () => {
      for await (const item of stream ?? []) {
        seen.push(item.text.replace(/^\S+ /, ''));
        if (seen.length === 3) controller.abort();
      }
    })();
    await world.sendLogs([{ atMs: nowMs - 90_000, line: 'one', service: 'followed' }]);
    await world.sendLogs([
      { atMs: nowMs - 89_000, line: 'two', service: 'followed' },
      { atMs: nowMs - 89_500, line: 'late', service: 'followed' },
    ]);
    await reading;
    expect([...seen].sort()).toEqual(['followed UNKNOWN late', 'followed UNKNOWN one', 'followed UNKNOWN two']);
  });
});

describe('metrics', () => {
  it('are evaluated now, or over a window', async () => {
    const instant = await world.call(metricsQuery, { query: 'queue_length * 2' });
    expect(instant.output).toMatchObject({ window: null, series: [{ summary: { last: '14' } }] });
    const range = await world.call(metricsQuery, { query: 'queue_length', since: '2m', step: '10s' });
    expect(range.output.window).not.toBeNull();
    expect(range.output.series[0]?.points?.length).toBeGreaterThan(0);
  });

  it('are asked by question, with the PromQL that answers it', async () => {
    const { output } = await world.call(metricsQuery, { rate: 'queue.length', by: ['service.name'] });
    expect(output).toMatchObject({ wroteQuery: true, query: 'sum by (service_name) (rate(queue_length[5m]))' });
    await expect(world.call(metricsQuery, {})).rejects.toMatchObject({ code: 'OBS_NO_QUESTION' });
    await expect(world.call(metricsQuery, { p95: 'queue.length' })).rejects.toMatchObject({ code: 'OBS_WRONG_METRIC' });
  });

  it.each([
    {
      name: 'a name without its end',
      query: 'queue',
      finding: /there is no metric queue; near it: queue_length/,
      tries: 'obs metrics queue_length',
    },
    {
      name: 'a wrong value',
      query: 'queue_length{service_name="wbe"}',
      finding: /service_name of queue_length is never "wbe"; it is "web"/,
      tries: 'obs metrics queue_length',
    },
    {
      name: 'a wrong label',
      query: 'queue_length{queue="a"}',
      finding: /queue_length has no label queue; it has/,
      tries: 'obs metrics queue_length',
    },
  ])('that are not found are explained: $name', async ({ query, finding, tries }) => {
    const { output } = await world.call(metricsQuery, { query });
    expect(output.empty?.findings[0]).toMatch(finding);
    expect(output.empty?.tries).toEqual([tries]);
  });
});

describe('traces', () => {
  it('are paged by cursor: every trace once, however many began in one second', async () => {
    const startMs = nowMs - 600_000;
    const ids = Array.from({ length: 30 }, (_, at) => (at + 1).toString(16).padStart(32, 'c'));
    // Ten traces to each of three milliseconds, so that pages end among traces of the same time.
    await world.sendSpans(
      ids.map((id, at) => ({
        traceId: id,
        spanId: '3'.repeat(16),
        name: 'paged',
        startMs: startMs + Math.floor(at / 10),
        ms: 1,
      })),
    );
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const { output } = await world.call(tracesSearch, {
        query: '{ name = "paged" }',
        limit: 4,
        ...(cursor && { cursor }),
      });
      seen.push(...output.traces.map((row) => row.traceId));
      cursor = output.cursor ?? undefined;
    } while (cursor !== undefined && seen.length < 100);
    expect(seen).toHaveLength(30);
    expect([...seen].sort()).toEqual([...ids].sort());
  });

  it('are found with what the query selected', async () => {
    const { output } = await world.call(tracesSearch, { query: '{ span.http.route = "/checkout" }' });
    expect(output.traces).toMatchObject([
      {
        traceId,
        root: 'GET /checkout',
        service: 'gateway',
        durationMs: 100,
        spans: 2,
        errors: 1,
        services: ['checkout', 'gateway'],
        matched: 1,
        matches: [{ name: 'SELECT shop', service: 'checkout', durationMs: 80 }],
      },
    ]);
  });

  it.each([
    {
      name: 'a wrong value',
      query: '{ resource.service.name = "gatewy" }',
      finding: /service\.name is never "gatewy"; it is "gateway"/,
      tries: `obs traces '{ resource.service.name = "gateway" }'`,
    },
    {
      name: 'a wrong attribute',
      query: '{ span.http.rout = "/checkout" }',
      finding: /no span has the attribute http\.rout; near it: http\.route/,
      tries: `obs traces '{ span.http.route = "/checkout" }'`,
    },
    {
      name: 'an integer beside a float',
      query: '{ span.load > 1 && span.load < 2 }',
      finding: /an integer such as 100 never matches/,
      tries: "obs traces '{ span.load > 1.0 && span.load < 2.0 }'",
    },
    {
      name: 'a metric of spans that are not there',
      query: '{ resource.service.name = "gateway" && duration > 1h } | rate() by (name)',
      finding: /the conditions leave none/,
      tries: "obs traces '{}'",
    },
    {
      name: 'a negated condition',
      query: '{ !(status = error) }',
      finding: /Tempo finds nothing by !\(status = error\)/,
      tries: 'obs discover traces',
    },
    {
      name: 'conditions that leave none',
      query: '{ duration > 1h }',
      finding: /the conditions leave none/,
      tries: "obs traces '{}'",
    },
  ])('that are not found are explained: $name', async ({ query, finding, tries }) => {
    const { output } = await world.call(tracesSearch, { query });
    expect(output.empty?.findings[0]).toMatch(finding);
    expect(output.empty?.tries).toEqual([tries]);
  });

  it('are shown whole, with critical path, errors, statement and the logs that belong to them', async () => {
    const { output } = await world.call(traceGet, { traceId: traceId.toUpperCase() });
    expect(output).toMatchObject({ root: 'GET /checkout', durationMs: 100, spanCount: 2, errorCount: 1, notes: [] });
    expect(output.spans).toMatchObject([
      { name: 'GET /checkout', depth: 0, selfMs: 20, critical: true },
      { name: 'SELECT shop', depth: 1, selfMs: 80, statement: 'SELECT 1', error: true },
    ]);
    expect(output.criticalPath).toMatchObject([
      { name: 'SELECT shop', ownMs: 80 },
      { name: 'GET /checkout', ownMs: 20 },
    ]);
    expect(output.errors).toMatchObject([{ name: 'SELECT shop', message: 'it broke' }]);
    expect(output.logs).toMatchObject([{ service: 'checkout', line: 'paid 3 EUR', afterMs: 0 }]);
  });
});

describe('what can be asked', () => {
  it('is listed with values, types and services', async () => {
    const { output } = await world.call(telemetryDiscover, {});
    expect(output.services).toEqual(expect.arrayContaining(['checkout', 'gateway', 'web']));
    expect(output.logs).toContainEqual(expect.objectContaining({ name: 'service_name' }));
    expect(output.metrics).toContainEqual(expect.objectContaining({ name: 'queue_length', type: 'gauge' }));
    expect(output.traces).toContainEqual({ name: 'span.http.route', values: ['/checkout'], valueCount: 1 });
  });

  it('can be narrowed to a signal and a text', async () => {
    const { output } = await world.call(telemetryDiscover, { signal: 'metrics', match: 'QUEUE' });
    expect(output).toMatchObject({ logs: null, traces: null, metrics: [{ name: 'queue_length' }] });
  });
});

describe('a question that is wrong', () => {
  it.each([
    {
      name: 'a trace that is not there',
      tool: traceGet,
      input: { traceId: 'b'.repeat(32) },
      code: 'OBS_TRACE_NOT_FOUND',
      exit: 3,
      fix: `obs trace ${traceId}`,
    },
    {
      name: 'no trace id',
      tool: traceGet,
      input: { traceId: 'xyz' },
      code: 'OBS_BAD_TRACE_ID',
      exit: 2,
      fix: "obs traces '{}'",
    },
    {
      name: 'a stack that is not there',
      tool: logsQuery,
      input: { query: '{a="b"}', stack: 'abcdefabcdef' },
      code: 'OBS_UNKNOWN_STACK',
      exit: 2,
      fix: 'obs ps',
    },
    {
      name: 'a cursor of another query',
      tool: logsQuery,
      input: { query: '{a="b"}', cursor: '00000000.1.2' },
      code: 'OBS_BAD_CURSOR',
      exit: 2,
      fix: 'obs logs --help',
    },
  ])('says so: $name', async ({ tool, input, code, exit, fix }) => {
    await expect(world.call(tool, input)).rejects.toMatchObject({ code, exit, fix });
  });

  it.each([
    { tool: logsQuery, query: '{a="b"' },
    { tool: metricsQuery, query: 'sum((' },
    { tool: tracesSearch, query: '{ name = }' },
  ])('in its own language is refused before anything is asked: $query', async ({ tool, query }) => {
    await expect(world.call(tool, { query })).rejects.toMatchObject({ name: 'QueryError', fields: { kind: 'syntax' } });
  });
});
