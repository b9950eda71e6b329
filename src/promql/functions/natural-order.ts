// Natural order of texts: runs of digits compare as numbers, so that `node-10` comes after `node-9`.

const chunks = /\d+|\D+/g;

/** Negative, zero or positive. Texts that differ only in leading zeros differ by their bytes. */
export function compareNatural(a: string, b: string): number {
  if (a === b) return 0;
  const left = a.match(chunks) ?? [];
  const right = b.match(chunks) ?? [];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const order = compareChunks(left[i] ?? '', right[i] ?? '');
    if (order !== 0) return order;
  }
  return left.length - right.length || (a < b ? -1 : 1);
}

function compareChunks(a: string, b: string): number {
  if (a === b) return 0;
  const areNumbers = /^\d/.test(a) && /^\d/.test(b);
  if (areNumbers && Number(a) !== Number(b)) return Number(a) - Number(b);
  return a < b ? -1 : 1;
}
