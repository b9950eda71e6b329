// From a directory to its worktree, with repositories made by the real git.
import { execFileSync } from 'node:child_process';
import {
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isSameWorktree, readWorktreeBirth } from './birth.ts';
import { findWorktree } from './worktree.ts';

let root: string;

function git(cwd: string, ...args: string[]): string {
  const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'protocol.file.allow=always'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...identity, ...args], { cwd, env, encoding: 'utf8', stdio: 'pipe' }).trim();
}

/** A repository with one commit on branch `main`. */
function makeRepository(name: string): string {
  const path = join(root, name);
  mkdirSync(path);
  git(path, 'init', '-q', '-b', 'main');
  writeFileSync(join(path, 'a.txt'), 'a');
  git(path, 'add', '.');
  git(path, 'commit', '-q', '-m', 'first');
  return path;
}

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'obs-worktree-')));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe('the worktree of a directory', () => {
  test('is the tree above it, with branch and commit', () => {
    const path = makeRepository('plain');
    mkdirSync(join(path, 'deep/er'), { recursive: true });
    const found = findWorktree(join(path, 'deep/er'));
    expect(found).toMatchObject({ path, gitDir: join(path, '.git'), branch: 'main' });
    expect(found.commit).toBe(git(path, 'rev-parse', 'HEAD'));
  });

  test('is a linked worktree with a git directory of its own', () => {
    const main = makeRepository('linking');
    git(main, 'worktree', 'add', '-q', '../linked', '-b', 'feature/x');
    const found = findWorktree(join(root, 'linked'));
    expect(found).toMatchObject({
      path: join(root, 'linked'),
      gitDir: join(main, '.git/worktrees/linked'),
      branch: 'feature/x',
    });
    expect(found.commit).toBe(git(main, 'rev-parse', 'HEAD'));
  });

  test('has no symbolic links in its path', () => {
    const path = makeRepository('real');
    symlinkSync(path, join(root, 'alias'));
    expect(findWorktree(join(root, 'alias')).path).toBe(path);
  });

  test('has no branch when HEAD is detached, and no commit before the first one', () => {
    const path = makeRepository('detached');
    git(path, 'checkout', '-q', '--detach');
    expect(findWorktree(path)).toMatchObject({ branch: null, commit: git(path, 'rev-parse', 'HEAD') });
    mkdirSync(join(root, 'unborn'));
    git(join(root, 'unborn'), 'init', '-q', '-b', 'trunk');
    expect(findWorktree(join(root, 'unborn'))).toMatchObject({ branch: 'trunk', commit: null });
  });

  test('knows a commit whose ref is packed', () => {
    const path = makeRepository('packed');
    git(path, 'branch', 'main2');
    git(path, 'pack-refs', '--all');
    expect(findWorktree(path).commit).toBe(git(path, 'rev-parse', 'HEAD'));
  });

  test('ignores GIT_DIR and GIT_WORK_TREE', () => {
    const path = makeRepository('hooked');
    const other = makeRepository('other');
    process.env.GIT_DIR = join(other, '.git');
    process.env.GIT_WORK_TREE = other;
    try {
      expect(findWorktree(path).path).toBe(path);
    } finally {
      delete process.env.GIT_DIR;
      delete process.env.GIT_WORK_TREE;
    }
  });

  test('of a submodule is its superproject, at any depth', () => {
    const library = makeRepository('library');
    const middle = makeRepository('middle');
    git(middle, 'submodule', 'add', '-q', library, 'vendor/lib');
    git(middle, 'commit', '-q', '-m', 'lib');
    const outer = makeRepository('outer');
    git(outer, 'submodule', 'add', '-q', middle, 'mid');
    git(outer, 'submodule', 'update', '-q', '--init', '--recursive');
    expect(findWorktree(join(outer, 'mid/vendor/lib')).path).toBe(outer);
  });

  test('of a repository that merely lies inside another one is that repository', () => {
    const outer = makeRepository('holder');
    mkdirSync(join(outer, 'inner'));
    git(join(outer, 'inner'), 'init', '-q');
    expect(findWorktree(join(outer, 'inner')).path).toBe(join(outer, 'inner'));
  });

  test('outside git is the directory itself', () => {
    const path = join(root, 'no-git');
    mkdirSync(path);
    expect(findWorktree(path)).toMatchObject({ path, gitDir: null, branch: null, commit: null });
  });

  test('linked to a bare repository is found from inside, in the layout with a .git file beside', () => {
    const source = makeRepository('source');
    const project = join(root, 'project');
    mkdirSync(project);
    git(project, 'clone', '-q', '--bare', source, '.bare');
    writeFileSync(join(project, '.git'), 'gitdir: ./.bare\n');
    git(project, 'worktree', 'add', '-q', 'main');
    expect(findWorktree(join(project, 'main')).path).toBe(join(project, 'main'));
    expect(() => findWorktree(project)).toThrow(
      expect.objectContaining({
        code: 'OBS_BARE_REPOSITORY',
        why: expect.stringContaining(join(project, 'main')),
        fix: `obs up --worktree ${join(project, 'main')}`,
      }),
    );
  });
});

describe('a directory without a worktree', () => {
  test('a bare repository lists its worktrees', () => {
    const bare = join(root, 'bare.git');
    git(root, 'clone', '-q', '--bare', makeRepository('origin'), bare);
    expect(() => findWorktree(join(bare, 'refs'))).toThrow(
      expect.objectContaining({ code: 'OBS_BARE_REPOSITORY', fix: `git -C ${bare} worktree add ../work` }),
    );
    git(bare, 'worktree', 'add', '-q', '../of-bare', 'main');
    expect(() => findWorktree(bare)).toThrow(
      expect.objectContaining({ data: { gitDir: bare, worktrees: [join(root, 'of-bare')] } }),
    );
  });

  test('the inside of .git names the worktree it belongs to', () => {
    const path = makeRepository('inside');
    expect(() => findWorktree(join(path, '.git/refs/heads'))).toThrow(
      expect.objectContaining({ code: 'OBS_INSIDE_GIT_DIR', fix: `obs up --worktree ${path}` }),
    );
    git(path, 'worktree', 'add', '-q', '../inside-linked');
    expect(() => findWorktree(join(path, '.git/worktrees/inside-linked'))).toThrow(
      expect.objectContaining({ code: 'OBS_INSIDE_GIT_DIR' }),
    );
  });

  test('a dangling .git file names file and target, and the repair that git offers', () => {
    const main = makeRepository('pruned-main');
    git(main, 'worktree', 'add', '-q', '../pruned');
    const target = join(main, '.git/worktrees/pruned');
    rmSync(target, { recursive: true });
    expect(() => findWorktree(join(root, 'pruned'))).toThrow(
      expect.objectContaining({
        code: 'OBS_DANGLING_GIT_FILE',
        message: `${join(root, 'pruned/.git')} points to ${target}, which does not exist.`,
        fix: `git -C ${join(main, '.git')} worktree repair`,
      }),
    );
  });

  test('a .git file with other contents is called broken', () => {
    mkdirSync(join(root, 'odd'));
    writeFileSync(join(root, 'odd/.git'), 'hello');
    expect(() => findWorktree(join(root, 'odd'))).toThrow(expect.objectContaining({ code: 'OBS_BROKEN_GIT_FILE' }));
  });

  test('a directory that is not there says so', () => {
    expect(() => findWorktree(join(root, 'nowhere'))).toThrow(
      expect.objectContaining({ code: 'OBS_WORKTREE_MISSING' }),
    );
  });

  test.runIf(process.getuid?.() === 0)('a tree of another user is refused until git trusts it', () => {
    const path = makeRepository('foreign');
    chownSync(path, 12_345, 12_345);
    const before = process.env.GIT_CONFIG_GLOBAL;
    const config = join(root, 'gitconfig');
    writeFileSync(config, '');
    process.env.GIT_CONFIG_GLOBAL = config;
    try {
      expect(() => findWorktree(path)).toThrow(
        expect.objectContaining({
          code: 'OBS_DUBIOUS_OWNERSHIP',
          fix: `git config --global --add safe.directory ${path}`,
        }),
      );
      writeFileSync(config, `[safe]\n\tdirectory = ${path}\n`);
      expect(readFileSync(config, 'utf8')).toContain(path);
      expect(findWorktree(path).path).toBe(path);
    } finally {
      if (before === undefined) delete process.env.GIT_CONFIG_GLOBAL;
      else process.env.GIT_CONFIG_GLOBAL = before;
    }
  });
});

// Time stamps of files move in ticks of the kernel's clock; a real checkout takes many of them.
const ticks = () => new Promise((done) => setTimeout(done, 25));

test('a directory made anew at the same path is another worktree, one that was written to is the same', async () => {
  const path = join(root, 'born');
  mkdirSync(path);
  await ticks();
  writeFileSync(join(path, 'a'), '');
  const birth = readWorktreeBirth(path) ?? '';
  writeFileSync(join(path, 'b'), '');
  expect(isSameWorktree(path, birth)).toBe(true);
  rmSync(path, { recursive: true });
  expect(isSameWorktree(path, birth)).toBe(false);
  mkdirSync(path);
  await ticks();
  writeFileSync(join(path, 'a'), '');
  expect(isSameWorktree(path, birth)).toBe(false);
});
