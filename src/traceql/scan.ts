// Walks over the rows of a source: the traces that a query may match, and the spans of its answer in batches.
import type { RowTest } from './column-filter.ts';
import type { Plan } from './evaluate.ts';
import type { Intervals } from './functions/intervals.ts';
import type { Block } from './loops.ts';
import { blockRows, type TraceSource } from './source.ts';
import type { SpanBatch } from './span-batch.ts';

/** Traces between two looks at the time that the query takes. */
const visitsPerLook = 16;

type Visit = (trace: number) => 'go on' | 'stop';

/** Calls back for each trace that may match, those that arrived last first, until `visit` says to stop. */
export function forEachCandidate(source: TraceSource, { necessary }: Plan, visit: Visit): void {
  if (!necessary) visitAll(source, visit);
  else if (necessary.block) visitMarked(source, necessary.block, visit);
  else visitTested(source, necessary, visit);
}

function visitAll(source: TraceSource, visit: Visit): void {
  for (let trace = source.traces.count - 1; trace >= 0; trace--) {
    source.pace?.();
    if (visit(trace) === 'stop') return;
  }
}

function visitTested(source: TraceSource, test: RowTest, visit: Visit): void {
  const { trace: traces, count } = source.spans;
  const seen = new Uint8Array(source.traces.count);
  for (let row = count - 1; row >= 0; row--) {
    const trace = traces[row]!; // rows are of the source
    if (seen[trace] === 1 || !test(row)) continue;
    seen[trace] = 1;
    source.pace?.();
    if (visit(trace) === 'stop') return;
  }
}

function visitMarked(source: TraceSource, blockOf: NonNullable<RowTest['block']>, visit: Visit): void {
  const seen = new Uint8Array(source.traces.count);
  const candidates = new Uint32Array(blockRows);
  for (let end = source.spans.count; end > 0; ) {
    const block = blockOf(end - 1);
    const isEmpty = !block.marks.subarray(block.from, block.to).includes(1);
    const found = isEmpty ? 0 : listTraces(source.spans.trace, block, { seen, into: candidates });
    for (let i = 0; i < found; i++) {
      if (i % visitsPerLook === 0) source.pace?.();
      if (visit(candidates[i]!) === 'stop') return; // below what was found
    }
    end = block.from;
  }
}

// Lists the traces of marked rows that were not seen yet, the last ones first; says how many. Whether a row is marked is as good
// as chance, so there are no branches to guess wrong.
function listTraces(
  traces: Uint32Array,
  { from, to, marks }: Block,
  { seen, into }: { readonly seen: Uint8Array; readonly into: Uint32Array },
): number {
  let found = 0;
  for (let row = to - 1; row >= from; row--) {
    const trace = traces[row]!; // columns hold every row, and there is a mark for each
    const mark = marks[row]!;
    into[found] = trace;
    found += mark & ~seen[trace]!; // and each trace is seen or not
    seen[trace]! |= mark;
  }
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
