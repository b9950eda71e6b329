// Where the log holds spans of one trace side by side, so that most of a large trace is read back from there instead of being
// written anew from columns. Few numbers are kept for dozens of spans, and nothing for those that came in smaller pieces.
import type { LoggedPayload } from '../../wal/segment-log.ts';
import type { SpanBatch } from './span-batch.ts';

/** Reading fewer back is hardly quicker than writing them: each run is a call of the system. */
const fewestSpans = 64;
/** Estimated: the object, its closure and its place in the map. */
const runBytes = 160;

/** Spans of one trace in neighbouring rows, which the log holds as neighbouring fields. */
export interface LoggedRun {
  readonly spans: number;
  readonly length: number;
  /** Fills `target` with the fields from this byte on; false when the log has them no more. */
  readonly read: (target: Uint8Array, from: number) => boolean;
}

/** Spans of a batch from `start` up to `end`, which became rows from `firstRow` on. */
interface StoredSpans {
  readonly start: number;
  readonly end: number;
  readonly firstRow: number;
}

export class LoggedRuns {
  private readonly byLastRow = new Map<number, LoggedRun>();

  get bytes(): number {
    return this.byLastRow.size * runBytes;
  }

  /** Notes the long runs among spans that came in this payload. */
  addFrom(batch: SpanBatch, { start, end, firstRow }: StoredSpans, payload: LoggedPayload): void {
    if (end - start < fewestSpans) return;
    let first = start;
    for (let span = start + 1; span <= end; span++) {
      if (span < end && batch.continuesRun(span)) continue;
      if (span - first >= fewestSpans) this.add(firstRow + span - 1 - start, makeRun(batch, first, span, payload));
      first = span;
    }
  }

  /** Notes a run whose last row is this one. */
  add(lastRow: number, run: LoggedRun): void {
    this.byLastRow.set(lastRow, run);
  }

  /** The run whose last row this is. */
  endingWith(row: number): LoggedRun | undefined {
    return this.byLastRow.get(row);
  }
}

function makeRun({ bytesStart, bytesEnd }: SpanBatch, first: number, end: number, payload: LoggedPayload): LoggedRun {
  // Spans of a batch are in all of its columns.
  const start = bytesStart[first]!;
  const length = bytesEnd[end - 1]! - start;
  return { spans: end - first, length, read: (target, from) => payload.read(target, start + from) };
}
