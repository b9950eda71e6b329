// Variables as shells and files read them back: checked with the real sh, and by hand where a reader may be missing.
import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { formatEnvironment } from './shells.ts';

const env = { PLAIN: 'http://127.0.0.1:1', QUOTED: `it's "a" $b \\c`, EMPTY: '' };

test('sh reads every value back as it was', () => {
  const script = `${formatEnvironment(env, 'sh')}\nprintf '%s|%s|%s' "$PLAIN" "$QUOTED" "$EMPTY"`;
  const read = execFileSync('sh', ['-c', script], { encoding: 'utf8', env: { PATH: process.env.PATH } });
  expect(read.split('|')).toEqual(Object.values(env));
});

test('json is the variables', () => {
  expect(JSON.parse(formatEnvironment(env, 'json'))).toEqual(env);
});

test('fish and dotenv escape what they must', () => {
  expect(formatEnvironment(env, 'fish').split('\n')).toEqual([
    "set -gx PLAIN 'http://127.0.0.1:1'",
    `set -gx QUOTED 'it\\'s "a" $b \\\\c'`,
    "set -gx EMPTY ''",
  ]);
  expect(formatEnvironment({ ...env, SPACED: 'a $b' }, 'dotenv').split('\n')).toEqual([
    'PLAIN=http://127.0.0.1:1',
    `QUOTED="it's \\"a\\" \\$b \\\\c"`,
    'EMPTY=',
    "SPACED='a $b'",
  ]);
});
