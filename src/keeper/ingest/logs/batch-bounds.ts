// Are records in columns within the limits of lines? A quick look that may say no too early: the long way (admission.ts) then
// decides.

import type { Labels } from '../../../logql/values.ts';
import type { Bounds } from '../../../model/limits.ts';
import type { LogsBatch, LogsSpan } from '../../../wire/otlp/logs-batch.ts';
import { valueKind } from '../../../wire/otlp/logs-columns.ts';

/** Metadata that a record has beside its attributes: ids, severity, flags, the time observed, the level. */
const ownMetadata = 8;
const ownMetadataBytes = 512;
const leastLeafBytes = 6;

/** Are all records of a span within the limits? */
export function areWithin(
  { records, attributes }: LogsBatch,
  { from, to }: LogsSpan,
  { shared, latestHigh, bounds }: { readonly shared: Labels; readonly latestHigh: number; readonly bounds: Bounds },
): boolean {
  const mostAttributes = bounds.lineMetadata - shared.length - ownMetadata;
  const mostBytes = bounds.lineMetadataSize - sizeOf(shared) - ownMetadataBytes;
  for (let row = from; row < to; row++) {
    // Rows of a span are in all columns.
    if (records.timeHigh[row]! >= latestHigh || records.observedHigh[row]! >= latestHigh) return false;
    if (records.bodyEnd[row]! - records.bodyStart[row]! > bounds.lineLength) return false;
    const recordBytes = records.end[row]! - records.start[row]!;
    if (records.unusual[row] !== 0) {
      // Each leaf of a nested attribute takes a few bytes at least.
      if (recordBytes > mostAttributes * leastLeafBytes) return false;
    } else if (records.attributesEnd[row]! - records.attributesStart[row]! > mostAttributes) return false;
    else if (recordBytes > mostBytes && measureAttributes({ records, attributes }, row) > mostBytes) return false;
  }
  return true;
}

// Of a long record: its line may be what is long.
function measureAttributes({ records, attributes }: Pick<LogsBatch, 'records' | 'attributes'>, row: number): number {
  let sizeBytes = 0;
  const end = records.attributesEnd[row]!; // row is one of the batch
  for (let i = records.attributesStart[row]!; i < end; i++) {
    sizeBytes += attributes.keyEnd[i]! - attributes.keyStart[i]!; // attributes of a row are in all columns
    if (attributes.kind[i] === valueKind.text) sizeBytes += attributes.valueEnd[i]! - attributes.valueStart[i]!; // as above
  }
  return sizeBytes;
}

function sizeOf(labels: Labels): number {
  return labels.reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value), 0);
}
