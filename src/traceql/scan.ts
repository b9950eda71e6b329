// Walks over the rows of a source: the traces that a query may match, and the spans of its answer in batches.
import type { RowTest } from './column-filter.ts';
import type { Plan } from './evaluate.ts';
import type { Intervals } from './functions/intervals.ts';
import type { Block } from './loops.ts';
import { blockRows, type TraceSource } from './source.ts';
import type { SpanBatch } from './span-batch.ts';

/** Calls back for each trace that may match, those that arrived last first, until `visit` says to stop. */
export function forEachCandidate(source: TraceSource, plan: Plan, visit: (trace: number) => 'go on' | 'stop'): void {
  const { necessary } = plan;
  if (!necessary) {
    for (let trace = source.traces.count - 1; trace >= 0; trace--) {
      source.pace?.();
      if (visit(trace) === 'stop') return;
    }
    return;
  }
  const { trace: traces, count } = source.spans;
  const seen = new Uint8Array(source.traces.count);
  for (let end = count; end > 0; ) {
    const { from, to, marks } = blockBefore(end, necessary);
    for (let row = to - 1; row >= from; row--) {
      if (marks ? marks[row] === 0 : !necessary(row)) continue;
      const trace = traces[row]!; // rows are of the source
      if (seen[trace] === 1) continue;
      seen[trace] = 1;
      source.pace?.();
      if (visit(trace) === 'stop') return;
    }
    end = from;
  }
}

// The rows before `end` that are looked at together; blocks without marks are left out.
function blockBefore(end: number, { block }: RowTest): Omit<Block, 'marks'> & { readonly marks?: Uint8Array } {
  if (!block) return { from: 0, to: end };
  let found = block(end - 1);
  while (found.from > 0 && !found.marks.subarray(found.from, found.to).includes(1)) found = block(found.from - 1);
  return found;
}

/** Calls back for all spans of the answer that started within the intervals. */
export function forEachBatch(
  source: TraceSource,
  plan: Plan,
  intervals: Intervals,
  visit: (batch: SpanBatch) => void,
): void {
  const batch = intervals.makeBatch(source.spans);
  const test = plan.rowTest;
  if (test?.block) visitBlocks(source, test.block, { intervals, batch, visit });
  else visitRows(source, plan, { intervals, batch, visit });
}

interface Gathering {
  readonly intervals: Intervals;
  readonly batch: SpanBatch;
  readonly visit: (batch: SpanBatch) => void;
}

// A block has room in a batch.
function visitBlocks(
  source: TraceSource,
  block: NonNullable<RowTest['block']>,
  { intervals, batch, visit }: Gathering,
): void {
  const { spans } = source;
  for (let row = 0; row < spans.count; ) {
    source.pace?.();
    if (!intervals.isBeyond(spans, row)) {
      intervals.takeBlock(spans, block(row), batch);
      if (batch.block || batch.count > 0) visit(batch);
      batch.block = undefined;
    }
    row += blockRows;
  }
}

function visitRows(source: TraceSource, plan: Plan, { intervals, batch, visit }: Gathering): void {
  const { rows } = batch;
  let found = 0;
  const flush = () => {
    source.pace?.();
    intervals.keepWithin(source.spans, found, batch);
    if (batch.count > 0) visit(batch);
    found = 0;
  };
  const add = (row: number) => {
    rows[found++] = row;
    if (found === rows.length) flush();
  };
  const { rowTest } = plan;
  if (rowTest) {
    for (let row = 0; row < source.spans.count; row++) if (rowTest(row)) add(row);
  } else
    forEachCandidate(source, plan, (trace) => {
      for (const set of plan.evaluate(trace)) set.rows.forEach(add);
      return 'go on';
    });
  flush();
}
