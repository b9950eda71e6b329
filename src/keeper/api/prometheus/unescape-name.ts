// Names in paths may be escaped as `U__…`, with `_2d_` for a character by its code point and `__` for an underscore.

/** Undoes the escaping; a name that is not escaped, or not properly, stays as it is. */
export function unescapeLabelName(name: string): string {
  if (!name.startsWith('U__')) return name;
  const escaped = name.slice(3);
  if (!/^(?:[^_]|__|_[0-9a-fA-F]{1,6}_)*$/.test(escaped)) return name;
  return escaped.replace(/__|_([0-9a-fA-F]{1,6})_/g, (_whole, hex: string | undefined) =>
    hex === undefined ? '_' : String.fromCodePoint(Math.min(Number.parseInt(hex, 16), 0x10ffff)),
  );
}
