// A fast path for simple RE2 patterns: JavaScript's own engine, which is many times faster than a linear one written in
// JavaScript. Only patterns of a small subset are translated, whose meaning is the same in both and whose backtracking is
// bounded: loops repeat single characters, and the more loops, the shorter the texts that are asked.

/** A translated pattern, and how long a text it may be asked about. */
export interface NativePattern {
  readonly regexp: RegExp;
  readonly maxChars: number;
}

/**
 * Backtracking over n characters takes at most n to the power of loops + 1 steps; these lengths keep that below some
 * millions, which is milliseconds.
 */
const maxCharsByLoops: readonly number[] = [Number.POSITIVE_INFINITY, 4_096, 256];
/** Ways in which repetitions such as {1,3} and alternatives in groups can share a text. */
const maxWays = 1_024;

/** Translates a pattern that RE2 accepts; undefined if it is outside the subset. */
export function translateNative(pattern: string, options: { readonly anchored: boolean }): NativePattern | undefined {
  const flags = /^\(\?([is]{1,2})\)/.exec(pattern);
  const body = pattern.slice(flags?.[0].length ?? 0);
  const ignoreCase = flags?.[1]?.includes('i') ?? false;
  const dotAll = options.anchored || (flags?.[1]?.includes('s') ?? false);
  const translation = new Translation(body, { ignoreCase, dotAll });
  const source = translation.run();
  const maxChars = maxCharsByLoops[translation.loops];
  if (source === undefined || maxChars === undefined || translation.ways > maxWays) return undefined;
  const whole = options.anchored ? `^(?:${source})$` : source;
  return { regexp: new RegExp(whole, ignoreCase ? 'iu' : 'u'), maxChars };
}

const punctuation = /[\\^$.*+?()[\]{}|/]/;
const controls: Readonly<Record<string, string>> = { n: '\\n', t: '\\t', r: '\\r', f: '\\f', v: '\\v' };
// RE2's classes are of ASCII; JavaScript's \s is not.
const classes: Readonly<Record<string, string>> = { d: '0-9', w: '0-9A-Za-z_', s: '\\t\\n\\f\\r ' };

class Translation {
  loops = 0;
  ways = 1;
  readonly #text: string;
  readonly #ignoreCase: boolean;
  readonly #dotAll: boolean;
  #at = 0;
  #depth = 0;
  #branches = 1;

  constructor(text: string, options: { readonly ignoreCase: boolean; readonly dotAll: boolean }) {
    this.#text = text;
    this.#ignoreCase = options.ignoreCase;
    this.#dotAll = options.dotAll;
  }

  /** The JavaScript source; undefined at the first thing that is not understood. */
  run(): string | undefined {
    const source = this.#alternatives();
    return this.#at === this.#text.length ? source : undefined;
  }

  #alternatives(): string | undefined {
    let source = '';
    while (this.#at < this.#text.length) {
      const char = this.#text.charAt(this.#at);
      if (char === ')') return source;
      if (char === '|') {
        source += '|';
        this.#branches++;
        this.#at++;
        continue;
      }
      const piece = this.#piece();
      if (piece === undefined) return undefined;
      source += piece;
    }
    return source;
  }

  #piece(): string | undefined {
    const char = this.#text.charAt(this.#at);
    if (char === '^' || char === '$') {
      this.#at++;
      // A repeated anchor is allowed in RE2 and not in JavaScript.
      return /[*+?{]/.test(this.#text.charAt(this.#at)) ? undefined : char;
    }
    const group = char === '(';
    const atom = group ? this.#group() : this.#character();
    if (atom === undefined) return undefined;
    const quantifier = this.#quantifier(group);
    return quantifier === undefined ? undefined : atom + quantifier;
  }

  #group(): string | undefined {
    const opening = /\((?:\?:|\?P?<[A-Za-z_]\w*>)?/y;
    opening.lastIndex = this.#at;
    const found = opening.exec(this.#text)?.[0] ?? '';
    this.#at += found.length;
    if (this.#text.startsWith('?', this.#at) || ++this.#depth > 50) return undefined;
    const outer = this.#branches;
    this.#branches = 1;
    const inner = this.#alternatives();
    if (inner === undefined || this.#text.charAt(this.#at) !== ')') return undefined;
    // Groups behind each other multiply the ways in which a text can be tried.
    this.ways *= this.#branches;
    this.#branches = outer;
    this.#at++;
    this.#depth--;
    return `(?:${inner})`;
  }

  #character(): string | undefined {
    const char = String.fromCodePoint(this.#text.codePointAt(this.#at) ?? 0);
    if (char === '[') return this.#characterClass();
    if (char === '\\') return this.#escape();
    if (/[*+?{}\]]/.test(char)) return undefined;
    this.#at += char.length;
    return char === '.' ? (this.#dotAll ? '[^]' : '[^\\n]') : escapeLiteral(char);
  }

  #escape(): string | undefined {
    const name = this.#text.charAt(this.#at + 1);
    this.#at += 2;
    if (/[^A-Za-z0-9\s]/.test(name) && name.charCodeAt(0) < 128) return escapeLiteral(name);
    if (controls[name] !== undefined) return controls[name];
    // Case folding would let \w match letters beyond ASCII.
    if (this.#ignoreCase && /[wWbB]/.test(name)) return undefined;
    if (name === 'b' || name === 'B') return /[*+?{]/.test(this.#text.charAt(this.#at)) ? undefined : `\\${name}`;
    const members = classes[name.toLowerCase()];
    if (members === undefined) return undefined;
    return name === name.toLowerCase() ? `[${members}]` : `[^${members}]`;
  }

  // Plain members, ranges and \d \w \s; everything else of RE2's classes is left to RE2.
  #characterClass(): string | undefined {
    const close = this.#text.indexOf(']', this.#at + 2);
    const inner = close === -1 ? '' : this.#text.slice(this.#at + 1, close);
    const negated = inner.startsWith('^');
    const members = negated ? inner.slice(1) : inner;
    if (members === '' || /[[\]\\^&]|--|^-|-$|[^\u0020-\u007e]/.test(members.replace(/\\[dws.\-/]/g, '')))
      return undefined;
    if (this.#ignoreCase && members.includes('\\w')) return undefined;
    if (/\\[dws]-|-\\[dws]/.test(members)) return undefined;
    this.#at = close + 1;
    const source = members
      .replace(/\\([dws])/g, (_all, name: string) => classes[name] ?? '')
      .replace(/[(){}|/]/g, '\\$&');
    return `[${negated ? '^' : ''}${source}]`;
  }

  #quantifier(group: boolean): string | undefined {
    const pattern = /([*+?]|\{(\d{1,3})(,?)(\d{0,3})\})\??/y;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found === null) return this.#text.charAt(this.#at) === '{' ? undefined : '';
    this.#at += found[0].length;
    const [, sign = '', low = '0', comma = '', high = ''] = found;
    // A quantifier behind a quantifier, and loops of groups, are RE2's business.
    if (/[*+?{]/.test(this.#text.charAt(this.#at)) || (group && sign !== '?')) return undefined;
    if (sign === '*' || sign === '+' || (comma !== '' && high === '')) this.loops++;
    else if (sign === '?') this.ways *= 2;
    else if (comma !== '') this.ways *= Number(high) - Number(low) + 1;
    return found[0];
  }
}

function escapeLiteral(char: string): string {
  return punctuation.test(char) ? `\\${char}` : char;
}
