// OTLP attributes as labels: names cleaned for Loki, maps flattened with underscores.
import type { Label } from '../../../logql/values.ts';
import type { KeyValue } from '../../../wire/otlp/types.ts';
import { textOfValue } from './attribute-text.ts';

const cleaned = new Map<string, string>();
const maxCleaned = 4096;

/** The label name of an attribute: other characters than letters and digits become underscores. */
export function labelNameOf(key: string): string {
  const known = cleaned.get(key);
  if (known !== undefined) return known;
  const name = cleanName(key);
  if (cleaned.size < maxCleaned) cleaned.set(key, name);
  return name;
}

function cleanName(key: string): string {
  const safe = key.replace(/[^A-Za-z0-9]/gu, '_');
  if (/^[0-9]/.test(safe)) return `key_${safe}`;
  return safe.startsWith('_') && !safe.startsWith('__') ? `key${safe}` : safe;
}

/** The labels of an attribute: one, or one per leaf of a map. */
export function labelsOfAttribute({ key, value }: KeyValue, prefix = ''): Label[] {
  const name = prefix === '' ? key : `${prefix}_${key}`;
  if (value.kind === 'kvlist') return value.value.flatMap((field) => labelsOfAttribute(field, labelNameOf(name)));
  return [[labelNameOf(name), textOfValue(value)]];
}
