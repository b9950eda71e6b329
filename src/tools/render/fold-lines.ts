// Lines that say the same are one row with a count: a loop that logs the same error a hundred times costs a reader one line.
import type { LogLineRow } from '../answers/logs.ts';

export interface Folded {
  /** In the order of their newest line. */
  readonly rows: readonly LogLineRow[];
  /** How many of the given rows are in them; the others did not fit. */
  readonly taken: number;
}

/**
 * Folds rows, newest first, of the same service, level and text, until `hasRoom` says no to a new one. The first row is
 * always taken. Labels and trace are those of the newest.
 */
export function foldLines(rows: readonly LogLineRow[], hasRoom: (row: LogLineRow) => boolean = () => true): Folded {
  const folded = new Map<string, LogLineRow>();
  let taken = 0;
  for (const row of rows) {
    const key = JSON.stringify([row.service, row.level, row.line]);
    const newest = folded.get(key);
    if (newest === undefined && !hasRoom(row) && taken > 0) break;
    folded.set(
      key,
      newest === undefined ? row : { ...newest, count: (newest.count ?? 1) + (row.count ?? 1), firstTime: row.time },
    );
    taken++;
  }
  return { rows: [...folded.values()], taken };
}
