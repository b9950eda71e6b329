// The short way of OTLP metrics: from the bytes of an export to samples in columns, without an object per point.
// Whatever it does not know how to do, the long way (translate.ts) does, and what both do, they do alike.
import { MalformedOtlp } from '../../../../wire/otlp/malformed.ts';
import type { DirectExport } from '../../../signal-store.ts';
import type { MetricsStore } from '../../../store/metrics/metrics-store.ts';
import { UntranslatableName } from '../resource-labels.ts';
import { ExportReader } from './export-reader.ts';
import { TakeLongWay } from './long-way.ts';
import { SampleBatch } from './sample-batch.ts';
import { SeriesMemo, type SeriesMemoOptions } from './series-memo.ts';

/** Makes the reader of a store. */
export function makeDirectReader(store: MetricsStore, options: SeriesMemoOptions) {
  const memo = new SeriesMemo(options);
  const batch = new SampleBatch(store);
  const reader = new ExportReader({ memo, batch });
  return (body: Buffer, receivedNs: bigint): DirectExport | undefined => {
    memo.bound(store);
    batch.clear();
    try {
      const sources = reader.read(body, Number(receivedNs / 1_000_000n));
      const accepted = sources.reduce((sum, { records }) => sum + records, 0);
      if (accepted === 0) return undefined;
      batch.check();
      return {
        sources,
        commit: () => {
          batch.commit();
          return { accepted, rejected: 0 };
        },
      };
    } catch (error) {
      const isKnown =
        error instanceof TakeLongWay ||
        error instanceof MalformedOtlp ||
        error instanceof UntranslatableName ||
        // What pbf throws, and a DataView that was asked for more than there is.
        Object.getPrototypeOf(error) === Error.prototype ||
        error instanceof RangeError;
      if (!isKnown) throw error;
      return undefined;
    } finally {
      reader.close();
    }
  };
}
