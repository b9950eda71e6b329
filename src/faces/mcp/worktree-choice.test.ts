// Which worktree an MCP call is about.
import { describe, expect, it } from 'vitest';
import { chooseWorktree } from './worktree-choice.ts';

const env = { OBS_WORKTREE: '/env' };

describe('chooseWorktree', () => {
  it.each([
    { name: 'the argument wins', argument: '/arg', rootUris: ['file:///root'], env, chosen: '/arg' },
    {
      name: 'the argument decides between roots',
      argument: '/arg',
      rootUris: ['file:///a', 'file:///b'],
      env,
      chosen: '/arg',
    },
    { name: 'the only root comes next', argument: undefined, rootUris: ['file:///a%20b'], env, chosen: '/a b' },
    {
      name: 'the same root twice is one',
      argument: undefined,
      rootUris: ['file:///a', 'file:///a'],
      env,
      chosen: '/a',
    },
    {
      name: 'roots that are no files do not count',
      argument: undefined,
      rootUris: ['https://x/y'],
      env,
      chosen: '/env',
    },
    { name: 'nothing at all leaves it to the cwd', argument: undefined, rootUris: [], env: {}, chosen: undefined },
  ])('$name', ({ chosen, ...hints }) => {
    expect(chooseWorktree(hints)).toBe(chosen);
  });

  it('several roots and no argument is an error that shows the argument', () => {
    expect(() => chooseWorktree({ argument: undefined, rootUris: ['file:///a', 'file:///b'], env })).toThrow(
      expect.objectContaining({ code: 'OBS_SEVERAL_ROOTS', fix: 'repeat the call with {"worktree": "/a"}' }),
    );
  });
});
