// The masker on ordinary lines: what programs write all day holds no secret, and at most one line in a thousand may be touched.
import { expect, test } from 'vitest';
import { Random, readSeed } from '../../../test/fuzz/random.ts';
import { maskText } from '../../std/secrets/mask-text.ts';

const lines = 10_000;
const mostTouched = lines / 1000;
const seed = readSeed();

const words =
  'user order token key password session cookie request expired invalid author cart checkout basic bearer secret page cache miss hit retry pool worker queue price total keyboard monkey passed compass tokens keys'.split(
    ' ',
  );

type Part = (random: Random) => string;
const hex = (random: Random, digits: number) =>
  Array.from({ length: digits }, () => random.below(16).toString(16)).join('');
const number = (random: Random, below = 100_000) => String(random.below(below));
const word: Part = (random) => random.pick(words);
/** What stands behind `password:` where it is a word of a sentence. */
const aboutPasswords =
  'total length mismatch reset policy check field user must too invalid expired attempts hashing'.split(' ');
const modules = ['process/task_queues', 'timers', 'modules/cjs/loader', 'http', 'stream', 'token_bucket', 'key_value'];
const images = ['postgres', 'redis', 'nginx', 'grafana/loki', 'keycloak', 'vault', 'secretsmanager-stub'];
const uuid: Part = (random) => [8, 4, 4, 4, 12].map((digits) => hex(random, digits)).join('-');
const stamp: Part = (random) => new Date(1.7e12 + random.below(2 ** 31)).toISOString();

/** Lines as servers, frameworks and test runners write them. */
const shapes: readonly Part[] = [
  (r) => `${stamp(r)} INFO [${word(r)}] ${word(r)} ${word(r)} took ${number(r)} ms`,
  (r) =>
    `127.0.0.1 - - [07/Jun/2026:10:00:06 +0000] "GET /${word(r)}/${number(r)}?page=${number(r)} HTTP/1.1" 200 ${number(r)}`,
  (r) =>
    `{"level":"info","msg":"${word(r)} ${word(r)}","order_id":${number(r)},"trace_id":"${hex(r, 32)}","ms":${number(r)}}`,
  (r) => `level=warn ts=${stamp(r)} caller=${word(r)}.go:${number(r, 900)} msg="${word(r)} ${word(r)}" id=${uuid(r)}`,
  (r) => `POST https://shop.test/api/${word(r)}/${uuid(r)} 201 in ${number(r)}ms`,
  (r) =>
    `Error: ${word(r)} ${word(r)} is not a function at ${word(r)} (/app/src/${word(r)}.js:${number(r, 999)}:${number(r, 99)})`,
  (r) => `    at async ${word(r)}.${word(r)} (node:internal/${r.pick(modules)}:${number(r, 999)}:11)`,
  (r) => `commit ${hex(r, 40)} by ${word(r)} on ${stamp(r)}`,
  (r) => `select id, ${word(r)} from ${word(r)}s where ${word(r)}_id = $1 limit ${number(r)}`,
  (r) => `the ${word(r)} of ${word(r)} ${number(r)} is ${word(r)}, not ${word(r)} ${word(r)}`,
  (r) => `duration_ns=${number(r, 2 ** 31)}${number(r, 10 ** 6)} bytes=${number(r)} span=${hex(r, 16)}`,
  (r) => `listening on http://localhost:${number(r, 65_536)} (pid ${number(r)})`,
  (r) => `✓ ${word(r)} test: ${word(r)} ${word(r)} (${number(r)} ms)`,
  (r) => `sha256:${hex(r, 64)} pulled image registry/${r.pick(images)}:${number(r, 9)}.${number(r, 99)}`,
  (r) =>
    `invalid ${r.pick(['token', 'order', 'password', 'api key', 'credentials'])}: expected ${word(r)}, found ${word(r)}`,
  (r) => `${word(r)} password: ${r.pick(aboutPasswords)} ${word(r)} ${word(r)}`,
];

test(`of ${lines} ordinary lines at most one in a thousand is touched (seed ${seed})`, () => {
  const random = new Random(seed);
  const touched: string[] = [];
  for (let i = 0; i < lines; i++) {
    const line = random.pick(shapes)(random);
    const masked = maskText(line);
    if (masked !== line) touched.push(`${line} → ${masked}`);
  }
  expect(touched.length, touched.slice(0, 20).join('\n')).toBeLessThanOrEqual(mostTouched);
});
