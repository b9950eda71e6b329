// Log queries: entries of all selected streams merged by time, through the pipeline, until the limit is reached.
import type { LogExpr, StageExpr } from './ast.ts';
import { BlockCursor, CursorHeap } from './block-cursor.ts';
import { type Breather, breathe } from './breathe.ts';
import { findNeedle } from './needles.ts';
import { RowReader, selectRows } from './row-reader.ts';
import type { LogSource, TimeRange } from './source.ts';
import { listEarlyFilters } from './stages/early-filters.ts';
import { type JsonGuard, makeJsonGuard } from './stages/json-guard.ts';
import { ParserHints } from './stages/parser-hints.ts';
import { orderStages } from './stages/pipeline.ts';
import { compileMatcher, type LogEntry, type LogResult, type QueryStats } from './values.ts';

export interface LogQueryOptions {
  readonly range: TimeRange;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  /** At least this long between entries that are returned; 0: all. */
  readonly intervalNs: bigint;
  readonly breather: Breather;
  readonly stats: QueryStats;
}

/** Evaluates a log query. Entries come in the order of the direction. */
export async function evaluateLogs(expr: LogExpr, source: LogSource, options: LogQueryOptions): Promise<LogResult> {
  const { limit, breather, stats } = options;
  const hints = new ParserHints({ required: undefined, noLabels: false, filters: listEarlyFilters(expr.stages) });
  const heap = new CursorHeap(openCursors(expr, source, { ...options, guard: findOpeningGuard(expr.stages, hints) }));
  const reader = new RowReader({ stages: expr.stages, hints, stats });
  const entries: LogEntry[] = [];
  let rows = 0;
  for (let cursor = heap.top; cursor !== undefined && entries.length < limit; cursor = heap.top) {
    if (cursor.open(stats) || cursor.seek(stats)) {
      heap.settleTop();
      await breathe(breather);
      continue;
    }
    if (reader.read(cursor.stream, cursor.block, cursor.row)) entries.push(makeEntry(reader));
    cursor.advance();
    heap.settleTop();
    if ((++rows & 255) === 0) await breathe(breather);
  }
  return { kind: 'streams', entries: spaceOut(entries, options.intervalNs) };
}

function makeEntry({ row }: RowReader): LogEntry {
  return { timestampNs: row.timestampNs(), line: row.text, labels: row.labels.categorized() };
}

// Filters right behind a `| json` at the beginning can be asked before an entry is even looked at.
function findOpeningGuard(stages: readonly StageExpr[], hints: ParserHints): JsonGuard | undefined {
  const [first, ...following] = orderStages(stages);
  const isPlainJson = first?.kind === 'json' && first.extractions.length === 0;
  return isPlainJson ? makeJsonGuard(following, hints) : undefined;
}

function openCursors(
  expr: LogExpr,
  source: LogSource,
  { range, direction, guard }: LogQueryOptions & { readonly guard: JsonGuard | undefined },
): BlockCursor[] {
  const needle = findNeedle(expr.stages);
  const cursors: BlockCursor[] = [];
  let originNs: bigint | undefined;
  for (const stream of source.streams(expr.matchers.map(compileMatcher))) {
    for (const block of stream.blocks(range)) {
      const span = selectRows(block, range);
      if (span.from >= span.to) continue;
      originNs ??= block.baseNs;
      const shift = Number(block.baseNs - originNs);
      cursors.push(
        new BlockCursor({ stream: stream.labels, block, span, shift, needle, guard, forward: direction === 'forward' }),
      );
    }
  }
  return cursors;
}

// Loki limits first and spaces out what is left, over all streams together.
function spaceOut(entries: readonly LogEntry[], intervalNs: bigint): readonly LogEntry[] {
  if (intervalNs === 0n) return entries;
  let lastNs: bigint | undefined;
  return entries.filter(({ timestampNs }) => {
    const gapNs =
      lastNs === undefined ? intervalNs : timestampNs > lastNs ? timestampNs - lastNs : lastNs - timestampNs;
    if (gapNs < intervalNs) return false;
    lastNs = timestampNs;
    return true;
  });
}
