// Random parts that exports of all signals have: attribute values of every type, names that need cleaning, resources, scopes.
import type { Random } from '../promql/random.ts';

export interface JsonAttribute {
  readonly key: string;
  readonly value: object;
}

const plainTexts = ['GET', '/items/7', '', 'größe', 'a"b\\c', 'two words', 'x'.repeat(300), '東京', '200'] as const;
const keys = [
  'http.method',
  'http_method',
  'a-b',
  '1a',
  '_x',
  '__y',
  'Ünïcode',
  'job',
  'instance',
  'le',
  'quantile',
  'user.id',
  'level',
  'severity',
  'deep.er.key',
] as const;

/** A value of any type; `depth` says how far lists and maps may go. */
export function makeValue(random: Random, depth = 2): object {
  const makers: readonly (() => object)[] = [
    () => ({ stringValue: random.pick(plainTexts) }),
    () => ({ stringValue: `v${random.below(5)}` }),
    () => ({ intValue: String(random.pick([0, -7, 200, 2 ** 40])) }),
    () => ({ doubleValue: random.pick([0, 0.5, -1e21, 1e-7, 3]) }),
    () => ({ boolValue: random.chance(0.5) }),
    () => ({ bytesValue: Buffer.from('bytes').toString('base64') }),
    () => ({}),
    () => ({ arrayValue: { values: makeList(random, () => makeValue(random, depth - 1)) } }),
    () => ({ kvlistValue: { values: makeAttributes(random, depth - 1) } }),
  ];
  return random.pick(depth > 0 ? makers : makers.slice(0, 5))();
}

/** Up to four attributes, each key once. */
export function makeAttributes(random: Random, depth = 2): JsonAttribute[] {
  const chosen = new Set(makeList(random, () => random.pick(keys)));
  return [...chosen].map((key) => ({ key, value: makeValue(random, depth) }));
}

/** A resource that says whose it is, and more. */
export function makeResource(random: Random, service: string): object {
  const texts: [string, string][] = [['service.name', service]];
  for (const [key, value] of [
    ['service.namespace', 'shop'],
    ['service.instance.id', 'i-1'],
    ['service.version', '1.2.3'],
    ['deployment.environment.name', 'prod'],
    ['k8s.pod.name', 'web-0'],
    ['cloud.region', 'eu'],
  ] as const)
    if (random.chance(0.4)) texts.push([key, value]);
  const known = texts.map(([key, stringValue]) => ({ key, value: { stringValue } }));
  return { attributes: [...known, ...makeAttributes(random)] };
}

/** An instrumentation scope; often none at all. */
export function makeScope(random: Random): object {
  if (random.chance(0.4)) return {};
  const version = random.chance(0.5) ? { version: '0.1' } : {};
  return { name: random.pick(['lib', 'io.otel/http', '']), ...version, attributes: makeAttributes(random, 1) };
}

/** Up to three of something. */
export function makeList<T>(random: Random, make: () => T): T[] {
  return Array.from({ length: random.below(4) }, make);
}

/** Hex digits of an id. */
export function makeId(random: Random, bytes: number): string {
  return Array.from({ length: bytes * 2 }, (_, i) => (i === 0 ? '1' : random.below(16).toString(16))).join('');
}
