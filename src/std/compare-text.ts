// Order of texts by code point, which is the byte order of their UTF-8 form and so the order Go servers sort in.

/** Negative, zero or positive, as `a` sorts before, with or after `b`. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return rankUnit(x) - rankUnit(y);
  }
  return a.length - b.length;
}

// UTF-16 sorts surrogates (code points from U+10000 on) before U+E000–U+FFFF; code point order is the other way round.
function rankUnit(unit: number): number {
  if (unit < 0xd800) return unit;
  return unit < 0xe000 ? unit + 0x2000 : unit - 0x800;
}
