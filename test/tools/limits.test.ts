// How long answers to agents are: each half within the limit by itself, with the rows that matter most.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeTraceId } from '../../src/model/ids.ts';
import { budgetCheck } from '../../src/tools/budget-check.ts';
import { defaultMaxTokens } from '../../src/tools/limits.ts';
import { logsQuery } from '../../src/tools/logs-query.ts';
import { metricsQuery } from '../../src/tools/metrics-query.ts';
import { collapsedTokens } from '../../src/tools/render/trace.ts';
import { telemetryDiscover } from '../../src/tools/telemetry-discover.ts';
import { traceGet } from '../../src/tools/trace-get.ts';
import { tracesSearch } from '../../src/tools/traces-search.ts';
import { makeRun } from '../budgets/table-source.ts';
import { type SpanSketch, StackWithData } from './stack-with-data.ts';

const world = new StackWithData();
const nowMs = Date.now();
const startMs = nowMs - 60_000;
const bigTrace = makeTraceId();
const slowSpan = 'f'.repeat(16);

beforeAll(async () => {
  await world.start();
  await world.keeper.putRun(makeRun('r-web', { startedAtMs: startMs }));
  await world.sendSpans(bigTraceSpans());
  await world.sendSpans(
    Array.from({ length: 200 }, (_, at) => ({
      traceId: makeTraceId(),
      spanId: id(at),
      name: `GET /very/long/route/number/${at}/${'x'.repeat(200)}`,
      startMs,
      ms: 3000,
      runId: 'r-web',
      attributes: { [`attribute.${at}`]: 'y'.repeat(300) },
    })),
  );
  await world.sendLogs(
    Array.from({ length: 400 }, (_, at) => ({
      atMs: startMs + at,
      line: `${at} ${'é'.repeat(2000)}`,
      traceId: bigTrace,
      runId: 'r-web',
    })),
  );
  for (let at = 0; at < 200; at++)
    await world.sendGauge(`some_rather_long_metric_name_of_an_application_${at}`, at, nowMs);
}, 60_000);
afterAll(() => world.dispose());

const id = (at: number) => (at + 1).toString(16).padStart(16, '0');

// A thousand spans with names of their own (nothing to fold), one of them slow, deep and failed.
function bigTraceSpans(): SpanSketch[] {
  const root = { traceId: bigTrace, spanId: id(5000), name: 'GET /everything', startMs, ms: 5000 };
  const deep = Array.from({ length: 5 }, (_, at) => ({
    traceId: bigTrace,
    spanId: id(6000 + at),
    parentSpanId: at === 0 ? root.spanId : id(6000 + at - 1),
    name: `layer ${at}`,
    startMs: startMs + 4000,
    ms: 900,
  }));
  const rows = Array.from({ length: 1000 }, (_, at) => ({
    traceId: bigTrace,
    spanId: id(at),
    parentSpanId: root.spanId,
    name: `step ${at} ${'z'.repeat(80)}`,
    startMs: startMs + at * 4,
    ms: 3,
    attributes: { 'db.query.text': `SELECT ${'column, '.repeat(100)} ${at}` },
  }));
  const slow = {
    traceId: bigTrace,
    spanId: slowSpan,
    parentSpanId: id(6004),
    name: 'slow query',
    startMs: startMs + 4000,
    ms: 800,
    failed: true,
  };
  return [root, ...deep, ...rows, slow];
}

const calls = [
  { name: 'a trace of a thousand spans', tool: traceGet, input: { traceId: bigTrace } },
  { name: 'the same, every span listed', tool: traceGet, input: { traceId: bigTrace, full: true } },
  { name: 'one span of it', tool: traceGet, input: { traceId: bigTrace, span: slowSpan } },
  { name: 'four hundred long lines', tool: logsQuery, input: { query: '{service_name="web"}', limit: 1000 } },
  { name: 'two hundred traces', tool: tracesSearch, input: { query: '{}', limit: 500 } },
  { name: 'two hundred series', tool: metricsQuery, input: { query: '{__name__=~"some_.*"}', limit: 500 } },
  { name: 'everything that can be asked', tool: telemetryDiscover, input: {} },
  {
    name: 'a failed budget',
    tool: budgetCheck,
    input: { budgets: ['no span > 2s', 'span < 1s', 'logs {service_name="web"} == 0'] },
  },
] as const;

const tokensOf = (text: string) => Math.ceil(Buffer.byteLength(text) / 3.5);

describe('an answer to an agent', () => {
  it.each(calls)('fits, both halves of it: $name', async ({ tool, input }) => {
    const { output, text } = await world.call(tool, input, 'mcp');
    expect(tokensOf(JSON.stringify(output))).toBeLessThanOrEqual(defaultMaxTokens - 250);
    expect(tokensOf(text)).toBeLessThanOrEqual(defaultMaxTokens - 250);
  });

  it('of a large trace keeps what failed and what was waited for, with all that leads to it', async () => {
    const { output } = await world.call(traceGet, { traceId: bigTrace }, 'mcp');
    const names = output.spans.map((row: { name: string }) => row.name);
    expect(names).toEqual(expect.arrayContaining(['GET /everything', 'layer 0', 'layer 4', 'slow query']));
    expect(output.spanCount).toBe(1007);
    expect(output.spansShown).toBeLessThan(1007);
  });

  it('of a large trace is collapsed to half of that in the text, unless all of it is asked for', async () => {
    const collapsed = await world.call(traceGet, { traceId: bigTrace }, 'mcp');
    expect(tokensOf(collapsed.text)).toBeLessThanOrEqual(collapsedTokens);
    expect(collapsed.text).toContain(`more spans: obs trace ${bigTrace} --full`);
    expect(collapsed.text).toContain('slow query');
    const full = await world.call(traceGet, { traceId: bigTrace, full: true }, 'mcp');
    expect(full.text.split('\n').length).toBeGreaterThan(collapsed.text.split('\n').length);
  });

  it('at a shell is collapsed as well, and whole when it is asked for', async () => {
    const collapsed = await world.call(traceGet, { traceId: bigTrace });
    expect(tokensOf(collapsed.text)).toBeLessThanOrEqual(collapsedTokens);
    expect(collapsed.output.spansShown).toBe(1007);
    const full = await world.call(traceGet, { traceId: bigTrace, full: true });
    expect(full.text.split('\n').length).toBeGreaterThan(1007);
  });

  it('of one span shows only what is below it, and all that it carries', async () => {
    const { output } = await world.call(traceGet, { traceId: bigTrace, span: id(6003) });
    expect(output.spans.map((row: { name: string }) => row.name)).toEqual(['layer 3', 'layer 4', 'slow query']);
    expect(output.detail?.resource).toMatchObject({ 'service.name': 'web' });
    await expect(world.call(traceGet, { traceId: bigTrace, span: 'abc' })).rejects.toMatchObject({
      code: 'OBS_SPAN_NOT_FOUND',
      exit: 3,
    });
  });

  it('that was cut goes on where it ended', async () => {
    const first = await world.call(logsQuery, { query: '{service_name="web"}' }, 'mcp');
    const second = await world.call(logsQuery, { query: '{service_name="web"}', cursor: first.output.cursor }, 'mcp');
    const numbers = [...first.output.lines, ...second.output.lines].map((row) => Number.parseInt(row.line, 10));
    expect(first.output.more).toBe(true);
    expect(numbers).toEqual(Array.from({ length: numbers.length }, (_, at) => 399 - at));
  });
});
