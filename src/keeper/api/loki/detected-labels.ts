// detected_labels: stream labels worth offering, with how many values each has.
import type { ApiHandler } from '../../http/types.ts';
import type { LokiContext } from './context.ts';
import { selectStreams } from './labels.ts';
import { json } from './query.ts';

/** Always offered, whatever their values look like. */
const alwaysOffered: ReadonlySet<string> = new Set(['cluster', 'namespace', 'instance', 'pod']);
const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** GET and POST /loki/api/v1/detected_labels */
export function makeDetectedLabels(context: LokiContext): ApiHandler {
  return ({ query }) => {
    const values = new Map<string, Set<string>>();
    for (const { labels } of selectStreams(context, query)) {
      for (const [name, value] of labels) {
        const seen = values.get(name);
        if (seen) seen.add(value);
        else values.set(name, new Set([value]));
      }
    }
    const offered = [...values].filter(([name, seen]) => alwaysOffered.has(name) || ![...seen].every(isId));
    const detectedLabels = offered.map(([label, seen]) => ({ label, cardinality: seen.size }));
    return json(JSON.stringify({ detectedLabels }));
  };
}

// Ids tell nothing to a person who picks labels.
function isId(value: string): boolean {
  return uuid.test(value) || (value !== '' && Number.isFinite(Number(value)));
}
