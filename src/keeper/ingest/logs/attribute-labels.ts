// OTLP attributes as labels: names cleaned for Loki, maps flattened with underscores.
import type { Label } from '../../../logql/values.ts';
import type { KeyValue } from '../../../wire/otlp/types.ts';
import { textOfValue } from './attribute-text.ts';

const cleaned = new Map<string, string>();
const maxCleaned = 4096;

/**
 * The label name of an attribute, as Loki's translator makes it: runs of other characters than letters and digits become one
 * underscore. Loki refuses a request where nothing else is left of a name; here the name is `key_` then, which Loki takes, and
 * no line is lost.
 */
export function labelNameOf(key: string): string {
  const known = cleaned.get(key);
  if (known !== undefined) return known;
  const name = cleanName(key);
  if (cleaned.size < maxCleaned) cleaned.set(key, name);
  return name;
}

function cleanName(key: string): string {
  const safe = key.replace(/[^A-Za-z0-9]+/g, '_');
  if (safe === '' || safe === '_') return 'key_';
  return /^[0-9]/.test(safe) ? `key_${safe}` : safe;
}

/** The labels of an attribute: one, one per leaf of a map, or none for an empty text. */
export function labelsOfAttribute({ key, value }: KeyValue, prefix = ''): Label[] {
  const name = prefix === '' ? key : `${prefix}_${key}`;
  if (value.kind === 'kvlist') return value.value.flatMap((field) => labelsOfAttribute(field, labelNameOf(name)));
  const text = textOfValue(value);
  return text === '' ? [] : [[labelNameOf(name), text]];
}
