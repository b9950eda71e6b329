// The little that queries need of a store of logs. Stores implement it; the evaluator knows nothing else of them.
import type { CompiledMatcher, Labels } from './values.ts';

/** Nanoseconds since 1970, from (inclusive) and to (exclusive). */
export interface TimeRange {
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/**
 * Entries of one stream that came near each other. Rows are numbered from 0; `lineStarts` has one more element than there are rows,
 * and row i's line is `bytes[lineStarts[i] … lineStarts[i+1])`. Lines stand outside the JS heap and must not be changed.
 */
export interface LogBlock {
  readonly rowCount: number;
  readonly bytes: Buffer;
  readonly lineStarts: Uint32Array;
  /** Time of row i is `baseNs + offsetsNs[i]`; offsets are whole numbers below 2^53. */
  readonly baseNs: bigint;
  readonly offsetsNs: Float64Array;
  /** Rows by time (equal times: as they came); undefined when they stand in that order already. */
  readonly order: Uint32Array | undefined;
  readonly minOffsetNs: number;
  readonly maxOffsetNs: number;
  /** Structured metadata of a row. Equal rows often share one object. */
  metadata(row: number): Labels;
  /** One value of it, without reading the others; undefined if it is not there. */
  metadataValue(row: number, name: string): string | undefined;
  /** A text that is equal for equal metadata of this block and others of the store; cheaper than the metadata itself. */
  metadataKey(row: number): string;
  /** Could any row have metadata of this name? */
  mayHaveMetadata(name: string): boolean;
}

export interface LogStream {
  readonly labels: Labels;
  /** Blocks that may hold entries of the range, in no particular order. */
  blocks(range: TimeRange): readonly LogBlock[];
}

export interface LogSource {
  /** Streams whose labels satisfy all matchers; a label that a stream lacks counts as ''. */
  streams(matchers: readonly CompiledMatcher[]): Iterable<LogStream>;
}
