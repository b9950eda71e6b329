// What every runtime promises, as one suite that each of them runs: embedded now, docker, native and remote later.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { sendHttp } from '../../src/clients/http.ts';
import { Sandbox, untilGone } from '../stack/harness.ts';

export interface RuntimeUnderTest {
  readonly name: string;
  /** Further flags of `obs up`. */
  readonly flags: readonly string[];
  /** Long enough for the slowest of its steps, in milliseconds. */
  readonly timeoutMs: number;
}

/** Declares the suite for one runtime. */
export function describeRuntimeContract(runtime: RuntimeUnderTest): void {
  const flags = ['--runtime', runtime.name, ...runtime.flags];

  describe(`the ${runtime.name} runtime`, { timeout: runtime.timeoutMs }, () => {
    let sandbox: Sandbox;
    let repository: string;

    beforeAll(() => {
      sandbox = new Sandbox();
      repository = sandbox.makeRepository('repository');
    });
    afterAll(() => sandbox.dispose());

    test('up answers with a ready stack, and once more with the same one', async () => {
      const first = await sandbox.up(repository, ...flags);
      expect(first).toMatchObject({ state: 'ready', worktree: repository });
      expect(await sandbox.up(repository, ...flags)).toEqual(first);
    });

    test('every endpoint says whose it is', async () => {
      const { id, endpoints } = await sandbox.up(repository, ...flags);
      for (const role of ['loki', 'prometheus', 'tempo', 'otlpHttp']) {
        const answer = await sendHttp({ method: 'GET', url: `${endpoints[role]}/obs/identity`, timeoutMs: 5000 });
        expect(JSON.parse(answer.body.toString())).toMatchObject({ stackId: id, role, worktree: repository });
      }
    });

    test('status asks the keeper and tells what up told, and more', async () => {
      const up = await sandbox.up(repository, ...flags);
      const status = await sandbox.run(['status', '--json'], { cwd: repository });
      expect(status.code).toBe(0);
      const { stack } = JSON.parse(status.stdout);
      expect(stack).toMatchObject(up);
      expect(stack).toMatchObject({ apps: [], keeper: { pid: expect.any(Number) } });
      // The probe of `up` is in the stack.
      expect(stack.usage).toMatchObject({ logs: { records: 1 }, metrics: { records: 1 }, traces: { records: 1 } });
    });

    test('env points at the stack and holds no secret', async () => {
      const { endpoints, env, id } = await sandbox.up(repository, ...flags);
      const text = await sandbox.run(['env', '--shell', 'json'], { cwd: repository });
      expect(JSON.parse(text.stdout)).toEqual(env);
      expect(env.OTEL_EXPORTER_OTLP_ENDPOINT).toBe(endpoints.otlpHttp);
      expect(JSON.stringify(env)).not.toContain(sandbox.readState(id).token);
    });

    test('a killed keeper is noticed by the next verb, and up brings the stack back', async () => {
      const before = await sandbox.up(repository, ...flags);
      const { keeper } = sandbox.readState(before.id);
      if (keeper === null) throw new Error('no keeper in the state');
      process.kill(keeper.pid, 'SIGKILL');
      await untilGone(keeper);
      expect(await sandbox.fail(['status'], { cwd: repository })).toMatchObject({
        exit: 4,
        code: 'OBS_KEEPER_DIED',
        fix: 'obs up',
      });
      const after = await sandbox.up(repository, ...flags);
      expect(after.endpoints).toEqual(before.endpoints);
      expect(sandbox.listKeepers()).toHaveLength(1);
      const status = await sandbox.run(['status', '--json'], { cwd: repository });
      // What the first probe left was acknowledged, so it is replayed beside that of the second.
      expect(JSON.parse(status.stdout).stack.usage.logs.records).toBe(2);
    });

    test('ten up at once make one stack and get ten equal answers', async () => {
      await sandbox.run(['down'], { cwd: repository });
      const answers = await Promise.all(Array.from({ length: 10 }, () => sandbox.up(repository, ...flags)));
      for (const answer of answers) expect(answer).toEqual(answers[0]);
      expect(sandbox.listKeepers()).toHaveLength(1);
    });

    test('down leaves nothing but the reservation of the ports, and a second down is no error', async () => {
      const { id, endpoints } = await sandbox.up(repository, ...flags);
      const down = await sandbox.run(['down', '--json'], { cwd: repository });
      expect(down.code).toBe(0);
      expect(JSON.parse(down.stdout).stopped).toMatchObject([{ stackId: id, existed: true }]);
      expect(sandbox.listKeepers()).toEqual([]);
      expect(existsSync(sandbox.stackDir(id))).toBe(false);
      await expect(sendHttp({ method: 'GET', url: `${endpoints.otlpHttp}/`, timeoutMs: 1000 })).rejects.toMatchObject({
        code: 'ECONNREFUSED',
      });
      const registry = JSON.parse(readFileSync(join(sandbox.stateDir, 'registry.json'), 'utf8'));
      expect(Object.keys(registry.stacks)).toEqual([id]);
      const again = await sandbox.run(['down', '--json'], { cwd: repository });
      expect(again.code).toBe(0);
      expect(JSON.parse(again.stdout).stopped).toMatchObject([{ existed: false }]);
    });

    test('up after down has the same ports and none of the old data', async () => {
      const first = await sandbox.up(repository, ...flags);
      await sandbox.run(['down'], { cwd: repository });
      const second = await sandbox.up(repository, ...flags);
      expect(second.endpoints).toEqual(first.endpoints);
      const status = await sandbox.run(['status', '--json'], { cwd: repository });
      expect(JSON.parse(status.stdout).stack.usage.logs.records).toBe(1);
    });

    test('up --fresh throws the data of a running stack away', async () => {
      await sandbox.up(repository, ...flags);
      await sandbox.up(repository, ...flags, '--fresh');
      const status = await sandbox.run(['status', '--json'], { cwd: repository });
      expect(JSON.parse(status.stdout).stack.usage.logs.records).toBe(1);
      expect(sandbox.listKeepers()).toHaveLength(1);
    });
  });
}
