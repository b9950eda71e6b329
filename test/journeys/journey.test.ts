// Journeys against a small app and a small OTLP receiver: what is sent, what is recorded, and how steps fail.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { journeySchema } from '../../src/config/journey.ts';
import { chooseApp, findBaseUrl, findLiveRun } from '../../src/journeys/address.ts';
import { runJourney } from '../../src/journeys/run-journey.ts';
import { startTracer } from '../../src/journeys/tracer.ts';
import type { JourneyRecord } from '../../src/model/journey.ts';
import { makeRun } from '../budgets/table-source.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

async function serve(
  respond: (request: Received, response: ServerResponse) => void,
): Promise<{ url: string; received: Received[] }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const one = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      received.push(one);
      respond(one, response);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  );
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received }; // a TCP server has a port
}

interface SentSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: SentSpan['attributes'] };
    readonly scopeSpans: readonly { readonly scope: { readonly name: string }; readonly spans: readonly SentSpan[] }[];
  }[];
}

/** Runs a journey of these steps; answers what it recorded and the spans that it sent. */
async function drive(
  steps: readonly unknown[],
  options: { repeat?: number; warmup?: number; appUrl?: string | null } = {},
) {
  const receiver = await serve((_request, response) => response.end('{}'));
  const config = journeySchema.parse({ steps, tags: 'critical', warmup: options.warmup ?? 0 });
  const tracer = await startTracer({ url: `${receiver.url}/v1/traces`, resource: { 'obs.stack': 'abc' } });
  const recorded: JourneyRecord[] = [];
  const run = await runJourney({
    name: 'buy now',
    journeyId: 'j-1',
    config,
    repeat: options.repeat ?? 1,
    app: 'web',
    runId: 'r-1',
    tracer,
    baseUrl: options.appUrl ?? null,
    env: { PATH: process.env.PATH },
    folder: tmpdir(),
    signal: new AbortController().signal,
    nowMs: () => 1000,
    record: async (journey) => {
      recorded.push(structuredClone(journey));
    },
    progress: () => {},
  });
  await tracer.close();
  const exports = receiver.received.map((one) => JSON.parse(one.body) as Export); // our own exporter wrote it
  const groups = exports.flatMap((one) => one.resourceSpans);
  return {
    ...run,
    recorded,
    resource: groups[0]?.resource.attributes ?? [],
    scopes: [...new Set(groups.flatMap((one) => one.scopeSpans.map((scope) => scope.scope.name)))],
    spans: groups.flatMap((one) => one.scopeSpans.flatMap((scope) => scope.spans)),
  };
}

describe('a journey', () => {
  it('sends each request as a child of its step, which is a child of the root span of obs', async () => {
    const app = await serve((_request, response) => response.end('ok'));
    const { spans, scopes, resource, record } = await drive([{ http: { post: '/cart?x=1', json: { item: 1 } } }], {
      appUrl: app.url,
    });
    const [step, root] = [spans.find((span) => span.parentSpanId), spans.find((span) => !span.parentSpanId)];
    expect(root?.name).toBe('journey buy now');
    expect(step).toMatchObject({ name: 'POST /cart?x=1', parentSpanId: root?.spanId, traceId: root?.traceId });
    expect(app.received).toEqual([
      expect.objectContaining({
        method: 'POST',
        url: '/cart?x=1',
        body: '{"item":1}',
        headers: expect.objectContaining({
          'content-type': 'application/json',
          traceparent: `00-${step?.traceId}-${step?.spanId}-01`,
          baggage: 'obs.journey=buy%20now,obs.journey.id=j-1,obs.journey.iteration=0',
        }),
      }),
    ]);
    expect(scopes).toEqual(['obs']);
    expect(resource).toContainEqual({ key: 'service.name', value: { stringValue: 'obs' } });
    for (const span of [root, step]) {
      expect(span?.attributes).toContainEqual({ key: 'obs.journey', value: { stringValue: 'buy now' } });
      expect(span?.attributes).toContainEqual({ key: 'obs.journey.id', value: { stringValue: 'j-1' } });
      expect(span?.attributes).toContainEqual({ key: 'obs.journey.iteration', value: { intValue: 0 } });
    }
    expect(record).toMatchObject({ name: 'buy now', tags: ['critical'], app: 'web', runId: 'r-1', endedAtMs: 1000 });
    expect(record.iterations[0]).toMatchObject({ traceId: root?.traceId, ok: true, warmup: false, failure: null });
  });

  it('is a trace of its own in each iteration, and says which are warm-ups', async () => {
    const { record, recorded, spans } = await drive([{ run: 'true' }], { repeat: 2, warmup: 1 });
    expect(record.iterations.map((one) => one.warmup)).toEqual([true, false, false]);
    expect(new Set(record.iterations.map((one) => one.traceId)).size).toBe(3);
    expect(spans).toHaveLength(6);
    // Known before the first iteration, after each, and once more at its end.
    expect(recorded.map((one) => [one.iterations.length, one.endedAtMs])).toEqual([
      [0, null],
      [1, null],
      [2, null],
      [3, null],
      [3, 1000],
    ]);
  });

  it('keeps cookies within an iteration and forgets them in the next', async () => {
    const app = await serve((request, response) => {
      if (request.url === '/login') response.setHeader('set-cookie', ['sid=42; Path=/; HttpOnly', 'theme=dark']);
      response.end();
    });
    await drive([{ http: { get: '/login' } }, { http: { get: '/cart' } }], { appUrl: app.url, repeat: 2 });
    expect(app.received.map((one) => one.headers.cookie)).toEqual([
      undefined,
      'sid=42; theme=dark',
      undefined,
      'sid=42; theme=dark',
    ]);
  });

  it('hands the trace to shell steps in their environment', async () => {
    const { spans, record } = await drive([
      { name: 'pay', run: 'test "$TRACEPARENT" && echo "$TRACEPARENT $BAGGAGE" >&2 && exit 3' },
    ]);
    const step = spans.find((span) => span.name === 'pay');
    expect(record.iterations[0]?.failure).toContain(`00-${step?.traceId}-${step?.spanId}-01 obs.journey=buy%20now`);
  });
});

describe('a step that fails', () => {
  it.each([
    {
      name: 'a status of 400 or more',
      steps: [{ http: { get: '/' } }],
      says: /^step 1 \(GET \/\): GET \/ answered 500, expected a status below 400: it broke$/,
    },
    {
      name: 'a status other than expected',
      steps: [{ http: { get: '/', expect: [200, 204] } }],
      says: /answered 500, expected 200 or 204/,
    },
    {
      name: 'an address where nobody listens',
      steps: [{ http: { get: 'http://127.0.0.1:1/x' } }],
      says: /ECONNREFUSED/,
    },
    { name: 'a time-out', steps: [{ http: { get: '/slow' }, timeout: '50ms' }], says: /no answer within 50 ms/ },
    {
      name: 'a command with another code than 0',
      steps: [{ run: 'echo one; echo two; exit 7' }],
      says: /exited with code 7; its last lines: one ⏎ two$/,
    },
    {
      name: 'a command that takes too long',
      steps: [{ run: 'sleep 20', timeout: '50ms' }],
      says: /took longer than 50 ms/,
    },
  ])('ends its iteration and says why: $name', async ({ steps, says }) => {
    const app = await serve((request, response) => {
      if (request.url === '/slow') return;
      response.statusCode = 500;
      response.end('it broke');
    });
    const { record, spans } = await drive([...steps, { run: 'echo never' }], { appUrl: app.url });
    expect(record.iterations[0]).toMatchObject({ ok: false, failure: expect.stringMatching(says) });
    expect(spans.map((span) => span.status.code)).toEqual([2, 2]);
  });
});

describe('the app that a journey drives', () => {
  const runs = [
    makeRun('r-1', { endedAtMs: 5, state: 'exited' }),
    makeRun('r-2', { startedAtMs: 10, ports: { ADMIN: 1, PORT: 8080 } }),
    makeRun('r-3', { app: 'api', startedAtMs: 11, ports: { '9090': 9090 } }),
  ];

  it.each([
    { name: 'the one it names', named: 'api', declared: ['web', 'api'], expected: 'api' },
    { name: 'the only one declared', named: undefined, declared: ['web'], expected: 'web' },
    { name: 'open among several', named: undefined, declared: ['web', 'api'], expected: null },
  ])('is $name', ({ named, declared, expected }) => {
    expect(chooseApp(named, declared, runs)).toBe(expected);
  });

  it('is called at the port named PORT, else at its first', () => {
    expect(findBaseUrl(findLiveRun('web', runs))).toBe('http://127.0.0.1:8080');
    expect(findBaseUrl(findLiveRun('api', runs))).toBe('http://127.0.0.1:9090');
    expect(findBaseUrl(findLiveRun('gone', runs))).toBeNull();
  });
});
