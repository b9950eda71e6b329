// The lexer kit of the three query languages: a cursor over a text. Each language's lexer.ts is a loop over it.

/** A piece of the text; offsets are UTF-16 units, `end` exclusive. */
export interface Token<Kind extends string = string> {
  readonly kind: Kind;
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

export class Scanner {
  readonly text: string;
  pos = 0;

  constructor(text: string) {
    this.text = text;
  }

  get done(): boolean {
    return this.pos >= this.text.length;
  }

  /** The character `ahead` places after the cursor; '' past the end. */
  peek(ahead = 0): string {
    return this.text.charAt(this.pos + ahead);
  }

  startsWith(prefix: string): boolean {
    return this.text.startsWith(prefix, this.pos);
  }

  /** Takes `prefix` if it is next. */
  take(prefix: string): boolean {
    if (!this.startsWith(prefix)) return false;
    this.pos += prefix.length;
    return true;
  }

  /** Takes what a sticky (`y`) pattern matches here; undefined if it does not match. */
  takeMatch(sticky: RegExp): string | undefined {
    sticky.lastIndex = this.pos;
    const found = sticky.exec(this.text);
    if (found === null) return undefined;
    this.pos += found[0].length;
    return found[0];
  }

  /** Takes the longest of `words` that is next; `words` must be sorted longest first. */
  takeLongest(words: readonly string[]): string | undefined {
    return words.find((word) => this.take(word));
  }

  /** The token from `start` to the cursor. */
  token<Kind extends string>(kind: Kind, start: number): Token<Kind> {
    return { kind, text: this.text.slice(start, this.pos), start, end: this.pos };
  }
}
