// Which rows of a block lie in a time range, in time order, and a row object that is pointed at them one by one.
import type { StageExpr } from './ast.ts';
import type { LogBlock, TimeRange } from './source.ts';
import { LabelsBuilder } from './stages/labels-builder.ts';
import type { ParserHints } from './stages/parser-hints.ts';
import { compilePipeline } from './stages/pipeline.ts';
import { Row } from './stages/row.ts';
import type { Stage } from './stages/stage.ts';
import type { Labels, QueryStats } from './values.ts';

/** The places `from … to` in the time order of a block. */
export interface PlaceSpan {
  readonly from: number;
  readonly to: number;
}

/** The places of a block whose entries lie within a range. */
export function selectRows(block: LogBlock, range: TimeRange): PlaceSpan {
  const low = toOffset(range.startNs - block.baseNs);
  const high = toOffset(range.endNs - block.baseNs);
  if (low <= block.minOffsetNs && high > block.maxOffsetNs) return { from: 0, to: block.rowCount };
  return { from: findFirst(block, low), to: findFirst(block, high) };
}

/** The row number at a place in time order. */
export function rowAt(block: LogBlock, place: number): number {
  return block.order === undefined ? place : (block.order[place] ?? 0);
}

// First place whose time is not before `offsetNs`.
function findFirst(block: LogBlock, offsetNs: number): number {
  let low = 0;
  let high = block.rowCount;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((block.offsetsNs[rowAt(block, middle)] ?? 0) < offsetNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

// Offsets within a block are below 2^53; anything beyond is clamped, which compares the same.
function toOffset(deltaNs: bigint): number {
  const limit = 1n << 53n;
  return Number(deltaNs > limit ? limit : deltaNs < -limit ? -limit : deltaNs);
}

/** Runs the stages of a query over rows. One per query; the row it hands out is reused. */
export class RowReader {
  readonly row: Row;
  readonly #stages: readonly Stage[];
  readonly #stats: QueryStats;

  constructor(of: { stages: readonly StageExpr[]; hints: ParserHints; stats: QueryStats }) {
    this.row = new Row(new LabelsBuilder(of.hints));
    of.hints.bindRow(this.row);
    this.#stages = compilePipeline(of.stages, of.hints).map(({ stage }) => stage);
    this.#stats = of.stats;
  }

  /** Points the row at an entry and runs the stages; false: the line is out. */
  read(stream: Labels, block: LogBlock, index: number): boolean {
    const { row } = this;
    const start = block.lineStarts[index] ?? 0;
    const end = block.lineStarts[index + 1] ?? start;
    row.setBytes(block.bytes, start, end);
    row.setTime(block, index);
    row.labels.reset(stream, block, index);
    this.#stats.lines++;
    this.#stats.bytes += end - start;
    for (const stage of this.#stages) if (!stage.process(row)) return false;
    return true;
  }
}
