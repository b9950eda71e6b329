// Tells "pruned" apart from "never seen": a reader whose window reaches back behind what went for age or memory is told so.

/** What to tell a reader who looks at data from `startMs` on; nothing when all of that is still held. */
export function tellPruned(startMs: number, prunedBeforeMs: number | undefined): string[] {
  if (prunedBeforeMs === undefined || startMs >= prunedBeforeMs) return [];
  const before = new Date(prunedBeforeMs).toISOString();
  return [`what came before ${before} was pruned, at least in part (limits.memory and limits.retention of obs.yaml)`];
}
