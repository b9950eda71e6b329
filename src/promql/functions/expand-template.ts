// `$1`, `${name}` and `$$` in a replacement, as Go's regexp.Expand reads them. https://pkg.go.dev/regexp#Regexp.Expand

const reference = /\$(?:\$|\{(\w+)\}|(\w+))/g;

/** Fills in the groups of a match; what names no group becomes empty, a lone `$` stays. */
export function expandTemplate(
  template: string,
  groups: readonly (string | undefined)[],
  names: readonly string[],
): string {
  return template.replace(reference, (whole, braced: string | undefined, bare: string | undefined) => {
    if (whole === '$$') return '$';
    const name = braced ?? bare ?? '';
    const index = /^\d+$/.test(name) ? Number(name) : names.lastIndexOf(name);
    return index < 0 ? '' : (groups[index] ?? '');
  });
}
