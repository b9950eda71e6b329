// The routes of the Tempo port, asked as Grafana asks them: answers, defaults, limits, and refusals word by word.

import { describe, expect, it } from 'vitest';
import { openTempo } from '../../../../test/traceql/ask-tempo.ts';
import { epochNs, traceIdOf } from '../../../../test/traceql/trace-text.ts';
import { decodeProtobuf } from '../../../wire/otlp/request.ts';

const startSec = Number(epochNs / 1_000_000_000n);
const { request, ask } = openTempo(`
front @gateway 0ms+100ms server span.http.status_code=200 span.user=ada
  charge @checkout 10ms+60ms error "declined" client span.amount=12 event.retry(1ms).n=1
front @gateway 10s+20ms server span.http.status_code=404
lonely @worker 20s+1s consumer span.a-key=x resource.zone=eu`);

const search = (params: Record<string, string>) => ask(`/api/search?${new URLSearchParams(params)}`);
const window = { start: String(startSec - 10), end: String(startSec + 60) };

describe('search', () => {
  // As Tempo 3.0.3: a head lacks what the query groups by.
  it.each([
    ['rootName', { rootTraceName: undefined }],
    ['rootServiceName', { rootServiceName: '<root span not yet received>' }],
    ['traceDuration', { durationMs: undefined }],
    ['trace:id', { traceID: undefined }],
    ['name', {}],
  ])('grouped by %s', async (group, missing) => {
    const search = (q: string) => ask(`/api/search?${new URLSearchParams({ q, limit: '1', ...window })}`);
    const headOf = async (q: string) => {
      const { traces } = (await search(q)).body as { traces: Record<string, unknown>[] };
      const { spanSet, spanSets, ...head } = traces[0] ?? {};
      return head;
    };
    const whole = await headOf('{ name = "front" }');
    expect(whole).toMatchObject({ rootTraceName: 'front', rootServiceName: 'gateway', durationMs: 20 });
    expect(await headOf(`{ name = "front" } | by(${group})`)).toEqual({ ...whole, ...missing });
  });

  it('answers the newest first, with the head of each trace and its first spans', async () => {
    const { body } = await search({ q: '{ kind = server } | select(span.http.status_code)', ...window });
    expect(body).toMatchObject({
      traces: [
        { traceID: traceIdOf(2), rootServiceName: 'gateway', rootTraceName: 'front', durationMs: 20 },
        {
          traceID: traceIdOf(1),
          startTimeUnixNano: String(epochNs),
          durationMs: 100,
          serviceStats: { gateway: { spanCount: 1 }, checkout: { spanCount: 1, errorCount: 1 } },
          spanSets: [
            {
              matched: 1,
              spans: [
                {
                  spanID: '0000000000000001',
                  durationNanos: '100000000',
                  attributes: expect.arrayContaining([{ key: 'http.status_code', value: { intValue: '200' } }]),
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it.each([
    [{}, 3],
    [{ limit: '1' }, 1],
    [{ start: String(startSec + 15), end: String(startSec + 60) }, 1],
  ])('with %j answers %d traces', async (more, count) => {
    const { body } = await search({ q: '{ }', ...window, ...more });
    expect((body as { traces: unknown[] }).traces).toHaveLength(count);
  });

  it.each([
    ['0', 2],
    ['1', 1],
    ['100', 2],
  ])('with spss=%s shows %d spans of a set, and counts all', async (spss, shown) => {
    const { body } = await search({ q: '{ trace:rootName = "front" && trace:duration = 100ms }', spss, ...window });
    const [trace] = (body as { traces: { spanSet: { matched: number; spans: unknown[] } }[] }).traces;
    expect([trace?.spanSet.matched, trace?.spanSet.spans.length]).toEqual([2, shown]);
  });

  it.each<readonly [Record<string, string>, readonly string[]]>([
    [{ tags: 'user=ada' }, [traceIdOf(1)]],
    [{ tags: 'name=char' }, [traceIdOf(1)]],
    [{ tags: 'service.name=work zone=eu' }, [traceIdOf(3)]],
    [{ tags: 'status.code=error' }, [traceIdOf(1)]],
    [{ tags: 'http.status_code=404' }, [traceIdOf(2)]],
    [{ minDuration: '500ms' }, [traceIdOf(3)]],
    [{ maxDuration: '50ms' }, [traceIdOf(2)]],
    [{ tags: 'user=bob' }, []],
  ])('of old, by %j, finds its traces', async (params, ids) => {
    const { body } = await search({ ...params, ...window });
    expect((body as { traces: { traceID: string }[] }).traces.map((trace) => trace.traceID)).toEqual(ids);
  });

  it.each([
    [{ q: '{' }, 'invalid TraceQL query: parse error at line 1, col 2: syntax error: unexpected $end'],
    [{ q: '{ 1 }' }, 'invalid TraceQL query: span filter field expressions must resolve to a boolean: { 1 }'],
    [{ limit: '0' }, 'invalid limit: must be a positive number'],
    [{ limit: 'x' }, 'invalid limit: strconv.ParseUint: parsing "x": invalid syntax'],
    [
      { limit: '300000' },
      'limit 300000 exceeds max limit 262144 (limit: traces of an answer, 262144; limits.queryTraces in obs.yaml)',
    ],
    [{ spss: '101', q: '{ }' }, 'spans per span set exceeds 100. received 101'],
    [{ start: '10', end: '5' }, 'http parameter start must be before end. received start=10 end=5'],
    [{ start: '1', end: '700000' }, 'range specified by start and end exceeds 168h0m0s. received start=1 end=700000'],
    [{ minDuration: '5' }, 'invalid minDuration: time: missing unit in duration "5"'],
    [{ minDuration: '5x' }, 'invalid minDuration: time: unknown unit "x" in duration "5x"'],
    [{ minDuration: '2s', maxDuration: '1s' }, 'invalid maxDuration: must be greater than minDuration'],
    [{ tags: 'a=1', q: '{ }' }, "invalid request: can't specify tags and q in the same query"],
    [{ tags: 'a="1' }, 'invalid tags: unterminated quoted value at pos 5'],
    [{ tags: 'a=1 a=2' }, 'invalid tags: tag a has been set twice'],
  ])('refuses %j', async (params, text) => {
    expect(await search(params as Record<string, string>)).toEqual({ status: 400, body: text });
  });
});

describe('a trace by id', () => {
  it('is answered as OTLP JSON with ids in base64', async () => {
    const { body } = await ask(`/api/traces/${traceIdOf(3)}`);
    expect(body).toEqual({
      batches: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'worker' } },
              { key: 'zone', value: { stringValue: 'eu' } },
            ],
          },
          scopeSpans: [
            {
              scope: {},
              spans: [
                {
                  traceId: Buffer.from(traceIdOf(3), 'hex').toString('base64'),
                  spanId: Buffer.from('0000000000000004', 'hex').toString('base64'),
                  name: 'lonely',
                  kind: 'SPAN_KIND_CONSUMER',
                  startTimeUnixNano: String(epochNs + 20_000_000_000n),
                  endTimeUnixNano: String(epochNs + 21_000_000_000n),
                  attributes: [{ key: 'a-key', value: { stringValue: 'x' } }],
                  status: {},
                },
              ],
            },
          ],
        },
      ],
    });
  });

  it('of v2 has the same spans one level deeper', async () => {
    const [v1, v2] = await Promise.all([ask(`/api/traces/${traceIdOf(1)}`), ask(`/api/v2/traces/${traceIdOf(1)}`)]);
    const { batches } = v1.body as { batches: unknown[] };
    expect(v2.body).toEqual({ trace: { resourceSpans: batches }, metrics: {} });
  });

  it('comes as protobuf if that is asked for', async () => {
    const { body } = await request(`/api/traces/${traceIdOf(1)}`, { accept: 'application/protobuf' });
    const spans = decodeProtobuf('traces', Buffer.from(body)).flatMap((g) => g.scopes.flatMap((s) => s.items));
    expect(spans.map((span) => span.name)).toEqual(['front', 'charge']);
  });

  it('comes as an empty one, in protobuf, if it is unknown to v2', async () => {
    const { body } = await request('/api/v2/traces/abc', { accept: 'application/protobuf' });
    expect([...Buffer.from(body)]).toEqual([0x0a, 0, 0x12, 0]);
  });

  it.each([
    ['/api/traces/abc', 404, ''],
    ['/api/v2/traces/abc', 200, { metrics: {} }],
    ['/api/traces/xyz', 400, "trace IDs can only contain hex characters: invalid character 'x' at position 1"],
    [`/api/traces/${'1'.repeat(33)}`, 400, "trace IDs can't be larger than 128 bits"],
    ['/api/traces/1?start=5&end=3', 400, 'http parameter start must be before end. received start=5 end=3'],
    ['/api/traces/1?mode=x', 400, 'invalid value for mode x'],
  ])('%s answers %d', async (path, status, body) => {
    expect(await ask(path)).toEqual({ status, body });
  });
});

describe('tags', () => {
  it('are listed by scope, with intrinsics last', async () => {
    const { body } = await ask('/api/v2/search/tags');
    const { scopes } = body as { scopes: { name: string; tags: string[] }[] };
    expect(scopes.map((scope) => scope.name)).toEqual(['resource', 'span', 'event', 'intrinsic']);
    expect(scopes[1]?.tags).toEqual(['a-key', 'amount', 'http.status_code', 'user']);
  });

  it.each([
    ['/api/search/tags?scope=resource', { tagNames: ['service.name', 'zone'], metrics: {} }],
    ['/api/v2/search/tags?scope=event', { scopes: [{ name: 'event', tags: ['n'] }], metrics: {} }],
    ['/api/v2/search/tags?scope=span&limit=1', { scopes: [{ name: 'span', tags: ['a-key'] }], metrics: {} }],
    ['/api/search/tag/service.name/values', { tagValues: ['checkout', 'gateway', 'worker'], metrics: {} }],
    ['/api/search/tag/user/values', { tagValues: ['ada'], metrics: {} }],
    ['/api/v2/search/tag/span.amount/values', { tagValues: [{ type: 'int', value: '12' }], metrics: {} }],
    [
      '/api/v2/search/tag/resource.service.name/values?q={ status = error }',
      { tagValues: [{ type: 'string', value: 'checkout' }], metrics: {} },
    ],
    [
      '/api/v2/search/tag/resource.service.name/values?q={ status = error && span.user = }',
      { tagValues: [{ type: 'string', value: 'checkout' }], metrics: {} },
    ],
  ])('%s', async (path, expected) => {
    const { status, body } = await ask(path);
    expect(status).toBe(200);
    expect(body).toMatchObject({ ...expected, metrics: expect.anything() });
  });

  it('of a scope that is none are refused', async () => {
    expect(await ask('/api/v2/search/tags?scope=x')).toEqual({ status: 400, body: 'invalid scope: x' });
  });
});

describe('metrics', () => {
  const range = { start: String(startSec - 10), end: String(startSec + 30), step: '20s' };
  const askRange = (params: Record<string, string>) => ask(`/api/metrics/query_range?${new URLSearchParams(params)}`);
  const askInstant = (params: Record<string, string>) => ask(`/api/metrics/query?${new URLSearchParams(params)}`);

  it('over a range have samples at the end of each step, and zeroes without value', async () => {
    const { body } = await askRange({ q: '{ } | count_over_time() by (resource.service.name)', ...range });
    const { series } = body as { series: { labels: unknown; samples: { value?: number }[] }[] };
    expect(series[0]?.labels).toEqual([{ key: 'resource.service.name', value: { stringValue: 'checkout' } }]);
    const sums = series.map(({ samples }) => samples.reduce((sum, { value = 0 }) => sum + value, 0));
    expect(sums).toEqual([1, 2, 1]);
  });

  it('at an instant have one value', async () => {
    const { body } = await askInstant({ q: '{ } | count_over_time()', start: range.start, end: range.end });
    expect(body).toMatchObject({ series: [{ labels: [{ key: '__name__' }], value: 4 }] });
  });

  it.each([
    [{ q: '{ }', ...range }, 'not a metrics query'],
    [{ q: '{ } | rate(', ...range }, 'parse error at line 1, col 12: syntax error: unexpected $end, expecting )'],
    [{ q: '{ } | rate()', ...range, step: '1ms' }, 'step of 1ms is too small, minimum step for given range is 4ms'],
    [{ q: '{ } | rate()', start: '20', end: '10' }, 'end must be greater than start'],
  ])('refuse %j', async (params, text) => {
    expect(await askRange(params)).toEqual({ status: 400, body: text });
  });

  it('carry exemplars that lead to traces', async () => {
    const { body } = await askRange({ q: '{ status = error } | rate()', ...range });
    const { series } = body as { series: { exemplars?: { labels: unknown[] }[] }[] };
    expect(series[0]?.exemplars?.[0]?.labels).toContainEqual({
      key: 'trace:id',
      value: { stringValue: traceIdOf(1) },
    });
  });
});

describe('what clients ask first', () => {
  it.each([
    ['/api/echo', 'echo\n'],
    ['/ready', 'ready\n'],
  ])('%s', async (path, body) => {
    expect(await ask(path)).toEqual({ status: 200, body });
  });

  it('says which Tempo it stands for', async () => {
    expect(await ask('/api/status/buildinfo')).toMatchObject({ status: 200, body: { version: '3.0.3' } });
  });
});
