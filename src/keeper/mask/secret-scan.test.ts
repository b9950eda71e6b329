// The quick scan against the masker itself: whatever the masker would change must not be called plain.
import { expect, it } from 'vitest';
import { Random, readSeed } from '../../../test/fuzz/random.ts';
import { maskText } from '../../std/secrets/mask-text.ts';
import { type Scanned, SecretScan, scanned } from './secret-scan.ts';
import { makeByteFinder, makeVectorFinder } from './sign-finder.ts';

const seed = readSeed();
const vectorFinder = makeVectorFinder();
const scans = [new SecretScan(makeByteFinder()), ...(vectorFinder === undefined ? [] : [new SecretScan(vectorFinder)])];

/** What all ways of scanning say; they must agree. */
function scan(text: string, { before = 'x', behind = '' } = {}): Scanned {
  const bytes = Buffer.from(before + text + behind);
  const start = Buffer.byteLength(before);
  const found = scans.map((one) => {
    one.begin(bytes);
    return one.scan(start, start + Buffer.byteLength(text));
  });
  expect([text, new Set(found).size]).toEqual([text, 1]);
  return found[0]!; // there is at least one scan
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

it(`notices what the masker changes in random texts made of the pieces of secrets (seed ${seed})`, () => {
  const random = new Random(seed);
  const pieces = [...secrets.flatMap((text) => text.split(/(?<=[=: ])/)), ...letters, ' ', '=', '\u00a0', 'é', '12345'];
  const some = (most: number) => Array.from({ length: random.below(most) }, () => random.pick(pieces)).join('');
  let changed = 0;
  for (let i = 0; i < 20_000; i++) {
    const text = some(9);
    const found = scan(text, { before: some(3), behind: some(3) });
    if (maskText(text) === text) continue;
    changed++;
    expect([text, found]).toEqual([text, scanned.maybeSecret]);
  }
  expect(changed).toBeGreaterThan(1_000);
});

it(`finds a secret anywhere in a text of more than one room, and knows what is ASCII (seed ${seed})`, () => {
  const random = new Random(seed);
  const words = 'GET /items took 12 ms; created {"level":"info","status":200,"n":20261123} '.split(' ');
  for (let i = 0; i < 60; i++) {
    const parts = Array.from({ length: random.below(30_000) }, () => random.pick(words));
    const text = parts.join(' ');
    expect(scan(text, { behind: 'é' })).toBe(scanned.plain);
    const at = random.below(text.length + 1);
    const planted = `${text.slice(0, at)} ${random.pick(secrets)} ${text.slice(at)}`;
    expect([planted.length, at, scan(planted)]).toEqual([planted.length, at, scanned.maybeSecret]);
    expect(scan(`${text.slice(0, at)}é${text.slice(at)}`)).toBe(scanned.notAscii);
  }
});

it.each([
  ['GET /items/12 200 in 12.5ms by keyboard and monkeys', scanned.plain],
  ['größe', scanned.notAscii],
  ['', scanned.plain],
  ['http://localhost:3000/users?x=1', scanned.plain],
  ['2026-11-22T10:11:12.123Z', scanned.plain],
  ['"time":1795600000123456789', scanned.plain],
  ['id 0f12345678901234567', scanned.plain],
])('%s is called what it is', (text, expected) => expect(scan(text)).toBe(expected));
