// OTLP metric and attribute names → Prometheus names: units spelled out, suffixes by type, foreign characters replaced.
// https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/
import type { Metric } from '../../../wire/otlp/types.ts';

const units: Readonly<Record<string, string>> = {
  d: 'days',
  h: 'hours',
  min: 'minutes',
  s: 'seconds',
  ms: 'milliseconds',
  us: 'microseconds',
  ns: 'nanoseconds',
  By: 'bytes',
  KiBy: 'kibibytes',
  MiBy: 'mebibytes',
  GiBy: 'gibibytes',
  TiBy: 'tibibytes',
  KBy: 'kilobytes',
  MBy: 'megabytes',
  GBy: 'gigabytes',
  TBy: 'terabytes',
  m: 'meters',
  V: 'volts',
  A: 'amperes',
  J: 'joules',
  W: 'watts',
  g: 'grams',
  Cel: 'celsius',
  Hz: 'hertz',
  '1': '',
  '%': 'percent',
};

const perUnits: Readonly<Record<string, string>> = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  mo: 'month',
  y: 'year',
};

/** The name of a metric's family; undefined if nothing but underscores would be left of it. */
export function translateMetricName({ name, unit, data }: Pick<Metric, 'name' | 'unit' | 'data'>): string | undefined {
  let tokens = name.split(/[^a-zA-Z0-9:]+/).filter((token) => token !== '');
  for (const suffix of listUnitSuffixes(unit, tokens)) tokens.push(suffix);
  const isCounter = data.kind === 'sum' && data.isMonotonic;
  if (isCounter) tokens = [...tokens.filter((token) => token !== 'total'), 'total'];
  // Counters of things often claim the unit "1", so only gauges are called ratios.
  if (unit === '1' && data.kind === 'gauge') tokens = [...tokens.filter((token) => token !== 'ratio'), 'ratio'];
  const joined = tokens.join('_');
  const safe = /^[0-9]/.test(joined) ? `_${joined}` : joined;
  return /^_*$/.test(safe) && safe !== name ? undefined : safe;
}

/** The unit as Prometheus's metadata name it: `By/s` → `bytes_per_second`. */
export function translateUnit(unit: string): string {
  const { main, per } = splitUnit(unit);
  const joined = [main, per].filter((part) => part !== '').join('_');
  return joined.replace(/^_|_$/g, '');
}

/** An attribute's name as a label; undefined if nothing would be left of it. */
export function translateLabelName(name: string): string | undefined {
  if (/^[a-zA-Z][a-zA-Z0-9_]*$/.test(name)) return name;
  const safe = name.replace(/[^a-zA-Z0-9_]/gu, '_');
  const prefixed = /^[0-9]/.test(safe) ? `key_${safe}` : /^_(?!_)/.test(safe) ? `key${safe}` : safe;
  return /^_*$/.test(prefixed) && (prefixed !== name || name === '') ? undefined : prefixed;
}

function splitUnit(unit: string): { main: string; per: string } {
  const [mainUnit = '', ...rest] = unit.split('/');
  const perUnit = rest.join('/').trim();
  const main = mainUnit.trim();
  const hasBraces = (text: string) => /[{}]/.test(text);
  return {
    main: main === '' || hasBraces(main) ? '' : cleanUnit(units[main] ?? main),
    per: perUnit === '' || hasBraces(perUnit) ? '' : cleanUnit(`per_${perUnits[perUnit] ?? perUnit}`),
  };
}

function cleanUnit(unit: string): string {
  return unit.replace(/[^a-zA-Z0-9:]+/g, '_').replace(/^_/, '');
}

/** Unit words that the name does not hold yet. */
function listUnitSuffixes(unit: string, tokens: readonly string[]): string[] {
  const split = splitUnit(unit);
  const per = split.per === 'per_' ? '' : split.per.replace(/_$/, '');
  const addsPer = per !== '' && !tokens.includes(per);
  const addsMain = split.main !== '' && !tokens.includes(split.main);
  const main = addsPer ? split.main.replace(/_$/, '') : split.main;
  return [...(addsMain && main !== '' ? [main] : []), ...(addsPer ? [per] : [])];
}
