// What every runtime promises, as one suite that each of them runs.
import { appendFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sendHttp } from '../../src/clients/http.ts';
import { collect, Sandbox, type StackAnswer, sendLogLine, until, untilGone } from '../stack/harness.ts';

export interface RuntimeUnderTest {
  readonly name: string;
  /** Further flags of `obs up`. */
  readonly flags: readonly string[];
  /** Further variables of every command. */
  readonly env?: Readonly<Record<string, string>>;
  /** Puts what the runtime needs into the repository, such as an obs.yaml. */
  readonly prepare?: (repository: string) => void;
  /** What its servers hold stays after `down` and `--fresh`: obs deletes nothing on servers that others use, too. */
  readonly keepsDataForGood?: boolean;
  /** The probe of `up` cannot be taken back from its servers (docs/decisions/0005). */
  readonly remembersProbe?: boolean;
  /** What is left of stacks outside of the state folder, beside keepers: processes, containers, networks, volumes. */
  readonly listLeftovers?: () => readonly string[] | Promise<readonly string[]>;
  /** Long enough for the slowest of its steps, in milliseconds. */
  readonly timeoutMs: number;
}

/** What the parts of the suite share; made before the first test. */
interface Suite {
  readonly runtime: RuntimeUnderTest;
  readonly sandbox: Sandbox;
  readonly repository: string;
  readonly up: (...flags: string[]) => Promise<StackAnswer>;
  readonly run: (...words: string[]) => ReturnType<Sandbox['run']>;
}

/** Declares the suite for one runtime. */
export function describeRuntimeContract(runtime: RuntimeUnderTest): void {
  describe(`the ${runtime.name} runtime`, { timeout: runtime.timeoutMs }, () => {
    const sandbox = new Sandbox(runtime.env);
    const repository = sandbox.makeRepository('repository');
    runtime.prepare?.(repository);
    const flags = ['--runtime', runtime.name, ...runtime.flags];
    const suite: Suite = {
      runtime,
      sandbox,
      repository,
      up: (...more) => sandbox.up(repository, ...flags, ...more),
      run: (...words) => sandbox.run(words, { cwd: repository }),
    };
    afterAll(() => sandbox.dispose());

    describe('while it runs', () => declareRunning(suite));
    describe('when it is killed or asked for by many', () => declareTrouble(suite));
    describe('when it ends', () => declareEnd(suite));
  });
}

function declareRunning({ runtime, sandbox, repository, up, run }: Suite): void {
  test('up answers with a ready stack, and once more with the same one', async () => {
    const first = await up();
    expect(first).toMatchObject({ state: 'ready', worktree: repository, runtime: runtime.name });
    expect(await up()).toEqual(first);
  });

  test('every endpoint says whose it is', async () => {
    const { id, endpoints } = await up();
    for (const role of ['loki', 'prometheus', 'tempo', 'otlpHttp']) {
      const answer = await sendHttp({ method: 'GET', url: `${endpoints[role]}/obs/identity`, timeoutMs: 5000 });
      expect(JSON.parse(answer.body.toString())).toMatchObject({ stackId: id, role, worktree: repository });
    }
  });

  test.each([
    ['loki', '/ready'],
    ['prometheus', '/-/ready'],
    ['tempo', '/ready'],
  ])('%s says that it is ready', async (role, path) => {
    const { endpoints } = await up();
    // The servers of some runtimes take a moment longer to say so than to take and answer.
    await until(
      async () => (await sendHttp({ method: 'GET', url: `${endpoints[role]}${path}`, timeoutMs: 5000 })).status === 200,
    );
  });

  test('status asks the keeper and tells what up told, and more', async () => {
    const first = await up();
    const status = await run('status', '--json');
    expect(status.code).toBe(0);
    const { stack } = JSON.parse(status.stdout);
    expect(stack).toMatchObject(first);
    expect(stack).toMatchObject({ apps: [], keeper: { pid: expect.any(Number) } });
    expect(stack.lease.remainingMs).toBeGreaterThan(stack.lease.ttlMs / 2);
    const nothing = { logs: { records: 0 }, metrics: { records: 0 }, traces: { records: 0 } };
    if (!runtime.remembersProbe) expect(stack.usage).toMatchObject(nothing);
  });

  test('env points at the stack and holds no secret', async () => {
    const { endpoints, env, id } = await up();
    const text = await run('env', '--shell', 'json');
    expect(JSON.parse(text.stdout)).toEqual(env);
    expect(env.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(endpoints.otlpHttp);
    expect(JSON.stringify(env)).not.toContain(sandbox.readState(id).token);
  });

  test('ps lists it with its runtime and ports', async () => {
    const { id } = await up();
    const { stacks } = JSON.parse((await run('ps', '--json')).stdout);
    const own = {
      id,
      runtime: runtime.name,
      condition: 'running',
      branch: 'main',
      ports: { first: sandbox.readState(id).basePort },
    };
    expect(stacks).toMatchObject([own]);
  });

  // In embedded stacks test/app/run.test.ts boots such an app.
  if (runtime.name !== 'embedded') declareScraping({ repository, up, run });
}

/** A program with a page of metrics, and the part of obs.yaml that says so. */
const scrapedApp = {
  program: `const page = '# TYPE page_views counter\\npage_views 5\\n';
require('node:http').createServer((request, response) => response.end(page)).listen(process.env.PORT, '127.0.0.1');`,
  config: `
apps:
  scraped:
    command: node scraped.cjs
    ports: { PORT: auto }
    ready: { http: / }
    metrics: /metrics
`,
};

function declareScraping({ repository, up, run }: Pick<Suite, 'repository' | 'up' | 'run'>): void {
  test('the metrics page of an app is scraped into it', async () => {
    await up();
    writeFileSync(join(repository, 'scraped.cjs'), scrapedApp.program);
    appendFileSync(join(repository, 'obs.yaml'), scrapedApp.config);
    expect((await run('run', 'scraped', '--detach', '--json')).code).toBe(0);
    await until(async () => {
      const { stdout } = await run('metrics', 'page_views{job="scraped"}', '--json');
      return stdout.includes('"5"');
    });
    expect((await run('stop', 'scraped')).code).toBe(0);
  });
}

function declareTrouble(suite: Suite): void {
  const { sandbox, repository, up, run } = suite;

  test('a killed keeper is noticed by the next verb, and up brings the stack back with its data', async () => {
    const before = await up();
    const { keeper } = sandbox.readState(before.id);
    if (keeper === null) throw new Error('no keeper in the state');
    await sendLogLine(before, 'sent before the kill');
    process.kill(keeper.pid, 'SIGKILL');
    await untilGone(keeper);
    expect(await sandbox.fail(['status'], { cwd: repository })).toMatchObject({
      exit: 4,
      code: 'OBS_KEEPER_DIED',
      fix: 'obs up',
    });
    expect((await up()).endpoints).toEqual(before.endpoints);
    expect(sandbox.listKeepers()).toHaveLength(1);
    // What was acknowledged is there again, at once or as soon as a server behind took it.
    await until(() => holdsLine(suite, 'sent before the kill'));
  });

  test('ten up at once make one stack and get ten equal answers', async () => {
    await run('down');
    const flags = ['--runtime', suite.runtime.name, ...suite.runtime.flags];
    const answers = await sandbox.upAll(
      Array.from({ length: 10 }, () => repository),
      ...flags,
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(sandbox.listKeepers()).toHaveLength(1);
  });

  test('Ctrl-C during up leaves nothing', async () => {
    await run('down');
    const child = sandbox.spawn(['up', '--runtime', suite.runtime.name, ...suite.runtime.flags], { cwd: repository });
    const ended = collect(child);
    await until(() => sandbox.listStacks().length > 0);
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    await expectNothingLeft(suite);
  });
}

function declareEnd(suite: Suite): void {
  const { runtime, sandbox, up, run } = suite;

  test('a lease that runs out ends what runs and keeps the data; up wakes it', async () => {
    // Long enough for the line and for the answer of up, on a busy machine, too.
    const first = await up('--fresh', '--ttl', '4s');
    await sendLogLine(first, 'sent before the lease ran out');
    await until(() => sandbox.listKeepers().length === 0);
    expect(await sandbox.fail(['status'], { cwd: suite.repository })).toMatchObject({
      code: 'OBS_NO_STACK',
      fix: 'obs up',
    });
    expect(await up()).toMatchObject({ id: first.id, endpoints: first.endpoints });
    await until(() => holdsLine(suite, 'sent before the lease ran out'));
  });

  test('down leaves nothing but the reservation of the ports, and a second down is no error', async () => {
    const { id, endpoints } = await up();
    const down = await run('down', '--json');
    expect(down.code).toBe(0);
    expect(JSON.parse(down.stdout).stopped).toMatchObject([{ stackId: id, existed: true }]);
    await expectNothingLeft(suite);
    await expect(sendHttp({ method: 'GET', url: `${endpoints.otlpHttp}/`, timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    const registry = JSON.parse(readFileSync(join(sandbox.stateDir, 'registry.json'), 'utf8'));
    expect(Object.keys(registry.stacks)).toEqual([id]);
    const again = await run('down', '--json');
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).stopped).toMatchObject([{ existed: false }]);
  });

  test('up after down has the same ports and none of the old data', async () => {
    const first = await up();
    await sendLogLine(first, 'sent before down');
    await run('down');
    expect((await up()).endpoints).toEqual(first.endpoints);
    if (!runtime.keepsDataForGood) expect(await holdsLine(suite, 'sent before down')).toBe(false);
  });

  test('up --fresh throws the data of a running stack away', async () => {
    await sendLogLine(await up(), 'sent before fresh');
    await up('--fresh');
    if (!runtime.keepsDataForGood) expect(await holdsLine(suite, 'sent before fresh')).toBe(false);
    expect(sandbox.listKeepers()).toHaveLength(1);
  });

  test('a worktree that is gone takes its stack along', async () => {
    const other = sandbox.makeRepository('goes');
    runtime.prepare?.(other);
    const { id } = await sandbox.up(other, '--runtime', runtime.name, ...runtime.flags);
    await run('down');
    sandbox.remove(other);
    await until(() => !existsSync(sandbox.stackDir(id)));
    await until(() => sandbox.listKeepers().length === 0);
    await expectNothingLeft(suite);
  });
}

/** Whether a query finds a line that was sent. */
async function holdsLine({ run }: Suite, text: string): Promise<boolean> {
  const { stdout } = await run('logs', `{service_name="web"} |= "${text}"`, '--json');
  return (JSON.parse(stdout) as { lines?: unknown[] }).lines?.length === 1;
}

async function expectNothingLeft({ runtime, sandbox }: Suite): Promise<void> {
  expect(sandbox.listKeepers()).toEqual([]);
  expect(sandbox.listStacks()).toEqual([]);
  expect((await runtime.listLeftovers?.()) ?? []).toEqual([]);
}
