// What is started for a plan, on each kind of system.
import { expect, test } from 'vitest';
import type { AppPlan } from './plan.ts';
import { chooseStarted } from './spawn-command.ts';

const cases: {
  name: string;
  command: AppPlan['command'];
  terminal: boolean;
  platform: NodeJS.Platform;
  started: [string, readonly string[], boolean];
}[] = [
  {
    name: 'words as they are',
    command: ['node', 'a b.js'],
    terminal: false,
    platform: 'linux',
    started: ['node', ['a b.js'], false],
  },
  { name: 'a line in a shell', command: 'a && b', terminal: false, platform: 'linux', started: ['a && b', [], true] },
  {
    name: 'words in a terminal of Linux, quoted',
    command: ['echo', "it's"],
    terminal: true,
    platform: 'linux',
    started: ['script', ['-qefc', "'echo' 'it'\\''s'", '/dev/null'], false],
  },
  {
    name: 'a line in a terminal of macOS',
    command: 'a && b',
    terminal: true,
    platform: 'darwin',
    started: ['script', ['-q', '/dev/null', '/bin/sh', '-c', 'a && b'], false],
  },
];

test.each(cases)('$name', ({ command, terminal, platform, started }) => {
  // Nothing else of a plan is read.
  const { file, args, shell } = chooseStarted({ command, terminal } as AppPlan, platform);
  expect([file, args, shell]).toEqual(started);
});
