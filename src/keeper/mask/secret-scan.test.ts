// The quick scan against the masker itself: whatever the masker would change must not be called plain.
import { expect, it } from 'vitest';
import { maskText } from '../../std/secrets/mask-text.ts';
import { scanned, scanText } from './secret-scan.ts';

function scan(text: string): number {
  const bytes = Buffer.from(`x${text}`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return scanText({ bytes, view }, 1, bytes.length);
}

const letters = 'aA0-_.:/"';
const secrets = [
  'password=hunter2',
  '{"PassWord":"x"}',
  '\\"api-key\\": \\"abc\\"',
  'passwd : abc',
  'passphrase="a b"',
  'PWD=x',
  'client_secret=abc',
  'secretkey=abc',
  "'token' = 'abcdef12'",
  'credentials:"abc"',
  'Authorization: Bearer abc.def',
  'set-cookie=sid1',
  'Bearer 0a1b2c3d4e5f',
  'basic dXNlcjpwYXNz',
  'postgres://ann:s3cr3t@db',
  '-----BEGIN PRIVATE KEY-----MIIE',
  `AKIA${'IOSFODNN7EXAMPLE'}`,
  `ASIA${'IOSFODNN7EXAMPLE'}`,
  ...['ghp_', 'gho_', 'ghu_', 'ghs_', 'ghr_', 'github_pat_', 'glpat-', 'sk-', 'hf_', 'dop_v1_', 'shpat_', 'npm_'].map(
    (prefix) => prefix + 'a1'.repeat(18),
  ),
  `sk_live_${'a'.repeat(16)}`,
  `rk_test_${'a'.repeat(16)}`,
  'xoxb-0123456789',
  `AIza${'a'.repeat(35)}`,
  `ya29.${'a'.repeat(20)}`,
  `eyJ${'a'.repeat(9)}.eyJ${'a'.repeat(9)}.x`,
  `SG.${'a'.repeat(16)}.${'b'.repeat(16)}`,
  '4111 1111 1111 1111',
  '4-1-1-1-1-1-1-1 11111111',
  '378282246310005',
];

it.each(secrets)('%s is noticed wherever it stands', (secret) => {
  for (const before of ['', ' ', 'a ', 'ab ', 'größe ', '{"n":1,"m":"']) {
    for (const after of ['', ' ', ' x', '", "z"']) {
      const text = before + secret + after;
      if (maskText(text) !== text) expect([text, scan(text)]).toEqual([text, scanned.maybeSecret]);
    }
  }
});

it('notices what the masker changes in random texts made of the pieces of secrets', () => {
  let state = 7;
  const next = (below: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fff_ffff;
    return (state >>> 8) % below;
  };
  const pieces = [...secrets.flatMap((text) => text.split(/(?<=[=: ])/)), ...letters, ' ', '=', '\u00a0', 'é', '12345'];
  let changed = 0;
  for (let i = 0; i < 20_000; i++) {
    const text = Array.from({ length: 1 + next(8) }, () => pieces[next(pieces.length)]).join('');
    if (maskText(text) === text) continue;
    changed++;
    expect([text, scan(text)]).toEqual([text, scanned.maybeSecret]);
  }
  expect(changed).toBeGreaterThan(1_000);
});

it.each([
  ['GET /items/12 200 in 12.5ms by keyboard and monkeys', scanned.plain],
  ['größe', scanned.notAscii],
  ['', scanned.plain],
  ['http://localhost:3000/users?x=1', scanned.plain],
  ['2026-11-22T10:11:12.123Z', scanned.plain],
])('%s is called what it is', (text, expected) => expect(scan(text)).toBe(expected));
