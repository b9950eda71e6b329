// Two worktrees whose stacks share one cluster and one tenant: neither sees anything of the other, whatever it asks.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { signals } from '../../src/wire/otlp/request.ts';
import { Sandbox, type StackAnswer, sendLogLine } from '../stack/harness.ts';
import { Cluster } from './cluster.ts';
import { makeExports, traceIdOf } from './telemetry.ts';

const sandbox = new Sandbox();
let cluster: Cluster;
let left: StackAnswer;
let right: StackAnswer;

beforeAll(async () => {
  cluster = await Cluster.start({ dev: 'the token' });
  process.env.CLUSTER_TOKEN = 'the token';
  const repositories = ['left', 'right'].map((name) => sandbox.makeRepository(name));
  for (const repository of repositories)
    writeFileSync(join(repository, 'obs.yaml'), cluster.describe('dev', 'CLUSTER_TOKEN'));
  const stacks = await sandbox.upAll(repositories, '--runtime', 'remote');
  // Two repositories make two stacks.
  [left, right] = stacks as [StackAnswer, StackAnswer];
  // Each claims to be the other.
  await send(left, makeExports('left', right.id));
  await send(right, makeExports('right', left.id));
}, 120_000);

afterAll(async () => {
  await sandbox.dispose();
  await cluster.stop();
});

async function send(stack: StackAnswer, exports: ReturnType<typeof makeExports>): Promise<void> {
  for (const signal of signals) {
    const sent = await fetch(`${stack.endpoints.otlpHttp}/v1/${signal}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(exports[signal]),
    });
    expect(sent.status).toBe(200);
  }
  await settle(stack);
}

async function settle({ id, endpoints }: StackAnswer): Promise<void> {
  const settled = await fetch(`${endpoints.otlpHttp}/obs/settle`, {
    method: 'POST',
    headers: { authorization: `Bearer ${sandbox.readState(id).token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ timeoutMs: 60_000 }),
  });
  expect(await settled.json()).toMatchObject({ settled: true });
}

const loki = '/loki/api/v1';
const any = '{service_name=~".+"}';

/** Questions about everything there is: [server, path, parameters]. */
const questions: readonly (readonly [string, string, Record<string, string>])[] = [
  ['loki', `${loki}/query_range`, { query: any }],
  ['loki', `${loki}/query_range`, { query: '{service_name=~"left-web|right-web"} |= "says"' }],
  ['loki', `${loki}/query`, { query: `sum by (service_name) (count_over_time(${any}[1h]))` }],
  ['loki', `${loki}/query_range`, { query: `count_over_time(${any}[1m]) or count_over_time({obs_stack=~".+"}[1m])` }],
  ['loki', `${loki}/label/service_name/values`, {}],
  ['loki', `${loki}/label/service_instance_id/values`, { query: any }],
  ['loki', `${loki}/series`, { 'match[]': any }],
  ['loki', `${loki}/series`, {}],
  ['loki', `${loki}/index/volume`, { query: any }],
  ['loki', `${loki}/index/volume_range`, { query: any, step: '60' }],
  ['loki', `${loki}/detected_fields`, { query: any }],
  ['loki', `${loki}/detected_field/kind/values`, { query: any }],
  ['prometheus', '/api/v1/query', { query: '{__name__=~".+"}' }],
  ['prometheus', '/api/v1/query', { query: 'count by (service_name, job) ({job=~".+"} or {obs_stack=~".+"})' }],
  ['prometheus', '/api/v1/query', { query: 'jobs_total' }],
  ['prometheus', '/api/v1/query', { query: 'target_info' }],
  ['prometheus', '/api/v1/query_range', { query: 'sum by (job) (last_over_time({job=~".+"}[5m:1s]))', step: '1' }],
  ['prometheus', '/api/v1/series', { 'match[]': '{job=~".+"}' }],
  ['prometheus', '/api/v1/labels', {}],
  ['prometheus', '/api/v1/label/__name__/values', {}],
  ['prometheus', '/api/v1/label/job/values', { 'match[]': '{job=~".+"}' }],
  ['tempo', '/api/search', {}],
  ['tempo', '/api/search', { q: '{}' }],
  ['tempo', '/api/search', { q: '{ resource.service.name =~ ".+" } || { name =~ ".+" } | select(.kind)' }],
  ['tempo', '/api/search', { q: 'by(resource.service.name) | count() > 0' }],
  ['tempo', '/api/metrics/query_range', { q: '{} | rate() by(resource.service.name)', step: '60s' }],
  ['tempo', '/api/metrics/query', { q: '{} | count_over_time() by(resource.service.name)' }],
  ['tempo', '/api/search/tags', {}],
  ['tempo', '/api/v2/search/tags', {}],
  ['tempo', '/api/v2/search/tags', { q: '{ .kind != "x" }' }],
  ['tempo', '/api/search/tag/service.name/values', {}],
  ['tempo', '/api/v2/search/tag/.kind/values', {}],
  ['tempo', '/api/v2/search/tag/.kind/values', { q: '{ .kind =~ ".+" || .foo = 1 }' }],
  ['tempo', '/api/v2/search/tag/resource.service.name/values', { q: '{ status = unset }' }],
  ['tempo', '/api/v2/search/tag/rootServiceName/values', {}],
];

/** Questions whose answers name nobody, or may be empty for so little telemetry. */
const quietQuestions: typeof questions = [
  ['loki', `${loki}/detected_labels`, {}],
  ['loki', `${loki}/labels`, {}],
  ['loki', `${loki}/index/stats`, { query: any }],
  ['loki', `${loki}/patterns`, { query: any }],
  ['prometheus', '/api/v1/query_exemplars', { query: '{job=~".+"}' }],
  ['tempo', '/api/metrics/query_range', { q: '{} | compare({ name = "right work" })', step: '60s' }],
];

async function ask({ endpoints }: StackAnswer, [server, path, parameters]: (typeof questions)[number]) {
  const seconds = Math.floor(Date.now() / 1000);
  const inSeconds = { start: String(seconds - 600), end: String(seconds + 10) };
  // Loki's default window ends now, and so excludes nothing that was sent.
  const window = server === 'loki' ? {} : inSeconds;
  const response = await fetch(`${endpoints[server]}${path}?${new URLSearchParams({ ...window, ...parameters })}`);
  return { status: response.status, text: await response.text() };
}

describe('a worktree on a shared cluster', { timeout: 60_000 }, () => {
  test.each(questions)('asks %s %s %j and sees its own telemetry alone', async (...question) => {
    for (const [own, foreign, stack] of [
      ['left', 'right', left],
      ['right', 'left', right],
    ] as const) {
      const { status, text } = await ask(stack, question);
      expect({ status, text }).toMatchObject({ status: 200, text: expect.stringContaining(own) });
      expect(text).not.toContain(foreign);
    }
  });

  test.each(quietQuestions)('asks %s %s %j and sees nothing of others', async (...question) => {
    const { status, text } = await ask(left, question);
    expect({ status, text }).toMatchObject({ status: 200, text: expect.not.stringContaining('right') });
  });

  test.each(['/api/traces', '/api/v2/traces'])('finds its own trace at %s, and not the other’s', async (path) => {
    for (const accept of ['application/json', 'application/protobuf']) {
      const find = async (owner: string) => {
        const response = await fetch(`${left.endpoints.tempo}${path}/${traceIdOf(owner)}`, { headers: { accept } });
        return Buffer.from(await response.arrayBuffer()).toString();
      };
      expect(await find('left')).toContain('left work');
      expect(await find('right')).not.toContain('right');
    }
  });

  test('is told what cannot be narrowed, and why', async () => {
    const { status, text } = await ask(left, ['prometheus', '/api/v1/status/tsdb', {}]);
    expect(status).toBe(403);
    expect(text).toContain('cannot be narrowed to this worktree');
  });

  test('counts its own telemetry, and knows its own metrics', async () => {
    const status = await sandbox.run(['status', '--json'], { cwd: left.worktree });
    expect(JSON.parse(status.stdout).stack.usage).toMatchObject({ logs: { records: 1 }, traces: { records: 1 } });
    const { text } = await ask(left, ['prometheus', '/api/v1/metadata', {}]);
    expect(text).toContain('left_size');
    expect(text).not.toContain('right');
  });

  test('whose token is no longer good is told so, without the token, and nothing waits in vain', async () => {
    cluster.changeToken('dev', 'another token');
    const { status, text } = await ask(left, questions[0] as (typeof questions)[number]);
    expect({ status, text: text.trim() }).toEqual({
      status: 502,
      text: 'Loki refuses the credentials or the tenant of this stack (403); obs up checks them anew',
    });
    await sendLogLine(left, 'left says it while the token is bad');
    cluster.changeToken('dev', 'the token');
    await settle(left);
    expect((await ask(left, questions[0] as (typeof questions)[number])).text).toContain('while the token is bad');
  });

  test('that is taken down leaves what it sent to the retention of the cluster', async () => {
    const before = cluster.usageOf('dev');
    expect(before).toMatchObject({ logs: expect.any(Number) });
    expect((await sandbox.run(['down'], { cwd: left.worktree })).code).toBe(0);
    expect(cluster.usageOf('dev')).toEqual(before);
    expect((await ask(right, questions[0] as (typeof questions)[number])).text).toContain('right');
  });

  test('never asked about others, and never sent what bears no mark', () => {
    expect(cluster.misuses).toEqual([]);
  });
});
