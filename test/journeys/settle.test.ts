// When the traces of a journey count as whole: against a small Tempo whose traces grow while they are asked for.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { TempoClient } from '../../src/clients/tempo.ts';
import { settleTraces } from '../../src/journeys/settle.ts';

let close = async () => {};
afterEach(() => close());

interface Row {
  readonly id: string;
  readonly parent?: string;
  readonly scope: string;
}

const root: Row = { id: '1', scope: 'obs' };
const server: Row = { id: '2', parent: '1', scope: 'http' };
const query: Row = { id: '3', parent: '2', scope: 'pg' };

/** Answers each trace as it stands at the n-th time it is asked for; the last state stays. */
async function serve(traces: Readonly<Record<string, readonly (readonly Row[])[]>>): Promise<TempoClient> {
  const asked = new Map<string, number>();
  const http = createServer((request, response) => {
    const traceId = request.url?.split('/').at(-1) ?? '';
    const times = asked.get(traceId) ?? 0;
    asked.set(traceId, times + 1);
    const states = traces[traceId] ?? [];
    const rows = states[Math.min(times, states.length - 1)] ?? [];
    const scopeSpans = rows.map((row) => ({ scope: { name: row.scope }, spans: [encode(row)] }));
    response.end(JSON.stringify({ trace: { resourceSpans: [{ resource: {}, scopeSpans }] } }));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  close = () => new Promise((resolve) => http.close(() => resolve()));
  return new TempoClient(`http://127.0.0.1:${(http.address() as AddressInfo).port}`); // a TCP server has a port
}

function encode({ id, parent }: Row) {
  const hex = (digit: string) => digit.padStart(16, '0');
  return { spanId: hex(id), parentSpanId: parent && hex(parent), startTimeUnixNano: '1', endTimeUnixNano: '2' };
}

const options = { timeoutMs: 15_000, pollMs: 5, signal: new AbortController().signal };

describe('traces of a journey', () => {
  it.each([
    { name: 'spans that come later', states: [[root], [root, server], [root, server, query]], spans: 3, appSpans: 2 },
    {
      name: 'a parent that comes after its child',
      states: [
        [root, query],
        [root, query, server],
      ],
      spans: 3,
      appSpans: 2,
    },
    { name: 'a trace that is not there yet', states: [[], [root, server]], spans: 2, appSpans: 1 },
    {
      name: 'a first span of an app after three looks',
      states: [[root], [root], [root], [root, server]],
      spans: 2,
      appSpans: 1,
    },
  ])('are waited for: $name', async ({ states, spans, appSpans }) => {
    const tempo = await serve({ a: states });
    expect(await settleTraces(tempo, { ...options, traceIds: ['a'] })).toEqual({
      settled: true,
      pending: [],
      spans,
      appSpans,
    });
  });

  it('are whole without a span of an app, if none comes', async () => {
    const tempo = await serve({ a: [[root]] });
    expect(await settleTraces(tempo, { ...options, traceIds: ['a'] })).toMatchObject({ settled: true, appSpans: 0 });
  });

  it('are waited for longer where others of the journey have spans of apps', async () => {
    const late = [...Array.from({ length: 8 }, () => [root]), [root, server]];
    const tempo = await serve({ a: [[root, server]], b: late });
    expect(await settleTraces(tempo, { ...options, traceIds: ['a', 'b'] })).toMatchObject({
      settled: true,
      appSpans: 2,
    });
  });

  it('are reported with what is missing when the wait is over', async () => {
    const tempo = await serve({ a: [[root, query]] });
    const settled = await settleTraces(tempo, { ...options, timeoutMs: 100, traceIds: ['a', 'b'] });
    expect(settled.settled).toBe(false);
    expect(settled.pending).toEqual([
      '1 span of trace a without a parent, which is still open',
      'trace b has not arrived',
    ]);
  });
});
