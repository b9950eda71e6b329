// Regular expressions with RE2's syntax and its guarantee: time linear in the input, whatever the pattern.
// https://github.com/google/re2/wiki/Syntax
import { RE2JS } from 're2js';
import { translateNative } from './re2-native.ts';

/** A compiled pattern. Immutable; safe to share. */
export interface Re2 {
  readonly pattern: string;
  /** Does it match anywhere in `text`? */
  test(text: string): boolean;
  /** Groups of the first match (index 0 is the match; undefined: group took no part); undefined if there is none. */
  exec(text: string): (string | undefined)[] | undefined;
  /** Replaces all matches; `$1`, `${name}` in the replacement as in Go's regexp.ReplaceAllString. */
  replaceAll(text: string, replacement: string): string;
  /** How many matches there are that do not overlap. */
  count(text: string): number;
  /** Names of the groups by index; '' for unnamed ones. Index 0 is ''. */
  readonly groupNames: readonly string[];
}

/** Refused pattern; the message is RE2's own (`error parsing regexp: missing closing ): ...`). */
export class Re2SyntaxError extends Error {}

const plain = /^[\w \-/:@%=,;<>~&#'"!]*$/;

/** Compiles a pattern. `anchored` wraps it as `^(?:…)$`, as label matchers do. @throws Re2SyntaxError */
export function compileRe2(pattern: string, options: { readonly anchored?: boolean } = {}): Re2 {
  const anchored = options.anchored ?? false;
  // A pattern of its own is compiled first, so that a refusal names it and not the wrapper, and `)(` cannot break out.
  if (anchored) compile(pattern);
  const compiled = compile(anchored ? `^(?s:${pattern})$` : pattern);
  const literals = anchored && !pattern.includes('\\') ? splitLiterals(pattern) : undefined;
  const test = literals ? (text: string) => literals.has(text) : makeTest(pattern, compiled, anchored);
  const groupNames = listGroupNames(compiled);
  return {
    pattern,
    test,
    groupNames,
    exec(text) {
      const matcher = compiled.matcher(text);
      if (!matcher.find()) return undefined;
      return Array.from({ length: matcher.groupCount() + 1 }, (_, i) => matcher.group(i) ?? undefined);
    },
    replaceAll: (text, replacement) => replaceMatches(compiled, text, expandTemplate(replacement, groupNames)),
    count(text) {
      let matches = 0;
      eachMatch(compiled, text, () => matches++);
      return matches;
    },
  };
}

function makeTest(pattern: string, compiled: RE2JS, anchored: boolean): (text: string) => boolean {
  if (!anchored && plain.test(pattern)) return (text) => text.includes(pattern);
  const linear = (text: string) => compiled.matcher(text).find();
  const native = translateNative(pattern, { anchored });
  if (!native) return linear;
  const { regexp, maxChars } = native;
  return (text) => (text.length <= maxChars ? regexp.test(text) : linear(text));
}

function compile(pattern: string): RE2JS {
  try {
    return RE2JS.compile(pattern);
  } catch (error) {
    throw new Re2SyntaxError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

type Matcher = ReturnType<RE2JS['matcher']>;
type Expand = (matcher: Matcher) => string;

function replaceMatches(compiled: RE2JS, text: string, expand: Expand): string {
  let out = '';
  let at = 0;
  eachMatch(compiled, text, (matcher) => {
    out += text.slice(at, matcher.start()) + expand(matcher);
    at = matcher.end();
  });
  return out + text.slice(at);
}

// Go leaves out an empty match that touches the match before it.
function eachMatch(compiled: RE2JS, text: string, visit: (matcher: Matcher) => void): void {
  const matcher = compiled.matcher(text);
  let last = -1;
  while (matcher.find()) {
    if (matcher.start() === matcher.end() && matcher.start() === last) continue;
    last = matcher.end();
    visit(matcher);
  }
}

// `$name` takes as many letters, digits and underscores as there are; an unknown name or number is empty; `$$` is a dollar.
function expandTemplate(template: string, groupNames: readonly string[]): Expand {
  if (!template.includes('$')) return () => template;
  const pieces: (string | number)[] = [];
  let at = 0;
  for (const found of template.matchAll(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu)) {
    pieces.push(template.slice(at, found.index));
    at = found.index + found[0].length;
    const name = found[1] ?? found[2];
    if (name === undefined) pieces.push('$');
    else pieces.push(/^[0-9]+$/.test(name) ? Number(name) : groupNames.indexOf(name));
  }
  pieces.push(template.slice(at));
  return (matcher) => pieces.map((piece) => (typeof piece === 'string' ? piece : groupText(matcher, piece))).join('');
}

function groupText(matcher: Matcher, index: number): string {
  return index < 0 || index > matcher.groupCount() ? '' : (matcher.group(index) ?? '');
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
