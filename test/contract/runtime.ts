// What every runtime promises, as one suite that each of them runs: embedded now, docker, native and remote later.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sendHttp } from '../../src/clients/http.ts';
import { Sandbox, sendLogLine, untilGone } from '../stack/harness.ts';

export interface RuntimeUnderTest {
  readonly name: string;
  /** Further flags of `obs up`. */
  readonly flags: readonly string[];
  /** Long enough for the slowest of its steps, in milliseconds. */
  readonly timeoutMs: number;
}

/** What the parts of the suite share; made before the first test. */
interface Suite {
  readonly flags: readonly string[];
  readonly sandbox: Sandbox;
  readonly repository: string;
}

/** Declares the suite for one runtime. */
export function describeRuntimeContract(runtime: RuntimeUnderTest): void {
  describe(`the ${runtime.name} runtime`, { timeout: runtime.timeoutMs }, () => {
    const sandbox = new Sandbox();
    const flags = ['--runtime', runtime.name, ...runtime.flags];
    const suite: Suite = { flags, sandbox, repository: sandbox.makeRepository('repository') };
    afterAll(() => sandbox.dispose());

    describe('while it runs', () => declareRunning(suite));
    describe('when it is killed or asked for by many', () => declareTrouble(suite));
    describe('when it ends', () => declareEnd(suite));
  });
}

function declareRunning(suite: Suite): void {
  test('up answers with a ready stack, and once more with the same one', async () => {
    const first = await suite.sandbox.up(suite.repository, ...suite.flags);
    expect(first).toMatchObject({ state: 'ready', worktree: suite.repository });
    expect(await suite.sandbox.up(suite.repository, ...suite.flags)).toEqual(first);
  });

  test('every endpoint says whose it is', async () => {
    const { id, endpoints } = await suite.sandbox.up(suite.repository, ...suite.flags);
    for (const role of ['loki', 'prometheus', 'tempo', 'otlpHttp']) {
      const answer = await sendHttp({ method: 'GET', url: `${endpoints[role]}/obs/identity`, timeoutMs: 5000 });
      expect(JSON.parse(answer.body.toString())).toMatchObject({ stackId: id, role, worktree: suite.repository });
    }
  });

  test('status asks the keeper and tells what up told, and more', async () => {
    const up = await suite.sandbox.up(suite.repository, ...suite.flags);
    const status = await suite.sandbox.run(['status', '--json'], { cwd: suite.repository });
    expect(status.code).toBe(0);
    const { stack } = JSON.parse(status.stdout);
    expect(stack).toMatchObject(up);
    expect(stack).toMatchObject({ apps: [], keeper: { pid: expect.any(Number) } });
    expect(stack.usage).toMatchObject({ logs: { records: 0 }, metrics: { records: 0 }, traces: { records: 0 } });
  });

  test('env points at the stack and holds no secret', async () => {
    const { endpoints, env, id } = await suite.sandbox.up(suite.repository, ...suite.flags);
    const text = await suite.sandbox.run(['env', '--shell', 'json'], { cwd: suite.repository });
    expect(JSON.parse(text.stdout)).toEqual(env);
    expect(env.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(endpoints.otlpHttp);
    expect(JSON.stringify(env)).not.toContain(suite.sandbox.readState(id).token);
  });
}

function declareTrouble(suite: Suite): void {
  test('a killed keeper is noticed by the next verb, and up brings the stack back', async () => {
    const before = await suite.sandbox.up(suite.repository, ...suite.flags);
    const { keeper } = suite.sandbox.readState(before.id);
    if (keeper === null) throw new Error('no keeper in the state');
    await sendLogLine(before);
    process.kill(keeper.pid, 'SIGKILL');
    await untilGone(keeper);
    expect(await suite.sandbox.fail(['status'], { cwd: suite.repository })).toMatchObject({
      exit: 4,
      code: 'OBS_KEEPER_DIED',
      fix: 'obs up',
    });
    const after = await suite.sandbox.up(suite.repository, ...suite.flags);
    expect(after.endpoints).toEqual(before.endpoints);
    expect(suite.sandbox.listKeepers()).toHaveLength(1);
    const status = await suite.sandbox.run(['status', '--json'], { cwd: suite.repository });
    // What was acknowledged is there again.
    expect(JSON.parse(status.stdout).stack.usage.logs.records).toBe(1);
  });

  test('ten up at once make one stack and get ten equal answers', async () => {
    await suite.sandbox.run(['down'], { cwd: suite.repository });
    const answers = await suite.sandbox.upAll(
      Array.from({ length: 10 }, () => suite.repository),
      ...suite.flags,
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(suite.sandbox.listKeepers()).toHaveLength(1);
  });
}

function declareEnd(suite: Suite): void {
  test('down leaves nothing but the reservation of the ports, and a second down is no error', async () => {
    const { id, endpoints } = await suite.sandbox.up(suite.repository, ...suite.flags);
    const down = await suite.sandbox.run(['down', '--json'], { cwd: suite.repository });
    expect(down.code).toBe(0);
    expect(JSON.parse(down.stdout).stopped).toMatchObject([{ stackId: id, existed: true }]);
    expect(suite.sandbox.listKeepers()).toEqual([]);
    expect(existsSync(suite.sandbox.stackDir(id))).toBe(false);
    await expect(sendHttp({ method: 'GET', url: `${endpoints.otlpHttp}/`, timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'ECONNREFUSED',
    });
    const registry = JSON.parse(readFileSync(join(suite.sandbox.stateDir, 'registry.json'), 'utf8'));
    expect(Object.keys(registry.stacks)).toEqual([id]);
    const again = await suite.sandbox.run(['down', '--json'], { cwd: suite.repository });
    expect(again.code).toBe(0);
    expect(JSON.parse(again.stdout).stopped).toMatchObject([{ existed: false }]);
  });

  test('up after down has the same ports and none of the old data', async () => {
    const first = await suite.sandbox.up(suite.repository, ...suite.flags);
    await sendLogLine(first);
    await suite.sandbox.run(['down'], { cwd: suite.repository });
    const second = await suite.sandbox.up(suite.repository, ...suite.flags);
    expect(second.endpoints).toEqual(first.endpoints);
    const status = await suite.sandbox.run(['status', '--json'], { cwd: suite.repository });
    expect(JSON.parse(status.stdout).stack.usage.logs.records).toBe(0);
  });

  test('up --fresh throws the data of a running stack away', async () => {
    await sendLogLine(await suite.sandbox.up(suite.repository, ...suite.flags));
    await suite.sandbox.up(suite.repository, ...suite.flags, '--fresh');
    const status = await suite.sandbox.run(['status', '--json'], { cwd: suite.repository });
    expect(JSON.parse(status.stdout).stack.usage.logs.records).toBe(0);
    expect(suite.sandbox.listKeepers()).toHaveLength(1);
  });
}
