// What could stand where the lexer complains. Prometheus's texts name the character only; people and agents need the mend.

const label = 'a label matcher such as job="api"';
const byComplaint: readonly (readonly [RegExp, readonly string[]])[] = [
  [/inside braces$/, [label, '"}"']],
  [/inside braces: /, [label, '"," or "}"']],
  [/left brace/, ['"}"']],
  [/unclosed left parenthesis/, ['")"']],
  [/unexpected right parenthesis/, ['a "(" before it']],
  [/unclosed left bracket|duration expression/, ['a duration such as 5m', '"]"']],
  [/right bracket/, ['a "[" before it']],
  [/after '='/, ['"=="', '=~ inside braces']],
  [/after '!'/, ['"!="', '!~ inside braces']],
  [/bad number or duration/, ['a number', 'a duration such as 1h30m']],
  [/unterminated/, ['the closing quote']],
];

/** What to write where the lexer's `complaint` points; undefined if nothing certain can be said. */
export function expectAfterComplaint(complaint: string): readonly string[] | undefined {
  return byComplaint.find(([pattern]) => pattern.test(complaint))?.[1];
}
