// "Did you mean": the known words that are closest to a misspelt one.
import { distance } from 'fastest-levenshtein';

/** Up to `limit` candidates within a third of the word's length (at least 2 edits), nearest first. */
export function findNearest(word: string, candidates: Iterable<string>, limit = 3): string[] {
  const lower = word.toLowerCase();
  const tolerance = Math.max(2, Math.ceil(word.length / 3));
  const scored: { candidate: string; edits: number }[] = [];
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const edits = other.startsWith(lower) || lower.startsWith(other) ? 1 : distance(lower, other);
    if (edits <= tolerance) scored.push({ candidate, edits });
  }
  scored.sort((a, b) => a.edits - b.edits || a.candidate.localeCompare(b.candidate));
  return scored.slice(0, limit).map((s) => s.candidate);
}
