// Which rows of a large trace are shown where there is no room for all.
import type { TraceSpanRow } from '../answers/trace.ts';

export interface Room {
  readonly roomBytes: number;
  /** What a row takes of it, in bytes. */
  readonly sizeOf: (row: TraceSpanRow) => number;
}

/**
 * The rows that matter most within a number of bytes, in their order: failed ones, then the critical path, then the
 * longest; each with its ancestors, so that the tree stays one.
 */
export function keepImportant(rows: readonly TraceSpanRow[], { roomBytes, sizeOf }: Room): TraceSpanRow[] {
  if (roomBytes === Infinity) return [...rows];
  const sizes = rows.map(sizeOf);
  const parents = findParents(rows);
  const ranked = [...rows.keys()].sort((a, b) => compareImportance(rows[a], rows[b]) || a - b);
  const kept = new Set<number>();
  let room = roomBytes;
  for (const at of ranked) {
    const lineage: number[] = [];
    for (let up: number | undefined = at; up !== undefined && !kept.has(up); up = parents[up]) lineage.push(up);
    const cost = lineage.reduce((sum, index) => sum + (sizes[index] ?? 0), 0);
    if (cost > room) continue;
    room -= cost;
    for (const index of lineage) kept.add(index);
  }
  return rows.filter((_, at) => kept.has(at));
}

function findParents(rows: readonly TraceSpanRow[]): (number | undefined)[] {
  const lineage: number[] = [];
  return rows.map((row, at) => {
    while (lineage.length > 0 && (rows[lineage.at(-1) ?? 0]?.depth ?? 0) >= row.depth) lineage.pop();
    const parent = lineage.at(-1);
    lineage.push(at);
    return parent;
  });
}

function compareImportance(a: TraceSpanRow | undefined, b: TraceSpanRow | undefined): number {
  const rank = (row: TraceSpanRow | undefined) => (row?.error ? 2 : 0) + (row?.critical ? 1 : 0);
  return rank(b) - rank(a) || (b?.durationMs ?? 0) - (a?.durationMs ?? 0);
}
