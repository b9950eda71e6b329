// Durations and sizes as people write them: `12h`, `1m30s`, `800ms`, `256MB`, `1GiB`.

const durationUnitMs: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

const sizeUnitBytes: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1000,
  mb: 1000 ** 2,
  gb: 1000 ** 3,
  kib: 1024,
  mib: 1024 ** 2,
  gib: 1024 ** 3,
};

/** Milliseconds of a duration such as `12h` or `1m30s`; undefined if it is none (a bare number has no unit). */
export function parseDurationMs(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdw]))+$/.test(text)) return undefined;
  let totalMs = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdw])/g)) {
    totalMs += Number(amount) * (durationUnitMs[unit ?? ''] ?? Number.NaN);
  }
  return totalMs;
}

/** The shortest usual way to write a duration: `12h`, `90s`, `2.5s`, `800ms`. */
export function formatDurationMs(ms: number): string {
  const units = Object.entries(durationUnitMs).reverse();
  const fitting = units.find(([unit, unitMs]) => unit !== 'ms' && ms >= unitMs && (ms / unitMs) % 1 === 0);
  if (fitting !== undefined) return `${ms / fitting[1]}${fitting[0]}`;
  return ms >= 1000 ? `${Number((ms / 1000).toFixed(3))}s` : `${Number(ms.toFixed(3))}ms`;
}

/** Bytes of a size such as `256MB` or `1GiB`; undefined if it is none. */
export function parseSizeBytes(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([kmg]?i?b)$/i.exec(text);
  const unitBytes = sizeUnitBytes[match?.[2]?.toLowerCase() ?? ''];
  return match === null || unitBytes === undefined ? undefined : Math.round(Number(match[1]) * unitBytes);
}

/** A size for people, in decimal units and three digits: `1.2 MB`. */
export function formatSizeBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return `${Number(value.toPrecision(3))} ${units[unit]}`;
}
