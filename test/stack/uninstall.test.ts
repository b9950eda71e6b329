// obs uninstall: every trace of obs of this user goes, and nothing else.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Sandbox } from './harness.ts';

let sandbox: Sandbox;
let home: string;
let env: Record<string, string | undefined>;

beforeEach(() => {
  sandbox = new Sandbox();
  home = join(sandbox.root, 'home');
  mkdirSync(home);
  env = {
    HOME: home,
    TMPDIR: home,
    XDG_CONFIG_HOME: undefined,
    XDG_DATA_HOME: undefined,
    // Other tests may use the engine of this machine at the same time.
    DOCKER_HOST: `unix://${home}/no-engine.sock`,
  };
});
afterEach(() => sandbox.dispose());

const run = (...words: string[]) => sandbox.run([...words], { cwd: home, env });

function write(path: string, text: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

describe('uninstall', { timeout: 120_000 }, () => {
  test('removes what its dry run lists: stacks, state folder, answers, completion scripts; and keeps what is not its own', async () => {
    const repositories = [sandbox.makeRepository('one'), sandbox.makeRepository('two')];
    const stacks = await sandbox.upAll(repositories);
    const config = write(join(repositories[0] ?? '', 'obs.yaml'), 'ttl: 1h\n');
    const fish = write(join(home, '.config/fish/completions/obs.fish'), (await run('completion', 'fish')).stdout);
    const studio = write(join(home, '.local/share/bash-completion/completions/obs'), 'complete -F _obs_studio obs\n');
    const answers = mkdtempSync(join(home, 'obs-answers-'));

    const refused = await sandbox.fail(['uninstall'], { cwd: home, env });
    expect(refused).toMatchObject({ code: 'OBS_NOT_CONFIRMED', exit: 2, fix: 'obs uninstall --yes' });
    expect(refused.message).toContain(`with the state folder ${sandbox.stateDir} and all in it`);
    const dry = JSON.parse((await run('uninstall', '--dry-run', '--json')).stdout);
    expect(sandbox.listKeepers()).toHaveLength(2);
    const real = await run('uninstall', '--yes', '--json');
    expect(real.code).toBe(0);

    const { removed, kept } = JSON.parse(real.stdout);
    expect(removed).toEqual(dry.removed);
    for (const { kind, what } of removed) expect(real.stderr).toContain(`removing  ${kind}  ${what}`);
    expect(removed).toMatchObject([
      { kind: 'stack', stackId: stacks[0]?.id, worktree: repositories[0] },
      { kind: 'stack', stackId: stacks[1]?.id, worktree: repositories[1] },
      { kind: 'state folder', what: sandbox.stateDir },
      { kind: 'saved answers', what: answers },
      { kind: 'completion script', what: fish },
    ]);
    expect(kept).toMatchObject([{ what: config, command: `rm ${config}` }, { why: 'it is a checkout of the sources' }]);
    expect(sandbox.listKeepers()).toEqual([]);
    expect([sandbox.stateDir, answers, fish].filter(existsSync)).toEqual([]);
    expect([studio, config].filter(existsSync)).toEqual([studio, config]);
  });

  test('of nothing removes nothing, and makes no state folder', async () => {
    const { code, stdout } = await run('uninstall');
    expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Nothing to remove\./) });
    expect(existsSync(sandbox.stateDir)).toBe(false);
  });

  test('leaves a stack of another container alone, and the state folder with it', async () => {
    const repository = sandbox.makeRepository('one');
    const { id } = await sandbox.up(repository);
    const state = sandbox.readState(id);
    await sandbox.run(['down'], { cwd: repository });
    const place = { machine: 'other', mountNamespace: '' };
    write(join(sandbox.stackDir(id), 'state.json'), JSON.stringify({ ...state, place }));
    const { stdout } = await run('uninstall', '--yes', '--json');
    const { removed, kept } = JSON.parse(stdout);
    expect(removed).toEqual([]);
    expect(kept[0]).toMatchObject({ what: `embedded stack of ${repository}` });
    expect(readdirSync(join(sandbox.stateDir, 'stacks'))).toEqual([id]);
  });
});
