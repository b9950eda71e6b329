// What goes wrong before and beside the keeper: each case with its message, its exit code, and a fix that works as it is.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDistFile } from '../../src/std/package-root.ts';
import { git, Sandbox } from '../stack/harness.ts';

const sandbox = new Sandbox();
let repository: string;

beforeAll(() => {
  repository = sandbox.makeRepository('repository');
});

afterAll(async () => {
  await sandbox.run(['down', '--all', '--yes'], { cwd: repository });
  await sandbox.dispose();
});

/** Runs a fix as a person would paste it: `obs` is the built one. */
function runFix(fix: string, cwd: string): string {
  const script = `obs() { '${process.execPath}' '${findDistFile('obs.js')}' "$@"; }\n${fix}`;
  const env = { ...process.env, OBS_STATE_DIR: sandbox.stateDir, HOME: sandbox.root };
  return execFileSync('bash', ['-c', script], { cwd, env, encoding: 'utf8', stdio: 'pipe' });
}

describe('the worktree', () => {
  it('a bare repository lists its worktrees, and the fix starts the stack of one', async () => {
    const bare = join(sandbox.root, 'bare.git');
    git(repository, 'clone', '-q', '--bare', repository, bare);
    git(bare, 'worktree', 'add', '-q', '../of-bare', 'main');
    const error = await sandbox.fail(['up'], { cwd: bare });
    expect(error).toMatchObject({ exit: 2, code: 'OBS_BARE_REPOSITORY', why: expect.stringContaining('of-bare') });
    expect(runFix(error.fix, bare)).toMatch(/^ready/);
  });

  it('the inside of .git is no worktree, and the fix goes to the one it belongs to', async () => {
    const error = await sandbox.fail(['up'], { cwd: join(repository, '.git') });
    expect(error).toMatchObject({ exit: 2, code: 'OBS_INSIDE_GIT_DIR' });
    expect(runFix(error.fix, repository)).toMatch(/^ready/);
  });

  it('a dangling .git file is repaired by the fix', async () => {
    git(repository, 'worktree', 'add', '-q', '../moved-main');
    const elsewhere = join(sandbox.root, 'elsewhere');
    execFileSync('cp', ['-r', repository, elsewhere]);
    const linked = join(sandbox.root, 'moved-main');
    writeFileSync(join(linked, '.git'), `gitdir: ${repository}/.git/worktrees/gone\n`);
    const error = await sandbox.fail(['up'], { cwd: linked });
    expect(error).toMatchObject({
      exit: 2,
      code: 'OBS_DANGLING_GIT_FILE',
      message: expect.stringContaining('worktrees/gone'),
    });
    expect(error.fix).toMatch(/worktree repair/);
  });

  it('a tree of another user is refused until git trusts it', async () => {
    const foreign = sandbox.makeRepository('foreign');
    // Only root may give files away; everyone else has a foreign tree by not being its owner.
    execFileSync('chown', ['-R', '65534', foreign]);
    const home = { HOME: sandbox.root, GIT_CONFIG_NOSYSTEM: '1' };
    const error = await sandbox.fail(['up'], { cwd: foreign, env: home });
    expect(error).toMatchObject({ exit: 4, code: 'OBS_DUBIOUS_OWNERSHIP' });
    runFix(error.fix, foreign);
    expect((await sandbox.run(['up'], { cwd: foreign, env: home })).code).toBe(0);
  });
});

describe('the command line', () => {
  it.each([
    { name: 'an unknown verb', words: ['stauts'], code: 'OBS_UNKNOWN_VERB', why: 'status' },
    { name: 'an unknown flag', words: ['up', '--frehs'], code: 'OBS_UNKNOWN_FLAG', why: '--fresh' },
    {
      name: 'a flag without its value',
      words: ['logs', '{}', '--since'],
      code: 'OBS_FLAG_WITHOUT_VALUE',
      why: 'Nothing followed',
    },
    { name: 'a query without quotes', words: ['logs', 'a', 'b'], code: 'OBS_TOO_MANY_ARGUMENTS', why: 'quote' },
    {
      name: 'a number that is none',
      words: ['logs', '{}', '--limit', 'many'],
      code: 'OBS_BAD_INPUT',
      why: 'A call that works',
    },
  ])('$name: exit 2, and the fix shows the right use', async ({ words, code, why }) => {
    const error = await sandbox.fail(words, { cwd: repository });
    expect(error).toMatchObject({ exit: 2, code, why: expect.stringContaining(why) });
    expect(runFix(error.fix, repository)).toContain('usage: obs');
  });
});

describe('obs.yaml', () => {
  it('an unknown key is named with its line and the nearest known one', async () => {
    const folder = sandbox.makeRepository('with-config');
    writeFileSync(join(folder, 'obs.yaml'), 'apps:\n  web:\n    comand: npm start\n');
    const error = await sandbox.fail(['run'], { cwd: folder });
    expect(error).toMatchObject({
      exit: 2,
      code: 'OBS_CONFIG_UNKNOWN_KEY',
      message: expect.stringContaining('obs.yaml:3:5'),
    });
    expect(error.fix).toContain('line 3: write "command" for "comand"');
  });
});

describe('queries', () => {
  beforeAll(async () => {
    await sandbox.up(repository);
  });

  it.each([
    { words: ['logs', '{service_name="web"'], language: 'logql', place: '1:' },
    { words: ['metrics', 'sum(rate(x[5m])'], language: 'promql', place: '1:' },
    { words: ['traces', '{ span.http.status_code == 200 }'], language: 'traceql', place: '1:26' },
  ])(
    'a malformed $language query shows line, column, caret and what was expected',
    async ({ words, language, place }) => {
      const error = await sandbox.fail(words, { cwd: repository });
      expect(error).toMatchObject({ exit: 2, code: 'OBS_QUERY_REFUSED' });
      expect(error.message.toLowerCase()).toContain(`the ${language} query is refused at ${place}`);
      expect(error.why).toMatch(/\n *\^+/);
    },
  );

  it('a budget that lost its comparison to the shell says so', async () => {
    const words = ['check', 'no', 'span', 'in', 'journey', 'checkout'];
    const error = await sandbox.fail(words, { cwd: repository });
    expect(error).toMatchObject({ exit: 2, code: 'OBS_BUDGET_WITHOUT_COMPARISON' });
    expect(`${error.why} ${error.fix}`).toMatch(/shell|under/);
  });

  it('a query without a stack names the command that starts one', async () => {
    const empty = sandbox.makeRepository('no-stack');
    const error = await sandbox.fail(['logs', '{service_name="web"}'], { cwd: empty });
    expect(error).toMatchObject({ exit: 4, code: 'OBS_NO_STACK', fix: 'obs up' });
    expect(runFix(error.fix, empty)).toMatch(/^ready/);
  });
});

describe('apps', () => {
  it('one that exits before it is ready shows its last lines', async () => {
    const script = "console.error('no database at port 5432'); process.exit(3)";
    const words = ['run', '--ready', 'http:/', '--json', '--', process.execPath, '-e', script];
    const { code, stdout } = await sandbox.run(words, { cwd: repository });
    expect(code).not.toBe(0);
    expect(stdout).toContain('no database at port 5432');
  });

  it('a command that does not exist is exit 4', async () => {
    const { code, stdout } = await sandbox.run(['run', '--json', '--', 'no-such-program'], { cwd: repository });
    expect({ code, error: JSON.parse(stdout).error.code }).toEqual({ code: 4, error: 'OBS_COMMAND_NOT_FOUND' });
  });
});

describe('the keeper', () => {
  it('killed with kill -9 is missed by the next verb, and the fix brings the stack back', async () => {
    const { id } = await sandbox.up(repository);
    const { keeper } = sandbox.readState(id);
    process.kill(keeper?.pid ?? 0, 'SIGKILL');
    const error = await sandbox.fail(['status'], { cwd: repository });
    expect(error).toMatchObject({ exit: 4, code: 'OBS_KEEPER_DIED' });
    expect(runFix(error.fix, repository)).toMatch(/^ready/);
  });
});

describe('output', () => {
  it('a reader that goes away is no error', () => {
    const script = `'${process.execPath}' '${findDistFile('obs.js')}' --help | head -1; echo "\${PIPESTATUS[0]}"`;
    expect(execFileSync('bash', ['-c', script], { encoding: 'utf8' })).toMatch(/^obs: .*\n0\n$/);
  });

  it('is one JSON document with --json, whole even when it is long', async () => {
    const { stdout, code } = await sandbox.run(['tools', '--json'], { cwd: repository });
    expect({ code, tools: JSON.parse(stdout).length > 10 }).toEqual({ code: 0, tools: true });
    expect(stdout.length).toBeGreaterThan(10_000);
  });
});
