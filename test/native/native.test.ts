// What is special to the native runtime: programs that are missing, end, stop or are older; an `up` that is killed.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { expectFreshSpanAtAnyStep } from '../stack/fresh-span.ts';
import { Sandbox, until } from '../stack/harness.ts';
import { areGenuine, listServers, makePath, writeProgram } from './programs.ts';

// Three servers and a keeper start for each test, on a machine that may be busy.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 60_000 });

const folder = mkdtempSync(join(tmpdir(), 'obs-native-'));
const PATH = makePath(join(folder, 'bin'));
let sandbox: Sandbox;
let repository: string;

beforeEach(() => {
  sandbox = new Sandbox({ PATH, TMPDIR: folder });
  repository = sandbox.makeRepository('repository');
});
afterEach(async () => {
  // The keeper of a sandbox is killed, and genuine servers would go on without it.
  await sandbox.run(['down'], { cwd: repository });
  await sandbox.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const native = ['--runtime', 'native'];
const nameProgram = (server: string, path: string) =>
  writeFileSync(join(repository, 'obs.yaml'), `native:\n  ${server}: ${path}\n`);

describe('programs', () => {
  test('that are missing are named, with the place where they are published', async () => {
    nameProgram('tempo', 'no-such-tempo');
    const error = await sandbox.fail(['up', ...native], { cwd: repository });
    expect(error).toMatchObject({ exit: 4, code: 'OBS_NATIVE_MISSING' });
    expect(error.message).toContain('tempo');
    expect(error.why).toContain('no-such-tempo is not on PATH');
    expect(error.why).toContain('https://github.com/grafana/tempo/releases');
  });

  test('that end instead of listening fail up with their last lines, and the others end, too', async () => {
    const program = join(sandbox.root, 'bad-loki');
    writeProgram(program, 'echo "the disk is made of cheese" >&2; exit 3');
    nameProgram('loki', program);
    const error = await sandbox.fail(['up', ...native], { cwd: repository });
    expect(error).toMatchObject({ exit: 4, code: 'OBS_SERVER_NOT_READY' });
    expect(error.message).toMatch(/^loki \(.*bad-loki\) was not ready after \d+ ms: it ended with code 3/);
    expect(error.why).toContain('the disk is made of cheese');
    expect(listServers(folder)).toEqual([]);
    expect(sandbox.listStacks()).toEqual([]);
  });

  test.skipIf(areGenuine)('that are too old for OTLP get metrics by remote write', async () => {
    const program = join(sandbox.root, 'old-prometheus');
    const modern = join(folder, 'bin/prometheus');
    // Neither the flag nor the receiver: what asks for it ends the program, as an unknown flag does.
    writeProgram(
      program,
      `case "$*" in *--help*) "${modern}" --help | grep -v otlp; exit;; *otlp*) echo "unknown flag" >&2; exit 1;; esac\nexec "${modern}" "$@"`,
    );
    nameProgram('prometheus', program);
    const { id } = await sandbox.up(repository, ...native);
    expect(sandbox.readState(id)).toMatchObject({ backend: { prometheus: { metricsProtocol: 'remote-write' } } });
    const config = readFileSync(join(sandbox.stackDir(id), 'native/prometheus/prometheus.yml'), 'utf8');
    expect(config).toContain('out_of_order_time_window');
    expect(config).not.toContain('otlp');
  });
});

test('up names a server that was ended from outside', async () => {
  const { id } = await sandbox.up(repository, ...native);
  const mark = readMark(id, 'tempo');
  process.kill(mark, 'SIGKILL');
  await until(() => !existsSync(`/proc/${mark}`));
  expect(await sandbox.fail(['up', ...native], { cwd: repository })).toMatchObject({
    exit: 4,
    code: 'OBS_SERVER_STOPPED',
    message: 'tempo of this stack does not run any more.',
  });
});

test.runIf(areGenuine)('TraceQL metrics count a span of this moment at any step', async () => {
  await expectFreshSpanAtAnyStep(await sandbox.up(repository, ...native));
});

describe('an up that is killed', () => {
  // The marks appear one after the other: each is a step at which the next command finds another half of a stack.
  test.each([1, 2, 3])('after %i of its servers had begun leaves nothing behind the next down', async (steps) => {
    const up = sandbox.spawn(['up', ...native], { cwd: repository });
    await until(() => countMarks() >= steps || up.exitCode !== null);
    up.kill('SIGKILL');
    await until(() => up.signalCode !== null || up.exitCode !== null);
    const down = await sandbox.run(['down'], { cwd: repository });
    expect(down.code).toBe(0);
    await until(() => listServers(folder).length === 0);
    expect(sandbox.listStacks()).toEqual([]);
    expect(sandbox.listKeepers()).toEqual([]);
  });

  function countMarks(): number {
    return sandbox.listStacks().reduce((sum, id) => sum + listMarks(id).length, 0);
  }
});

function listMarks(stackId: string): string[] {
  const native = join(sandbox.stackDir(stackId), 'native');
  return existsSync(native) ? readdirSync(native).filter((name) => name.endsWith('.mark')) : [];
}

function readMark(stackId: string, server: string): number {
  const [name] = listMarks(stackId).filter((one) => one.startsWith(server));
  return Number(readFileSync(join(sandbox.stackDir(stackId), 'native', name ?? ''), 'utf8').split('\n')[1]);
}
