// A cursor over the tokens of one budget, with the refusals that a parser needs.
import type { ObsError } from '../../errors/obs-error.ts';
import { type Comparison, comparisons } from './ast.ts';
import { comparisonWords } from './comparison-words.ts';
import type { BudgetToken } from './lexer.ts';
import { type BudgetOrigin, refuse, refuseMissingComparison } from './refuse.ts';

export class TokenCursor {
  readonly text: string;
  readonly origin: BudgetOrigin;
  private readonly tokens: readonly BudgetToken[];
  private index = 0;

  constructor(text: string, origin: BudgetOrigin, tokens: readonly BudgetToken[]) {
    this.text = text;
    this.origin = origin;
    this.tokens = tokens;
  }

  /** The token `ahead` places after the cursor; the end token past the end. */
  peek(ahead = 0): BudgetToken {
    // The list always ends with the end token, so the fallback exists.
    return (this.tokens[this.index + ahead] ?? this.tokens.at(-1)) as BudgetToken;
  }

  next(): BudgetToken {
    const token = this.peek();
    if (token.kind !== 'end') this.index++;
    return token;
  }

  isWord(word: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.kind === 'word' && token.value === word;
  }

  takeWord(word: string): boolean {
    if (!this.isWord(word)) return false;
    this.index++;
    return true;
  }

  takePunctuation(text: string): boolean {
    const token = this.peek();
    if (token.kind !== 'punctuation' || token.text !== text) return false;
    this.index++;
    return true;
  }

  expectPunctuation(text: string, reason: string): void {
    if (!this.takePunctuation(text)) throw this.refuseHere([text], reason);
  }

  /** Takes a word or a quoted string: a name that people chose. */
  expectName(what: string): string {
    const token = this.peek();
    if (token.kind !== 'word' && token.kind !== 'string') throw this.refuseHere([what]);
    this.index++;
    return token.value;
  }

  /** Takes a comparison, as a symbol or in words; undefined if none is next. */
  takeComparison(): Comparison | undefined {
    const token = this.peek();
    if (token.kind === 'compare') {
      this.index++;
      return comparisons.find((symbol) => symbol === token.text);
    }
    const found = comparisonWords.find(([words]) => words.every((word, ahead) => this.isWord(word, ahead)));
    if (found === undefined) return undefined;
    this.index += found[0].length;
    return found[1];
  }

  /** An error at the next token; at the end of the text, what was missing is said instead. */
  refuseHere(expected: readonly string[], detail?: string, suggestion?: string): ObsError {
    const token = this.peek();
    const found =
      token.kind === 'end' ? 'the budget ends too early' : `${JSON.stringify(token.text)} is not expected here`;
    const at = { start: token.start, end: Math.max(token.end, token.start + 1) };
    return refuse(this.text, this.origin, { detail: detail ?? found, at, expected, suggestion });
  }

  refuseMissingComparison(): ObsError {
    return refuseMissingComparison(this.text, this.origin);
  }
}
