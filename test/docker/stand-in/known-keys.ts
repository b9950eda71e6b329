// The keys that the genuine servers know, so that a stand-in refuses what they would refuse.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Throws, as the genuine server ends, on the first key that it does not know at a place of which the keys are listed. */
export function failOnUnknownKeys(server: string, config: unknown): void {
  const known = new Map(
    readFileSync(join(import.meta.dirname, 'known-keys.txt'), 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .flatMap(([name, place = '', ...keys]) => (name === server ? [[place, new Set(keys)] as const] : [])),
  );
  walk(config, '.', known);
}

function walk(value: unknown, place: string, known: ReadonlyMap<string, ReadonlySet<string>>): void {
  if (Array.isArray(value)) for (const item of value) walk(item, place, known);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const keys = known.get(place);
  for (const [key, child] of Object.entries(value)) {
    if (keys?.has(key) === false) throw new Error(`field ${key} not found in ${place}`);
    walk(child, place === '.' ? key : `${place}.${key}`, known);
  }
}
