// Reads the lists of queries in corpus/: one a line, `#` for comments, and after `=>` the text that Tempo answers.
import { readFileSync } from 'node:fs';

export type CorpusKind = 'valid' | 'syntax' | 'invalid' | 'unsupported';

export interface CorpusQuery {
  readonly query: string;
  /** Tempo's text; empty for queries that are valid. */
  readonly serverText: string;
}

const arrow = '  =>  ';

/** The queries of one list. */
export function readCorpus(kind: CorpusKind): CorpusQuery[] {
  const text = readFileSync(new URL(`corpus/${kind}.txt`, import.meta.url), 'utf8');
  const lines = text.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('#'));
  return lines.map((line) => {
    const [query = '', serverText = ''] = line.split(arrow);
    return { query, serverText };
  });
}
