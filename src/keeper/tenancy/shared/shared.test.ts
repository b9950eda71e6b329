// Which questions a stack may ask of shared servers, and how they leave.
import { PbfWriter } from 'pbf';
import { describe, expect, test } from 'vitest';
import { encodeProtobuf } from '../../../wire/otlp/request.ts';
import type { Span } from '../../../wire/otlp/types.ts';
import { HttpRefusal } from '../../http/refusal.ts';
import type { Question, ServerRole } from '../tenancy.ts';
import { makeSharedTenancy } from './shared.ts';

const { narrowers } = makeSharedTenancy('s1');
const own = 'resource.obs.stack = "s1"';

function makeQuestion(target: string, changes: Partial<Question> = {}): Question {
  const [path = '', query = ''] = target.split('?');
  return { method: 'GET', path, query: new URLSearchParams(query), form: undefined, hasOtherBody: false, ...changes };
}

/** The narrowed question as a readable target. */
function narrow(role: ServerRole, target: string, changes?: Partial<Question>): string {
  const { path, query } = narrowers[role].narrow(makeQuestion(target, changes));
  return decodeURIComponent(`${path}?${query}`.replaceAll('+', ' '));
}

const loki = '/loki/api/v1';
const all = '{obs_stack="s1"}';

describe('a question to a shared server', () => {
  test.each<[ServerRole, string, string]>([
    ['loki', `${loki}/query?query={a="b"}&time=1`, `${loki}/query?query={a="b", obs_stack="s1"}&time=1`],
    ['loki', `${loki}/query_range?query={a="b"}`, `${loki}/query_range?query={a="b", obs_stack="s1"}`],
    ['loki', `${loki}/tail?query={a="b"}`, `${loki}/tail?query={a="b", obs_stack="s1"}`],
    ['loki', `${loki}/labels`, `${loki}/labels?query=${all}`],
    ['loki', `${loki}/label`, `${loki}/label?query=${all}`],
    ['loki', `${loki}/label/a/values?query={c="d"}`, `${loki}/label/a/values?query={c="d", obs_stack="s1"}`],
    ['loki', `${loki}/series`, `${loki}/series?match[]=${all}`],
    ['loki', `${loki}/series?match={a="b"}`, `${loki}/series?match={a="b", obs_stack="s1"}`],
    ['loki', `${loki}/index/stats?query={}`, `${loki}/index/stats?query=${all}`],
    [
      'loki',
      `${loki}/index/volume?query={a!="x",b="c"}`,
      `${loki}/index/volume?query={a!="x", b="c", obs_stack="s1"}&targetLabels=a,b`,
    ],
    ['loki', `${loki}/index/volume_range?targetLabels=x`, `${loki}/index/volume_range?targetLabels=x&query=${all}`],
    ['loki', `${loki}/index/shards?query={a="b"}`, `${loki}/index/shards?query={a="b", obs_stack="s1"}`],
    ['loki', `${loki}/detected_labels`, `${loki}/detected_labels?query=${all}`],
    ['loki', `${loki}/detected_fields?query={a="b"}`, `${loki}/detected_fields?query={a="b", obs_stack="s1"}`],
    ['loki', `${loki}/detected_field/x/values?query={}`, `${loki}/detected_field/x/values?query=${all}`],
    ['loki', `${loki}/patterns?query={a="b"}`, `${loki}/patterns?query={a="b", obs_stack="s1"}`],
    ['prometheus', '/api/v1/query?query=up&time=1', '/api/v1/query?query=up{obs_stack="s1"}&time=1'],
    ['prometheus', '/api/v1/query_range?query=up', '/api/v1/query_range?query=up{obs_stack="s1"}'],
    ['prometheus', '/api/v1/query_exemplars?query=up', '/api/v1/query_exemplars?query=up{obs_stack="s1"}'],
    [
      'prometheus',
      '/api/v1/series?match[]=a&match[]=b',
      '/api/v1/series?match[]=a{obs_stack="s1"}&match[]=b{obs_stack="s1"}',
    ],
    ['prometheus', '/federate?match[]={a="b"}', '/federate?match[]={a="b",obs_stack="s1"}'],
    ['prometheus', '/api/v1/labels', `/api/v1/labels?match[]=${all}`],
    ['prometheus', '/api/v1/label/a/values', `/api/v1/label/a/values?match[]=${all}`],
    ['tempo', '/api/search', `/api/search?q={ ${own} }`],
    ['tempo', '/api/search?q={}&limit=3', `/api/search?q={ ${own} }&limit=3`],
    ['tempo', '/api/metrics/query_range?q={}|rate()', `/api/metrics/query_range?q={ ${own} } | rate()`],
    ['tempo', '/api/metrics/query?q={}|rate()', `/api/metrics/query?q={ ${own} } | rate()`],
    ['tempo', '/api/v2/search/tags?scope=span', `/api/v2/search/tags?scope=span&q={ ${own} }`],
    ['tempo', '/api/v2/search/tag/span.a/values', `/api/v2/search/tag/span.a/values?q={ ${own} }`],
    ['tempo', '/api/search/tags', `/api/v2/search/tags?q={ ${own} }`],
    ['tempo', '/api/search/tag/service.name/values', `/api/v2/search/tag/.service.name/values?q={ ${own} }`],
    ['tempo', '/api/search/tag/root.name/values', `/api/v2/search/tag/rootName/values?q={ ${own} }`],
  ])('%s %s leaves as %s', (role, target, narrowed) => {
    expect(narrow(role, target)).toBe(narrowed);
  });

  test.each<[ServerRole, string]>([
    ['loki', '/ready'],
    ['loki', `${loki}/status/buildinfo`],
    ['loki', `${loki}/format_query?query={a="b"}`],
    ['prometheus', '/api/v1/format_query?query=up'],
    ['prometheus', '/api/v1/status/buildinfo'],
    ['tempo', '/api/echo'],
  ])('%s %s leaves as it came: it tells nothing about telemetry', (role, target) => {
    const question = makeQuestion(target);
    expect(narrowers[role].narrow(question)).toBe(question);
  });

  test.each<[ServerRole, string]>([
    ['loki', '/config'],
    ['loki', '/api/prom/query?query={a="b"}'],
    ['loki', `${loki}/delete?query={a="b"}`],
    ['loki', `${loki}/rules`],
    ['loki', `${loki}/label/a%2f..%2f..%2fseries/values`],
    ['loki', `${loki}/label/../values`],
    ['loki', `${loki}/label/%zz/values`],
    ['prometheus', '/api/v1/metadata'],
    ['prometheus', '/api/v1/status/tsdb'],
    ['prometheus', '/api/v1/targets'],
    ['prometheus', '/api/v1/admin/tsdb/delete_series?match[]=up'],
    ['prometheus', '/api/v1/cardinality/label_names'],
    ['prometheus', '/api/v1/query/'],
    ['tempo', '/status/config'],
    ['tempo', '/api/overrides'],
    ['tempo', '/api/metrics/summary?q={}'],
    ['tempo', '/'],
  ])('%s %s is refused: it cannot be narrowed', (role, target) => {
    expect(() => narrow(role, target)).toThrow(HttpRefusal);
    expect(() => narrow(role, target)).toThrow(/cannot be narrowed to this worktree/);
  });

  test('with a body that is no form (remote read) is refused', () => {
    expect(() => narrow('prometheus', '/api/v1/query', { method: 'POST', hasOtherBody: true })).toThrow(/narrowed/);
  });

  test('is narrowed in the form as well as in the address, every time it is given', () => {
    const form = new URLSearchParams([
      ['query', 'a'],
      ['query', 'b'],
    ]);
    const question = makeQuestion('/api/v1/query?query=c', { method: 'POST', form });
    const narrowed = narrowers.prometheus.narrow(question);
    expect([...(narrowed.form ?? [])]).toEqual([
      ['query', 'a{obs_stack="s1"}'],
      ['query', 'b{obs_stack="s1"}'],
    ]);
    expect([...narrowed.query]).toEqual([['query', 'c{obs_stack="s1"}']]);
  });

  test('that the language refuses is refused before it leaves', () => {
    expect(() => narrow('loki', `${loki}/query?query={`)).toThrow();
    expect(() => narrow('loki', `${loki}/query`)).toThrow();
    expect(() => narrow('prometheus', '/api/v1/query?query=)')).toThrow();
    expect(() => narrow('prometheus', '/api/v1/series')).toThrow('no match[] parameter provided');
    expect(() => narrow('tempo', '/api/search?q={')).toThrow();
    expect(() => narrow('loki', `${loki}/index/volume?query={}`)).toThrow(/need a selector or targetLabels/);
  });
});

describe('the filter of a tag endpoint', () => {
  test.each([
    ['{ resource.a = "b" && span.c > 1 }', `{ resource.a = "b" && span.c > 1 && ${own} }`],
    ['{ .a = 1 }', `{ ${own} }`],
    ['{ .a = 1 && span.b = 2 }', `{ span.b = 2 && ${own} }`],
    ['{ span.a = 1 || span.b = 2 }', `{ ${own} }`],
    ['{ span.a = 1 } && { span.b = 2 }', `{ ${own} }`],
    ['{ span.a =  && span.b = 2', `{ span.b = 2 && ${own} }`],
    ['{ status = error && span.a != nil }', `{ status = error && ${own} }`],
    ['nonsense', `{ ${own} }`],
    ['', `{ ${own} }`],
  ])('keeps of %j only what Tempo surely uses: %s', (filter, narrowed) => {
    expect(narrow('tempo', `/api/v2/search/tags?${new URLSearchParams({ q: filter })}`)).toBe(
      `/api/v2/search/tags?q=${narrowed}`,
    );
  });
});

describe('the older search', () => {
  test.each([
    ['tags=a=b c="d e"', `({ (.a = "b") && (${own}) }) && ({ (.c = "d e") && (${own}) })`],
    [
      'tags=http.status_code=200&minDuration=1s',
      `({ (.http.status_code = 200) && (${own}) }) && ({ (traceDuration >= 1s) && (${own}) })`,
    ],
    ['tags=name=a.b', `{ (name =~ ".*a\\\\.b.*") && (${own}) }`],
    ['tags=status.code=error&limit=5', `{ (status = error) && (${own}) }`],
    ['foo=bar', `{ (.foo = "bar") && (${own}) }`],
    ['minDuration=', `{ ${own} }`],
  ])('%s becomes TraceQL that is narrowed', (search, narrowed) => {
    const { query } = narrowers.tempo.narrow(makeQuestion(`/api/search?${search}`));
    expect(query.getAll('q')).toEqual([narrowed]);
    expect(query.has('tags') || query.has('foo') || query.has('minDuration')).toBe(false);
  });
});

describe('an older list of tags', () => {
  const change = (target: string, body: unknown) => {
    const { changeAnswer } = narrowers.tempo.narrow(makeQuestion(target));
    const answer = changeAnswer?.({ status: 200, headers: {}, body: Buffer.from(JSON.stringify(body)) });
    return JSON.parse(String(answer?.body));
  };

  test('has the names of all scopes once, without intrinsics', () => {
    const scopes = [
      { name: 'span', tags: ['b', 'a'] },
      { name: 'resource', tags: ['a'] },
      { name: 'intrinsic', tags: ['duration'] },
    ];
    expect(change('/api/search/tags', { scopes })).toEqual({ tagNames: ['a', 'b'], metrics: {} });
    expect(change('/api/search/tags?scope=intrinsic', { scopes: [scopes[2]] }).tagNames).toEqual(['duration']);
  });

  test('has values as text', () => {
    const tagValues = [
      { type: 'string', value: 'y' },
      { type: 'int', value: '1' },
    ];
    expect(change('/api/search/tag/x/values', { tagValues })).toEqual({ tagValues: ['1', 'y'], metrics: {} });
  });
});

describe('a search', () => {
  const attribute = (key: string) => ({ key, value: { stringValue: 'x' } });
  const answer = (keys: readonly string[]) => ({
    traces: [{ spanSets: [{ spans: [{ spanID: '1', attributes: keys.map(attribute) }] }] }],
    metrics: {},
  });
  const search = (target: string, keys: readonly string[]) => {
    const { changeAnswer } = narrowers.tempo.narrow(makeQuestion(target));
    const headers = { 'content-type': 'application/json' };
    const body = Buffer.from(JSON.stringify(answer(keys)));
    return JSON.parse(String((changeAnswer?.({ status: 200, headers, body }) ?? { body }).body));
  };

  test('does not show the condition that nobody asked for', () => {
    expect(search('/api/search?q={ .a = "x" }', ['a', 'obs.stack'])).toEqual(answer(['a']));
    expect(search('/api/search', ['obs.stack'])).toEqual({
      traces: [{ spanSets: [{ spans: [{ spanID: '1' }] }] }],
      metrics: {},
    });
  });

  test('shows it to who asks for it', () => {
    const query = '/api/search?q={ .obs.stack != nil }';
    expect(search(query, ['obs.stack'])).toEqual(answer(['obs.stack']));
  });
});

describe('a trace by its id', () => {
  const attribute = (value: string) => ({ key: 'obs.stack', value: { stringValue: value } });
  const group = (stack: string) => ({ resource: { attributes: [attribute(stack)] }, scopeSpans: [] });
  const json = { 'content-type': 'application/json' };
  const answerTo = (version: 'v1' | 'v2', body: Buffer | object, headers: Record<string, string> = json) => {
    const path = version === 'v1' ? '/api/traces/abc' : '/api/v2/traces/abc';
    const { changeAnswer } = narrowers.tempo.narrow(makeQuestion(path));
    const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
    return changeAnswer?.({ status: 200, headers, body: bytes });
  };
  const read = (answer: { body: Buffer } | undefined) => JSON.parse(String(answer?.body));

  test('shows the part that the stack sent', () => {
    expect(read(answerTo('v1', { batches: [group('s1'), group('s2')] }))).toEqual({ batches: [group('s1')] });
    expect(read(answerTo('v2', { trace: { resourceSpans: [group('s2'), group('s1')] }, metrics: { x: 1 } }))).toEqual({
      trace: { resourceSpans: [group('s1')] },
      metrics: { x: 1 },
    });
  });

  test('of another stack is as unknown as one that never was', () => {
    expect(answerTo('v1', { batches: [group('s2')] })).toMatchObject({ status: 404, body: Buffer.alloc(0) });
    expect(read(answerTo('v2', { trace: { resourceSpans: [group('s2')] }, metrics: {} }))).toEqual({ metrics: {} });
  });

  test('is narrowed as protobuf, too', () => {
    const resource = (value: string) => ({
      attributes: [{ key: 'obs.stack', value: { kind: 'string', value } as const }],
      droppedAttributesCount: 0,
    });
    const make = (...stacks: string[]) =>
      encodeProtobuf(
        'traces',
        stacks.map((stack) => ({
          resource: resource(stack),
          schemaUrl: '',
          scopes: [{ scope, schemaUrl: '', items: [span] }],
        })),
      );
    const headers = { 'content-type': 'application/protobuf' };
    expect(answerTo('v1', make('s2', 's1'), headers)?.body).toEqual(make('s1'));
    expect(answerTo('v1', make('s2'), headers)?.status).toBe(404);
    const wrap = (trace: Buffer) => {
      const writer = new PbfWriter();
      writer.writeBytesField(1, trace);
      return Buffer.from(writer.finish());
    };
    // Field 2 (metrics), empty, is kept.
    const tail = Buffer.from([0x12, 0]);
    expect(answerTo('v2', Buffer.concat([wrap(make('s1', 's2')), tail]), headers)?.body).toEqual(
      Buffer.concat([wrap(make('s1')), tail]),
    );
    expect(answerTo('v2', wrap(make('s2')), headers)?.body).toEqual(Buffer.alloc(0));
  });

  test('in a form that cannot be read is refused', () => {
    expect(answerTo('v2', Buffer.from('x'), { 'content-type': 'text/plain' })?.status).toBe(403);
  });
});

const scope = { name: '', version: '', attributes: [], droppedAttributesCount: 0 };
const span: Span = {
  traceId: '0'.repeat(31).concat('1'),
  spanId: '0'.repeat(15).concat('1'),
  traceState: '',
  parentSpanId: '',
  flags: 0,
  name: 'x',
  kind: 1,
  startTimeUnixNano: 1n,
  endTimeUnixNano: 2n,
  attributes: [],
  droppedAttributesCount: 0,
  events: [],
  droppedEventsCount: 0,
  links: [],
  droppedLinksCount: 0,
  status: { code: 0, message: '' },
};
