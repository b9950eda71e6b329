// Regular expressions with RE2's syntax and its guarantee: time linear in the input, whatever the pattern.
// https://github.com/google/re2/wiki/Syntax
import { RE2JS } from 're2js';

/** A compiled pattern. Immutable; safe to share. */
export interface Re2 {
  readonly pattern: string;
  /** Does it match anywhere in `text`? */
  test(text: string): boolean;
  /** Groups of the first match (index 0 is the match; undefined: group took no part); undefined if there is none. */
  exec(text: string): (string | undefined)[] | undefined;
  /** Replaces all matches; `$1`, `${name}` in the replacement as in Go's regexp.ReplaceAllString. */
  replaceAll(text: string, replacement: string): string;
  /** Names of the groups by index; '' for unnamed ones. Index 0 is ''. */
  readonly groupNames: readonly string[];
}

/** Refused pattern; the message is RE2's own (`error parsing regexp: missing closing ): ...`). */
export class Re2SyntaxError extends Error {}

const plain = /^[\w \-/:@%=,;<>~&#'"!]*$/;

/** Compiles a pattern. `anchored` wraps it as `^(?:…)$`, as label matchers do. @throws Re2SyntaxError */
export function compileRe2(pattern: string, options: { readonly anchored?: boolean } = {}): Re2 {
  const anchored = options.anchored ?? false;
  const compiled = compile(anchored ? `^(?s:${pattern})$` : pattern);
  const literals = anchored && !pattern.includes('\\') ? splitLiterals(pattern) : undefined;
  const test = literals
    ? (text: string) => literals.has(text)
    : !anchored && plain.test(pattern)
      ? (text: string) => text.includes(pattern)
      : (text: string) => compiled.matcher(text).find();
  return {
    pattern,
    test,
    groupNames: listGroupNames(compiled),
    exec(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined);
    },
    replaceAll: (text, replacement) => compiled.matcher(text).replaceAll(replacement),
  };
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Re2SyntaxError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

// `a|b|c` of plain words is a set; by far the most common matcher that Grafana writes.
function splitLiterals(pattern: string): Set<string> | undefined {
  const words = pattern.split('|');
  return words.every((word) => plain.test(word)) ? new Set(words) : undefined;
}

function listGroupNames(compiled: RE2JS): string[] {
  const names = Array.from({ length: compiled.groupCount() + 1 }, () => '');
  for (const [name, index] of Object.entries(compiled.namedGroups() ?? {})) names[Number(index)] = name;
  return names;
}
