// Cuts a line into the tokens that patterns are made of: words, and punctuation marks by themselves.

export interface TokenizedLine {
  readonly tokens: readonly string[];
  /** How many spaces follow each token; one more at the front for spaces at the start. */
  readonly spacesAfter: readonly number[];
}

/** A line with more tokens keeps its rest as one. */
const maxTokens = 127;
// Marks that stand within words: numbers with dots, paths, times, names with dashes.
const withinWords = /[\p{L}\p{N}_\-.:/]/u;
const alone = /[=\p{P}]/u;

/** Tokenizes a line; undefined if it has too few tokens to share a pattern. */
export function tokenizeLine(line: string): TokenizedLine {
  const tokens: string[] = [];
  const spacesAfter: number[] = [0];
  let word = '';
  const flush = () => {
    if (word === '') return;
    tokens.push(word);
    spacesAfter.push(0);
    word = '';
  };
  for (const char of line) {
    if (tokens.length < maxTokens && char === ' ') {
      flush();
      spacesAfter[spacesAfter.length - 1] = (spacesAfter.at(-1) ?? 0) + 1;
    } else if (tokens.length < maxTokens && !withinWords.test(char) && alone.test(char)) {
      flush();
      tokens.push(char);
      spacesAfter.push(0);
    } else word += char;
  }
  flush();
  return { tokens, spacesAfter };
}
