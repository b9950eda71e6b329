// Sizes in bytes as LogQL writes them: 1KB is 1000, 1KiB 1024, any case, an optional space. Reading and printing follow
// the humanize library that Loki uses. https://pkg.go.dev/github.com/dustin/go-humanize#ParseBytes

const prefixes = ['', 'k', 'm', 'g', 't', 'p', 'e'];

/** Reads a size; undefined if it is none. */
export function parseBytesSize(text: string): number | undefined {
  try {
    return readBytesSize(text);
  } catch {
    return undefined;
  }
}

/** Reads a size. @throws Error with the library's message. */
export function readBytesSize(text: string): number {
  const digits = /^[0-9.,]*/.exec(text)?.[0] ?? '';
  const plain = digits.replaceAll(',', '');
  if (plain === '' || !Number.isFinite(Number(plain)) || plain === '.') {
    throw new Error(`strconv.ParseFloat: parsing ${JSON.stringify(plain)}: invalid syntax`);
  }
  const unit = text.slice(digits.length).trim().toLowerCase();
  const factor = unitFactor(unit);
  if (factor === undefined) throw new Error(`unhandled size name: ${unit}`);
  const bytes = Number(plain) * factor;
  if (bytes >= 2 ** 64) throw new Error(`too large: ${text}`);
  return Math.trunc(bytes);
}

/** Prints a size as humanize.Bytes does, without its space: `1.0kB`, `12B`, `64MB`. */
export function formatBytesSize(bytes: number): string {
  if (bytes < 10) return `${bytes}B`;
  const names = ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB'];
  const exponent = Math.min(Math.floor(Math.log10(bytes) / 3 + 1e-12), names.length - 1);
  const scaled = Math.floor((bytes / 1000 ** exponent) * 10 + 0.5) / 10;
  return `${scaled < 10 ? scaled.toFixed(1) : scaled.toFixed(0)}${names[exponent]}`;
}

function unitFactor(unit: string): number | undefined {
  if (unit === '' || unit === 'b') return 1;
  const found = /^([kmgtpe])(i?)b?$/.exec(unit);
  if (found === null) return undefined;
  const [, prefix = '', binary] = found;
  return (binary === 'i' ? 1024 : 1000) ** prefixes.indexOf(prefix);
}
