// Damages input in the ways in which senders, networks and disks do, and in those that parsers fear.
import type { Random } from './random.ts';

type Mutation = (bytes: Buffer, random: Random) => Buffer;

const mutations: readonly Mutation[] = [
  // a flipped bit
  (bytes, random) => edit(bytes, (copy) => (copy[random.below(copy.length)]! ^= 1 << random.below(8))),
  // another byte
  (bytes, random) =>
    edit(bytes, (copy) => (copy[random.below(copy.length)] = random.pick([0, 0x7f, 0x80, 0xff, random.below(256)]))),
  // cut off
  (bytes, random) => bytes.subarray(0, random.below(bytes.length)),
  // a piece left out
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + random.below(16))]);
  },
  // a piece twice
  (bytes, random) => {
    const at = random.below(bytes.length);
    return Buffer.concat([bytes.subarray(0, at + random.below(64)), bytes.subarray(at)]);
  },
  // noise in between
  (bytes, random) => {
    const at = random.below(bytes.length);
    const noise = Buffer.from(Array.from({ length: random.below(12) }, () => random.below(256)));
    return Buffer.concat([bytes.subarray(0, at), noise, bytes.subarray(at)]);
  },
];

/** The bytes with one to four mutations. */
export function mutate(bytes: Buffer, random: Random): Buffer {
  let damaged = bytes;
  for (let i = random.below(4); i >= 0 && damaged.length > 0; i--) damaged = random.pick(mutations)(damaged, random);
  return damaged;
}

const strangeValues = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  '',
  'x',
  '-1',
  '99999999999999999999',
  [],
  {},
  [[]],
  { a: 1 },
] as const;

/** A JSON value with one node replaced by something strange. */
export function mutateJson(value: unknown, random: Random): unknown {
  if (typeof value !== 'object' || value === null || random.below(12) === 0) return random.pick(strangeValues);
  const keys = Object.keys(value);
  if (keys.length === 0) return random.pick(strangeValues);
  const key = random.pick(keys);
  const inner = mutateJson((value as Record<string, unknown>)[key], random); // key is one of its own
  return Array.isArray(value) ? value.with(Number(key), inner) : { ...value, [key]: inner };
}

function edit(bytes: Buffer, change: (copy: Buffer) => void): Buffer {
  const copy = Buffer.from(bytes);
  change(copy);
  return copy;
}
