// The comparisons that can be said in words, since a shell takes `>` and `<` for redirections.
import type { Comparison } from './ast.ts';

/** Phrase → comparison; two-word phrases before their first word alone. */
export const comparisonWords: readonly (readonly [readonly string[], Comparison])[] = [
  [['is', 'under'], '<'],
  [['is', 'above'], '>'],
  [['is', 'at', 'most'], '<='],
  [['is', 'at', 'least'], '>='],
  [['at', 'most'], '<='],
  [['at', 'least'], '>='],
  [['under'], '<'],
  [['above'], '>'],
  [['exceeds'], '>'],
  [['is'], '=='],
];
