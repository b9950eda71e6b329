// Log queries: entries of all selected streams merged by time, through the pipeline, until the limit is reached.
import type { LogExpr } from './ast.ts';
import { type Breather, breathe } from './breathe.ts';
import { RowReader, rowAt, selectRows } from './row-reader.ts';
import type { LogBlock, LogSource, TimeRange } from './source.ts';
import { listEarlyFilters } from './stages/early-filters.ts';
import { ParserHints } from './stages/parser-hints.ts';
import { compileMatcher, type Labels, type LogEntry, type LogResult, type QueryStats } from './values.ts';

export interface LogQueryOptions {
  readonly range: TimeRange;
  readonly limit: number;
  readonly direction: 'forward' | 'backward';
  /** At least this long between entries that are returned; 0: all. */
  readonly intervalNs: bigint;
  readonly breather: Breather;
  readonly stats: QueryStats;
}

/** A place in one block; the heap holds one cursor per block. */
interface Cursor {
  readonly stream: Labels;
  readonly block: LogBlock;
  readonly sign: 1 | -1;
  place: number;
  readonly last: number;
  /** Nanoseconds after the base of the first block; exact below 2^53, and ties are only ever between equal numbers. */
  time: number;
  readonly shift: number;
}

/** Evaluates a log query. Entries come in the order of the direction. */
export async function evaluateLogs(expr: LogExpr, source: LogSource, options: LogQueryOptions): Promise<LogResult> {
  const cursors = openCursors(expr, source, options);
  const heap = new CursorHeap(cursors);
  const reader = new RowReader({
    stages: expr.stages,
    hints: new ParserHints({ required: undefined, noLabels: false, filters: listEarlyFilters(expr.stages) }),
    stats: options.stats,
  });
  const entries: LogEntry[] = [];
  let rows = 0;
  for (let cursor = heap.top; cursor !== undefined && entries.length < options.limit; cursor = heap.top) {
    const index = rowAt(cursor.block, cursor.place);
    if (reader.read(cursor.stream, cursor.block, index)) entries.push(makeEntry(reader));
    advance(cursor);
    heap.settleTop(cursor.place === cursor.last);
    if ((++rows & 1023) === 0) await breathe(options.breather);
  }
  return { kind: 'streams', entries: spaceOut(entries, options.intervalNs) };
}

function makeEntry({ row }: RowReader): LogEntry {
  return { timestampNs: row.timestampNs(), line: row.text, labels: row.labels.categorized() };
}

function openCursors(expr: LogExpr, source: LogSource, { range, direction }: LogQueryOptions): Cursor[] {
  const forward = direction === 'forward';
  const cursors: Cursor[] = [];
  let originNs: bigint | undefined;
  for (const stream of source.streams(expr.matchers.map(compileMatcher))) {
    for (const block of stream.blocks(range)) {
      const { from, to } = selectRows(block, range);
      if (from >= to) continue;
      originNs ??= block.baseNs;
      const cursor: Cursor = {
        stream: stream.labels,
        block,
        sign: forward ? 1 : -1,
        place: forward ? from : to - 1,
        last: forward ? to : from - 1,
        time: 0,
        shift: Number(block.baseNs - originNs),
      };
      cursor.time = timeOf(cursor);
      cursors.push(cursor);
    }
  }
  return cursors;
}

function advance(cursor: Cursor): void {
  cursor.place += cursor.sign;
  if (cursor.place !== cursor.last) cursor.time = timeOf(cursor);
}

function timeOf({ block, place, shift }: Cursor): number {
  return shift + (block.offsetsNs[rowAt(block, place)] ?? 0);
}

/** A binary heap whose top is the next entry. Only the top's time ever changes. */
class CursorHeap {
  readonly #items: Cursor[];

  constructor(items: Cursor[]) {
    this.#items = items;
    for (let i = (items.length >> 1) - 1; i >= 0; i--) this.#sink(i);
  }

  get top(): Cursor | undefined {
    return this.#items[0];
  }

  /** Restores the order after the top moved on; `done` takes it out. */
  settleTop(done: boolean): void {
    if (done) {
      const last = this.#items.pop();
      if (last === undefined || this.#items.length === 0) return;
      this.#items[0] = last;
    }
    this.#sink(0);
  }

  #sink(start: number): void {
    const items = this.#items;
    let at = start;
    for (;;) {
      let first = at;
      for (const child of [2 * at + 1, 2 * at + 2]) {
        const [a, b] = [items[child], items[first]];
        if (a !== undefined && b !== undefined && (a.time - b.time) * a.sign < 0) first = child;
      }
      if (first === at) return;
      const [a, b] = [items[at], items[first]];
      if (a === undefined || b === undefined) return;
      items[at] = b;
      items[first] = a;
      at = first;
    }
  }
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
