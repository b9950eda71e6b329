// The short way of spans as the store wants it: an answer instead of a throw.
import type { BatchReader } from '../../store/traces/trace-store.ts';
import { SpanReader } from './span-reader.ts';

/** Makes the reader that fills `batch`. */
export function makeSpanReader(parts: ConstructorParameters<typeof SpanReader>[0]): BatchReader {
  const reader = new SpanReader(parts);
  return {
    read: (body) => {
      try {
        reader.read(body);
        return true;
      } catch (error) {
        // A fault of ours. All others are left to the long way, which tells what is wrong with the export.
        if (error instanceof TypeError) throw error;
        return false;
      }
    },
  };
}
