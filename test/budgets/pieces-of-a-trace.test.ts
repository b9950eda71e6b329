// Spans of a trace that lies in several pieces of Tempo's storage, as after more than a second: of what the pieces hold of
// one group of spans, the search of Tempo 3.0 answers the largest part alone.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { searchAllSpans } from '../../src/budgets/search-spans.ts';
import { TempoClient } from '../../src/clients/tempo.ts';

let server: Server | undefined;
afterEach(() => new Promise((done) => server?.close(done)));

const pieces = [
  ['0000000000000001', '0000000000000002'],
  ['0000000000000003', '0000000000000004', '0000000000000005'],
];
const largest = pieces.reduce((one, other) => (other.length > one.length ? other : one));

const makeSet = (ids: readonly string[]) => ({
  spans: ids.map((spanID) => ({ spanID, name: 'work', startTimeUnixNano: '1000000', durationNanos: '1' })),
  matched: ids.length,
});

async function openTempo(): Promise<TempoClient> {
  const opened = createServer((request, response) => {
    const query = new URL(request.url ?? '', 'http://tempo').searchParams.get('q') ?? '';
    const sets = query.includes('by(span:id)') ? pieces.flat().map((id) => makeSet([id])) : [makeSet(largest)];
    response.end(JSON.stringify({ traces: [{ traceID: 'a1', spanSet: sets[0], spanSets: sets }] }));
  });
  server = opened;
  await new Promise<void>((done) => void opened.listen(0, '127.0.0.1', done));
  // It listens on TCP, so the address is one of a port.
  return new TempoClient(`http://127.0.0.1:${(opened.address() as AddressInfo).port}`);
}

test.each([null, 'j-1'])('all of them are found, also below the roots of a journey: %s', async (journeyId) => {
  const found = await searchAllSpans(await openTempo(), { journeyId, conditions: [] }, { startMs: 0, endMs: 1000 });
  expect(found.cutOff).toBeNull();
  expect(found.traces.flatMap(({ spans }) => spans.map(({ spanId }) => spanId))).toEqual(pieces.flat());
});
